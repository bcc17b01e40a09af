-- Persons who live here in each register of persons, and how often each stands where it may stand only once:
-- a person may have two benefits and occupy two rooms, but not have one benefit twice.
with entries as (
    select
        crosswalk.person_id,
        crosswalk.feed as feed_name,
        case crosswalk.feed
            when 'civil_affairs_benefits' then benefits.benefit
            when 'property_occupants' then coalesce(places.room_code, places.unit_key, places.building_code)
            else ''
        end as entry_scope
    from {{ source('master', 'person_crosswalk') }} as crosswalk
    left join {{ ref('stg_civil_affairs__benefits') }} as benefits
        on crosswalk.feed = 'civil_affairs_benefits' and crosswalk.record_key = benefits.record_key
    left join {{ source('master', 'address_match') }} as places
        on
            crosswalk.feed = 'property_occupants'
            and places.feed = 'property_occupants'
            and places.address_role = 'dwelling'
            and crosswalk.record_key = places.record_key
    where
        crosswalk.person_role = 'self'
        and crosswalk.person_id is not null
        and crosswalk.feed in (
            'police_residents', 'civil_affairs_benefits', 'civil_affairs_elderly', 'property_occupants'
        )
),

repeats as (
    select
        person_id,
        feed_name,
        entry_scope,
        count(*) as times
    from entries
    group by all
)

select
    repeats.person_id,
    repeats.feed_name,
    max(repeats.times) as times,
    residents.district,
    residents.street,
    residents.community
from repeats
inner join {{ ref('resident') }} as residents using (person_id)
group by all
