-- Persons whom other departments know to live here and whom a register should therefore have. The police register has
-- everybody, the roll of an estate its residents, the register of the elderly everybody of its age.
-- An owner's flat and a relative's home do not say that somebody lives there.
with witnesses as (
    select
        residents.person_id,
        residents.birth_date,
        addresses.estate_code,
        unnest(attributes.sources) as voice
    from {{ ref('resident') }} as residents
    inner join {{ source('master', 'person_attribute') }} as attributes
        on residents.person_id = attributes.person_id and attributes.attribute = 'residence_address_code'
    inner join {{ source('master', 'address') }} as addresses
        on residents.residence_address_code = addresses.address_code
),

estates as (
    select distinct estate_code
    from {{ source('master', 'address_match') }}
    where feed = 'property_occupants' and estate_code is not null
),

registers as (
    select
        department,
        department || '_' || feed as feed_name
    from {{ ref('feeds') }}
    where department || '_' || feed in ('police_residents', 'property_occupants', 'civil_affairs_elderly')
),

told as (
    select distinct
        person_id,
        birth_date,
        estate_code,
        split_part(voice, '/', 1) as witness
    from witnesses
    where split_part(voice, '/', 2) in ('self', 'tenant') and not ends_with(voice, '/业主')
),

expected as (
    select distinct
        registers.feed_name,
        told.person_id
    from told
    inner join {{ ref('feeds') }} as feeds on told.witness = feeds.department || '_' || feeds.feed
    inner join registers on feeds.department != registers.department
    cross join {{ ref('as_of') }} as as_of
    left join estates on told.estate_code = estates.estate_code
    where
        registers.feed_name = 'police_residents'
        or (registers.feed_name = 'property_occupants' and estates.estate_code is not null)
        or (
            registers.feed_name = 'civil_affairs_elderly'
            and told.birth_date + interval '{{ var("elderly_age") }} years' <= as_of.as_of
        )
)

select
    expected.feed_name,
    'persons_registered' as metric,
    count(registered.person_id) as numerator,
    count(*) as denominator
from expected
left join {{ ref('int_persons__registered') }} as registered
    on expected.feed_name = registered.feed_name and expected.person_id = registered.person_id
-- A register that was never delivered lacks nobody: it is not there.
where expected.feed_name in (select feed_month.feed_name from {{ ref('feed_month') }} as feed_month)
group by all
