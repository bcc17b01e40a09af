-- What holds for an indicator and month in every area: whether a source is stale, a critical check of a table it is
-- made of failed, the month still runs for a count that needs all of it, the deliveries hold the months it looks back
-- on, and a base year is held.
with sources as (
    select
        registry.indicator,
        registry.max_age_hours,
        feeds.feed,
        states.newest_delivered_on
    from {{ ref('indicator') }} as registry
    cross join unnest(string_split(registry.source_feeds, ';')) as feeds (feed)
    left join {{ ref('feed_state') }} as states on feeds.feed = states.feed
),

stale as (
    select
        sources.indicator,
        months.month,
        bool_or(
            coalesce(
                date_diff('day', sources.newest_delivered_on, months.closes_on) * 24 > sources.max_age_hours, true
            )
        ) as is_stale
    from sources
    cross join {{ ref('indicator_month') }} as months
    group by all
),

-- Its feeds as they are kept, and the tables its query reads.
tables as (
    select
        indicator,
        'raw.' || feed as name
    from sources

    union

    select
        indicator,
        unnest(regexp_extract_all(rows_sql, '\b(?:raw|master|facts)\.[a-z_]+')) as name
    from {{ ref('indicator') }}
),

failed as (
    select distinct tables.indicator
    from tables
    inner join {{ source('internal', 'check_result') }} as checks on tables.name = checks."table"
    where not checks.success and checks.severity = 'critical'
),

-- The months that the window of a value touches, and those of them that are held; null for single cases.
windows as (
    select
        registry.indicator,
        months.month,
        date_diff(
            'month', months.closes_on + 1 - to_months(registry.window_months), months.closes_on
        ) + 1 as months_touched,
        count(held.month) as months_held
    from {{ ref('indicator') }} as registry
    cross join {{ ref('indicator_month') }} as months
    left join {{ ref('int_months__held') }} as held
        on
            list_contains(string_split(registry.source_feeds, ';'), held.feed)
            and held.is_held
            and held.first_day between
            date_trunc('month', months.closes_on + 1 - to_months(registry.window_months)) and months.closes_on
    where registry.window_months > 0
    group by all
)

select
    registry.indicator,
    months.month,
    coalesce(stale.is_stale, false) as is_stale,
    failed.indicator is not null as has_failed_check,
    registry.whole_month and months.closes_on >= as_of.as_of as is_incomplete,
    coalesce(windows.months_held >= windows.months_touched, true) as is_held,
    base.base_month is not null as has_base_year
from {{ ref('indicator') }} as registry
cross join {{ ref('indicator_month') }} as months
cross join {{ ref('as_of') }} as as_of
left join stale on registry.indicator = stale.indicator and months.month = stale.month
left join failed on registry.indicator = failed.indicator
left join windows on registry.indicator = windows.indicator and months.month = windows.month
left join {{ ref('int_base_year') }} as base on months.month = base.month
