-- Residence spells of the floating population (流动人口) that other departments date, and when the police register
-- confirmed them. A spell is a person in a dwelling: it begins with the earliest start of a lease (起租日期) or
-- moving-in (入住日期) there, and should be confirmed within `residence_days`.
-- Confirmed on: the day of registration (登记日期) where it is not before the spell; else the update with which the
-- police register moved the person to this address, told by its versions; else its update where that was in time.
-- Where the person was registered before the spell, no version shows the move, and the newest update is later than the
-- spell's due day, it cannot be told when the register learned of it: not judged.
-- Not confirmed: the person runs a lease or lives on a roll here, and the register has them elsewhere, or not at all.
with leases as (
    {{ dwelling_of('housing_leases', 'dwelling') }}
),

rolls as (
    {{ dwelling_of('property_occupants', 'dwelling') }}
),

told as (
    select
        crosswalk.person_id,
        leases.address_code,
        contracts.starts_on as began_on,
        coalesce(contracts.ends_on >= as_of.as_of, true) as is_running
    from {{ source('master', 'person_crosswalk') }} as crosswalk
    inner join leases on crosswalk.record_key = leases.record_key
    inner join {{ ref('stg_housing__leases') }} as contracts on crosswalk.record_key = contracts.record_key
    cross join {{ ref('as_of') }} as as_of
    where
        crosswalk.feed = 'housing_leases' and crosswalk.person_role = 'tenant' and contracts.starts_on <= as_of.as_of

    union all

    select
        crosswalk.person_id,
        rolls.address_code,
        occupants.moved_in_on as began_on,
        coalesce(occupants.moved_out_on > as_of.as_of, true) as is_running
    from {{ source('master', 'person_crosswalk') }} as crosswalk
    inner join rolls on crosswalk.record_key = rolls.record_key
    inner join {{ ref('stg_property__occupants') }} as occupants on crosswalk.record_key = occupants.record_key
    cross join {{ ref('as_of') }} as as_of
    where
        crosswalk.feed = 'property_occupants'
        and occupants.role in ('租户', '家属')
        and occupants.moved_in_on <= as_of.as_of
),

spells as (
    select
        person_id,
        address_code,
        min(began_on) as began_on,
        bool_or(is_running) as is_running
    from told
    where person_id is not null
    group by all
),

-- The first version of each police record that has its present address, and whether an earlier one had another.
moves as (
    select
        current_rows.record_key,
        min(versions.delivered_on) filter (
            where versions.residence_address is not distinct from current_rows.residence_address
        ) as first_delivered_on,
        min(versions.delivered_on) as known_since,
        min({{ local_date('versions.updated_at') }}) filter (
            where versions.residence_address is not distinct from current_rows.residence_address
        ) as moved_on
    from {{ ref('stg_police__residents') }} as current_rows
    inner join {{ source('raw', 'police_residents') }} as versions on current_rows.record_key = versions.record_key
    group by all
),

police as (
    select
        crosswalk.person_id,
        residents.residence_type,
        residents.registered_on,
        coalesce(places.room_code, places.address_code) as address_code,
        places.building_code,
        coalesce(places.matched_level in ('room', 'unit'), false) or places.room_code is not null as is_dwelling,
        coalesce(moves.moved_on, moves.first_delivered_on) as here_since,
        moves.first_delivered_on > moves.known_since as is_move_seen
    from {{ source('master', 'person_crosswalk') }} as crosswalk
    inner join {{ ref('stg_police__residents') }} as residents on crosswalk.record_key = residents.record_key
    inner join moves on crosswalk.record_key = moves.record_key
    left join {{ source('master', 'address_match') }} as places
        on
            places.feed = 'police_residents'
            and places.address_role = 'residence'
            and crosswalk.record_key = places.record_key
    where
        crosswalk.feed = 'police_residents'
        and crosswalk.person_role = 'self'
        and coalesce(residents.status, '正常') = '正常'
),

dwellings as (
    select
        address_code,
        building_code
    from {{ source('master', 'address') }}
),

compared as (
    select
        spells.person_id,
        spells.address_code,
        spells.began_on,
        spells.is_running,
        count(police.person_id) as records,
        bool_or(police.residence_type = '流动') as is_floating,
        bool_or(
            police.address_code = spells.address_code
            or (not police.is_dwelling and police.building_code = dwellings.building_code)
        ) as is_here,
        bool_or(police.person_id is not null and police.address_code is null) as is_nowhere,
        min(case
            when police.registered_on >= spells.began_on then police.registered_on
            when
                police.is_move_seen or police.here_since <= spells.began_on + {{ var('residence_days') }}
                then police.here_since
        end) filter (
            where
            police.address_code = spells.address_code
            or (not police.is_dwelling and police.building_code = dwellings.building_code)
        ) as confirmed_on
    from spells
    left join police on spells.person_id = police.person_id
    left join dwellings on spells.address_code = dwellings.address_code
    group by all
)

select
    person_id,
    address_code,
    began_on,
    began_on + {{ var('residence_days') }} as due_on,
    confirmed_on,
    confirmed_on is null or confirmed_on > began_on + {{ var('residence_days') }} as is_late
from compared
where
    -- Who has no record with the police lives on a lease or a roll unregistered, and is floating until told otherwise.
    (records = 0 or is_floating)
    and (confirmed_on is not null or (is_running and not coalesce(is_here, false) and not coalesce(is_nowhere, false)))
