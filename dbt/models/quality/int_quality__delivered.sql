-- What the delivery log says of each feed, by month of delivery.
with deliveries as (
    select
        delivery.department || '_' || delivery.feed as feed_name,
        {{ month_of('delivery.delivered_on') }} as month,
        delivery.status = 'rejected' as is_rejected,
        -- What a full repeats unchanged is its nature; what an increment repeats was sent twice.
        coalesce(delivery.mode, feeds.mode) = 'full' as is_full,
        delivery.rows_read,
        delivery.rows_duplicate,
        delivery.rows_quarantined
    from {{ source('ops', 'delivery') }} as delivery
    inner join {{ ref('feeds') }} as feeds
        on delivery.department = feeds.department and delivery.feed = feeds.feed
    where delivery.delivered_on is not null
),

batches as (
    select distinct
        batch_id,
        {{ month_of('delivered_on') }} as month
    from {{ source('ops', 'delivery') }}
    where batch_id is not null and delivered_on is not null
),

conflicts as (
    select
        quarantine.department || '_' || quarantine.feed as feed_name,
        batches.month,
        count(*) as conflicting
    from {{ source('raw', 'quarantine') }} as quarantine
    inner join batches on quarantine.batch_id = batches.batch_id
    where quarantine.reason_code = 'key_conflict'
    group by all
),

counted as (
    select
        feed_name,
        month,
        sum(rows_read) as rows_read,
        sum(rows_read - rows_quarantined) as rows_accepted,
        count(*) as files,
        count(*) filter (where not is_rejected) as files_accepted,
        sum(rows_read) filter (where not is_full) as new_rows,
        sum(rows_duplicate) filter (where not is_full) as repeated_rows
    from deliveries
    group by all
)

select
    feed_name,
    'rows_accepted' as metric,
    month,
    rows_accepted as numerator,
    rows_read as denominator,
    cast(null as double) as value,
    cast(null as double) as target
from counted

union all

select
    feed_name,
    'files_accepted' as metric,
    month,
    files_accepted as numerator,
    files as denominator,
    null as value,
    null as target
from counted

union all

select
    feed_name,
    'rows_delivered_twice' as metric,
    month,
    repeated_rows as numerator,
    new_rows as denominator,
    null as value,
    null as target
from counted
where new_rows > 0

union all

select
    counted.feed_name,
    'keys_in_conflict' as metric,
    counted.month,
    coalesce(conflicts.conflicting, 0) as numerator,
    counted.rows_read as denominator,
    null as value,
    null as target
from counted
left join conflicts using (feed_name, month)

union all

select
    feed_name,
    'deliveries_come' as metric,
    month,
    came as numerator,
    expected as denominator,
    null as value,
    null as target
from {{ ref('int_deliveries__expected') }}

union all

select
    feed_name,
    'age_of_newest_delivery_days' as metric,
    month,
    null as numerator,
    null as denominator,
    age_days as value,
    cadence_days as target
from {{ ref('feed_month') }}
