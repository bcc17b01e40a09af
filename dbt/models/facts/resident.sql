-- Persons who live here as far as the fused records know: no personal attribute but what a denominator needs.
select
    persons.person_id,
    persons.birth_date,
    persons.residence_type,
    persons.residence_address_code,
    addresses.building_code,
    addresses.community,
    addresses.street,
    addresses.district
from {{ source('master', 'person') }} as persons
inner join {{ source('master', 'address') }} as addresses
    on persons.residence_address_code = addresses.address_code
where coalesce(persons.status, '正常') not in ('死亡', '迁出', '注销')
order by persons.person_id
