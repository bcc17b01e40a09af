-- Days from the change that a department dates to its delivery to us. The first delivery of a feed is a stock, no news,
-- and is left out.
with dated as (
    select
        'police_residents' as feed_name,
        {{ local_date('updated_at') }} as changed_on,
        delivered_on
    from {{ source('raw', 'police_residents') }}
    where updated_at is not null

    union all

    select
        'property_occupants' as feed_name,
        updated_on as changed_on,
        delivered_on
    from {{ source('raw', 'property_occupants') }}
    where updated_on is not null

    union all

    select
        'police_incidents' as feed_name,
        {{ local_date('coalesce(closed_at, reported_at)') }} as changed_on,
        delivered_on
    from {{ source('raw', 'police_incidents') }}
    where reported_at is not null

    union all

    select
        'property_workorders' as feed_name,
        {{ local_date('coalesce(closed_at, reported_at)') }} as changed_on,
        delivered_on
    from {{ source('raw', 'property_workorders') }}
    where reported_at is not null

    union all

    select
        'housing_leases' as feed_name,
        starts_on as changed_on,
        delivered_on
    from {{ source('raw', 'housing_leases') }}
    where starts_on is not null
),

first_deliveries as (
    select
        feed_name,
        min(delivered_on) as first_delivered_on
    from dated
    group by feed_name
)

select
    dated.feed_name,
    dated.delivered_on,
    date_diff('day', dated.changed_on, dated.delivered_on) as lag_days
from dated
inner join first_deliveries using (feed_name)
where dated.delivered_on > first_deliveries.first_delivered_on and dated.changed_on <= dated.delivered_on
