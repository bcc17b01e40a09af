-- Residences of the floating population (流动人口) that a lease or a roll dates, with the place of the dwelling, when
-- their confirmation by the police register was due, and when it came. What is judged, and how, is defined with the
-- metrics of quality (`int_residences__confirmed`).
select
    spells.person_id,
    spells.address_code,
    spells.began_on,
    spells.due_on,
    {{ month_of('spells.due_on') }} as due_month,
    spells.confirmed_on,
    spells.is_late,
    addresses.building_code,
    addresses.community,
    addresses.street,
    addresses.district
from {{ ref('int_residences__confirmed') }} as spells
left join {{ source('master', 'address') }} as addresses on spells.address_code = addresses.address_code
order by spells.person_id, spells.address_code
