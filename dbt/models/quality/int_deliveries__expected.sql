-- Deliveries that a feed's cadence promised, by month. The first delivery starts the clock: from then on each period of
-- one cadence is to bring a delivery, on whichever of its days; only periods that are over are counted.
with deliveries as (
    select
        delivery.department || '_' || delivery.feed as feed_name,
        delivery.delivered_on,
        cast(ceil(feeds.cadence_hours / 24.0) as integer) as cadence_days
    from {{ source('ops', 'delivery') }} as delivery
    inner join {{ ref('feeds') }} as feeds
        on delivery.department = feeds.department and delivery.feed = feeds.feed
    where delivery.status in ('loaded', 'duplicate') and delivery.delivered_on is not null
    group by all
),

firsts as (
    select
        feed_name,
        cadence_days,
        min(delivered_on) as first_on
    from deliveries
    group by all
),

periods as (
    select
        firsts.*,
        cast(
            unnest(
                range(1, (date_diff('day', firsts.first_on, as_of.as_of) + 1) // firsts.cadence_days)
            ) as integer
        ) as period
    from firsts
    cross join {{ ref('as_of') }} as as_of
),

came as (
    select
        deliveries.feed_name,
        cast(
            date_diff('day', firsts.first_on, deliveries.delivered_on) // firsts.cadence_days as integer
        ) as period
    from deliveries
    inner join firsts using (feed_name)
    group by all
)

select
    periods.feed_name,
    {{ month_of("periods.first_on + (periods.period + 1) * periods.cadence_days - 1") }} as month,
    count(came.period) as came,
    count(*) as expected
from periods
left join came using (feed_name, period)
group by all
