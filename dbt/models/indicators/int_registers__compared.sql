-- Additive parts of the indicators that compare registers of persons, addresses and deliveries. What
-- versions and dates tell is counted for every month, what only tonight's records tell for the month of the snapshot.
-- What is counted is defined once, for these indicators and for data quality: `models/quality`.
with persons as (
    select
        person_id,
        district,
        street,
        community,
        max(times) as times,
        bool_or(feed_name = 'police_residents') as is_police,
        bool_or(feed_name in ('civil_affairs_benefits', 'civil_affairs_elderly')) as is_civil_affairs
    from {{ ref('registration') }}
    group by all
),

districts as (
    select distinct district
    from {{ ref('community') }}
),

returns as (
    select
        month,
        sum(corrected) as corrected,
        sum(returned) as returned
    from {{ ref('int_returns__judged') }}
    group by month
)

select
    'register_overlap' as indicator,
    persons.district,
    persons.street,
    persons.community,
    as_of.as_of_month as month,
    count(*) filter (where persons.is_police) as numerator,
    count(*) as denominator
from persons
cross join {{ ref('as_of') }} as as_of
where persons.is_civil_affairs
group by all

union all

select
    'double_entry' as indicator,
    persons.district,
    persons.street,
    persons.community,
    as_of.as_of_month as month,
    count(*) filter (where persons.times > 1) as numerator,
    count(*) as denominator
from persons
cross join {{ ref('as_of') }} as as_of
group by all

union all

select
    'address_validity' as indicator,
    addresses.district,
    addresses.street,
    addresses.community,
    as_of.as_of_month as month,
    sum(addresses.resolved) as numerator,
    sum(addresses.addresses) as denominator
from {{ ref('int_addresses__resolved') }} as addresses
cross join {{ ref('as_of') }} as as_of
group by all

union all

select
    'feeds_fresh' as indicator,
    districts.district,
    null as street,
    null as community,
    feeds.month,
    count(*) filter (where feeds.is_fresh) as numerator,
    count(*) as denominator
from {{ ref('feed_month') }} as feeds
cross join districts
group by all

union all

select
    'returns_corrected' as indicator,
    districts.district,
    null as street,
    null as community,
    returns.month,
    returns.corrected as numerator,
    returns.returned as denominator
from returns
cross join districts

union all

select
    'floating_updates_late' as indicator,
    spells.district,
    spells.street,
    spells.community,
    spells.due_month as month,
    count(*) filter (where spells.is_late) as numerator,
    count(*) as denominator
from {{ ref('residence_spell') }} as spells
inner join {{ ref('feed_state') }} as states on states.feed = 'police_residents'
where spells.due_on < states.newest_delivered_on
group by all
