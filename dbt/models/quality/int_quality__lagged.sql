-- How late changes reach us, by feed and month of delivery, for the whole feed and for each estate.
with scoped as (
    select
        feed_name,
        '' as scope,
        month,
        lag_days
    from {{ ref('int_updates__lagged') }}

    union all

    select
        feed_name,
        estate as scope,
        month,
        lag_days
    from {{ ref('int_updates__lagged') }}
    where estate != ''
),

counted as (
    select
        feed_name,
        scope,
        month,
        count(*) as updates,
        count(*) filter (where lag_days <= 1) as within_a_day,
        quantile_cont(lag_days, [0.5, 0.9]) as quantiles
    from scoped
    group by all
)

select
    feed_name,
    'updates_within_a_day' as metric,
    scope,
    month,
    within_a_day as numerator,
    updates as denominator,
    cast(null as double) as value
from counted

union all

select
    counted.feed_name,
    names.metric,
    counted.scope,
    counted.month,
    null as numerator,
    counted.updates as denominator,
    round(counted.quantiles[names.place], 6) as value
from counted
cross join (values (1, 'median_update_lag_days'), (2, 'p90_update_lag_days')) as names (place, metric)
