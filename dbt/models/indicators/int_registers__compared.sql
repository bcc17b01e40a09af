-- Additive parts of the indicators that compare registers of persons, addresses and deliveries; month of the snapshot.
with entries as (
    select
        crosswalk.person_id,
        crosswalk.feed,
        -- What may lawfully stand twice in a register: a person with two benefits, or an occupant of two rooms.
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
        feed,
        entry_scope,
        count(*) as times
    from entries
    group by all
),

persons as (
    select
        person_id,
        max(times) as times,
        bool_or(feed = 'police_residents') as is_police,
        bool_or(feed in ('civil_affairs_benefits', 'civil_affairs_elderly')) as is_civil_affairs
    from repeats
    group by person_id
),

placed as (
    select
        persons.*,
        residents.district,
        residents.street,
        residents.community
    from persons
    inner join {{ ref('resident') }} as residents using (person_id)
),

districts as (
    select distinct district
    from {{ ref('community') }}
)

select
    'register_overlap' as indicator,
    placed.district,
    placed.street,
    placed.community,
    as_of.as_of_month as month,
    count(*) filter (where placed.is_police) as numerator,
    count(*) as denominator
from placed
cross join {{ ref('as_of') }} as as_of
where placed.is_civil_affairs
group by all

union all

select
    'double_entry' as indicator,
    placed.district,
    placed.street,
    placed.community,
    as_of.as_of_month as month,
    count(*) filter (where placed.times > 1) as numerator,
    count(*) as denominator
from placed
cross join {{ ref('as_of') }} as as_of
group by all

union all

select
    'address_validity' as indicator,
    matches.district,
    matches.street,
    matches.community,
    as_of.as_of_month as month,
    count(*) filter (where matches.status = 'matched') as numerator,
    count(*) as denominator
from {{ source('master', 'address_match') }} as matches
cross join {{ ref('as_of') }} as as_of
where matches.feed != 'police_addresses' and matches.address_role != 'hukou'
group by all

union all

select
    'feeds_fresh' as indicator,
    districts.district,
    null as street,
    null as community,
    as_of.as_of_month as month,
    count(*) filter (
        where date_diff('day', feeds.newest_delivered_on, as_of.as_of) * 24 <= registry.cadence_hours
    ) as numerator,
    count(*) as denominator
from {{ ref('feed_state') }} as feeds
inner join {{ ref('feeds') }} as registry on feeds.feed = registry.department || '_' || registry.feed
cross join districts
cross join {{ ref('as_of') }} as as_of
where feeds.newest_delivered_on is not null
group by all
