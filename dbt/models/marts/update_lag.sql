-- How many changes came how late: by feed, estate, month of delivery and days from the change to its delivery.
with buckets as (
    select
        ranges.bucket_from_days,
        ranges.bucket_to_days,
        ranges.bucket
    from (
        values
        (0, 0, '0'),
        (1, 1, '1'),
        (2, 3, '2-3'),
        (4, 7, '4-7'),
        (8, 14, '8-14'),
        (15, 30, '15-30'),
        (31, 90, '31-90'),
        (91, null, '91+')
    ) as ranges (bucket_from_days, bucket_to_days, bucket)
)

select
    feeds.department,
    feeds.feed,
    feeds.title_zh,
    feeds.title_en,
    lags.estate,
    lags.month,
    buckets.bucket,
    buckets.bucket_from_days,
    buckets.bucket_to_days,
    count(*) as updates
from {{ ref('int_updates__lagged') }} as lags
inner join buckets
    on
        lags.lag_days >= buckets.bucket_from_days
        and coalesce(lags.lag_days <= buckets.bucket_to_days, true)
inner join {{ ref('feeds') }} as feeds on lags.feed_name = feeds.department || '_' || feeds.feed
inner join {{ ref('indicator_month') }} as months on lags.month = months.month
group by all
order by feeds.department, feeds.feed, lags.estate, lags.month, buckets.bucket_from_days
