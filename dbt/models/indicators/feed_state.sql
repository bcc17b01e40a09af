-- How fresh each feed is on the day of the snapshot, and whether a critical check of its rows failed.
with deliveries as (
    select
        department || '_' || feed as feed,
        max(delivered_on) as newest_delivered_on
    from {{ source('ops', 'delivery') }}
    where status in ('loaded', 'duplicate') and department is not null and feed is not null
    group by 1
),

failures as (
    select
        replace("table", 'raw.', '') as feed,
        count(*) as failed_checks
    from {{ source('internal', 'check_result') }}
    where not success and severity = 'critical' and starts_with("table", 'raw.')
    group by 1
)

select
    coalesce(deliveries.feed, failures.feed) as feed,
    deliveries.newest_delivered_on,
    coalesce(failures.failed_checks, 0) as failed_checks
from deliveries
full outer join failures on deliveries.feed = failures.feed
