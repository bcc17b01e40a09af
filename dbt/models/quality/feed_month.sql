-- How fresh each feed was at the end of each month since its first delivery; of the running month, today.
-- The cadence is that of the contract; `is_stale` leaves a whole delivery out.
with deliveries as (
    select
        department || '_' || feed as feed_name,
        delivered_on
    from {{ source('ops', 'delivery') }}
    where status in ('loaded', 'duplicate') and department is not null and feed is not null and delivered_on is not null
    group by all
),

aged as (
    select
        deliveries.feed_name,
        months.month,
        max(deliveries.delivered_on) as newest_delivered_on,
        least(months.last_day, as_of.as_of) as day
    from deliveries
    cross join {{ ref('as_of') }} as as_of
    inner join {{ ref('indicator_month') }} as months
        on deliveries.delivered_on <= least(months.last_day, as_of.as_of)
    group by all
)

select
    aged.feed_name,
    aged.month,
    aged.newest_delivered_on,
    feeds.cadence_hours / 24.0 as cadence_days,
    date_diff('day', aged.newest_delivered_on, aged.day) as age_days,
    date_diff('day', aged.newest_delivered_on, aged.day) * 24 <= feeds.cadence_hours as is_fresh,
    date_diff('day', aged.newest_delivered_on, aged.day) * 24
    > feeds.cadence_hours * {{ var('stale_cadences') }} as is_stale
from aged
inner join {{ ref('feeds') }} as feeds on aged.feed_name = feeds.department || '_' || feeds.feed
