-- Numerator and denominator of every figure of data quality, by feed.
with deliveries as (
    select
        department,
        feed,
        sum(rows_read) as rows_read,
        sum(rows_quarantined) as rows_quarantined,
        count(*) as files,
        count(*) filter (where status = 'rejected') as files_rejected,
        max(delivered_on) filter (where status != 'rejected') as newest_delivered_on
    from {{ source('ops', 'delivery') }}
    where department is not null and feed is not null
    group by all
),

checks as (
    select
        feeds.department,
        feeds.feed,
        checks.dimension,
        sum(checks.element_count) as elements,
        sum(checks.unexpected_count) as unexpected
    from {{ source('internal', 'check_result') }} as checks
    inner join {{ ref('feeds') }} as feeds on checks."table" = 'raw.' || feeds.department || '_' || feeds.feed
    where checks.element_count > 0
    group by all
),

addresses as (
    select
        feed as feed_name,
        count(*) filter (where status = 'matched') as matched,
        count(*) as mentions
    from {{ source('master', 'address_match') }}
    where feed != 'police_addresses' and address_text is not null
    group by all
),

mentions as (
    select
        feed as feed_name,
        person_id,
        count(*) as times
    from {{ source('master', 'person_crosswalk') }}
    where
        person_role = 'self'
        and person_id is not null
        and feed in ('police_residents', 'civil_affairs_elderly', 'civil_affairs_benefits')
    group by all
),

double_entries as (
    select
        feed_name,
        count(*) filter (where times > 1) as repeated,
        count(*) as persons
    from mentions
    where feed_name in ('police_residents', 'civil_affairs_elderly')
    group by feed_name
),

register_overlaps as (
    select
        civil.feed_name,
        count(police.person_id) as known_to_police,
        count(*) as persons
    from mentions as civil
    left join mentions as police on police.feed_name = 'police_residents' and civil.person_id = police.person_id
    where civil.feed_name != 'police_residents'
    group by civil.feed_name
),

lags as (
    select
        feed_name,
        count(*) as updates,
        quantile_cont(lag_days, 0.5) as median_days,
        count(*) filter (where lag_days <= 1) as within_a_day
    from {{ ref('int_updates__lagged') }}
    group by feed_name
)

select
    department,
    feed,
    'validity' as dimension,
    'rows_accepted' as metric,
    '合格行占比' as metric_zh,
    cast(rows_read - rows_quarantined as double) as numerator,
    cast(rows_read as double) as denominator,
    (rows_read - rows_quarantined) / nullif(cast(rows_read as double), 0) as value,
    'share' as unit,
    'up' as direction,
    0.99 as target,
    1 as min_denominator
from deliveries

union all

select
    department,
    feed,
    'validity' as dimension,
    'files_accepted' as metric,
    '合格文件占比' as metric_zh,
    files - files_rejected as numerator,
    files as denominator,
    (files - files_rejected) / cast(files as double) as value,
    'share' as unit,
    'up' as direction,
    1.0 as target,
    1 as min_denominator
from deliveries

union all

select
    deliveries.department,
    deliveries.feed,
    'timeliness' as dimension,
    'age_of_newest_delivery_days' as metric,
    '最近交付距今天数' as metric_zh,
    null as numerator,
    null as denominator,
    date_diff('day', deliveries.newest_delivered_on, as_of.as_of) as value,
    'days' as unit,
    'down' as direction,
    feeds.cadence_hours / 24.0 as target,
    1 as min_denominator
from deliveries
inner join {{ ref('feeds') }} as feeds on deliveries.department = feeds.department and deliveries.feed = feeds.feed
cross join {{ ref('as_of') }} as as_of

union all

select
    department,
    feed,
    dimension,
    'checked_values_as_expected' as metric,
    '符合规则的值占比' as metric_zh,
    elements - unexpected as numerator,
    elements as denominator,
    (elements - unexpected) / cast(elements as double) as value,
    'share' as unit,
    'up' as direction,
    0.98 as target,
    1 as min_denominator
from checks

union all

select
    feeds.department,
    feeds.feed,
    'validity' as dimension,
    'addresses_resolved' as metric,
    '地址有效率' as metric_zh,
    addresses.matched as numerator,
    addresses.mentions as denominator,
    addresses.matched / cast(addresses.mentions as double) as value,
    'share' as unit,
    'up' as direction,
    0.98 as target,
    10 as min_denominator
from addresses
inner join {{ ref('feeds') }} as feeds on addresses.feed_name = feeds.department || '_' || feeds.feed

union all

select
    feeds.department,
    feeds.feed,
    'uniqueness' as dimension,
    'persons_entered_twice' as metric,
    '重复录入率' as metric_zh,
    double_entries.repeated as numerator,
    double_entries.persons as denominator,
    double_entries.repeated / cast(double_entries.persons as double) as value,
    'share' as unit,
    'down' as direction,
    0.05 as target,
    10 as min_denominator
from double_entries
inner join {{ ref('feeds') }} as feeds on double_entries.feed_name = feeds.department || '_' || feeds.feed

union all

select
    feeds.department,
    feeds.feed,
    'consistency' as dimension,
    'persons_known_to_police' as metric,
    '与公安名册重合率' as metric_zh,
    register_overlaps.known_to_police as numerator,
    register_overlaps.persons as denominator,
    register_overlaps.known_to_police / cast(register_overlaps.persons as double) as value,
    'share' as unit,
    'up' as direction,
    0.95 as target,
    10 as min_denominator
from register_overlaps
inner join {{ ref('feeds') }} as feeds on register_overlaps.feed_name = feeds.department || '_' || feeds.feed

union all

select
    feeds.department,
    feeds.feed,
    'timeliness' as dimension,
    'median_update_lag_days' as metric,
    '更新滞后中位天数' as metric_zh,
    null as numerator,
    lags.updates as denominator,
    lags.median_days as value,
    'days' as unit,
    'down' as direction,
    1.0 as target,
    10 as min_denominator
from lags
inner join {{ ref('feeds') }} as feeds on lags.feed_name = feeds.department || '_' || feeds.feed

union all

select
    feeds.department,
    feeds.feed,
    'timeliness' as dimension,
    'updates_within_a_day' as metric,
    '一日内更新占比' as metric_zh,
    lags.within_a_day as numerator,
    lags.updates as denominator,
    lags.within_a_day / cast(lags.updates as double) as value,
    'share' as unit,
    'up' as direction,
    0.95 as target,
    10 as min_denominator
from lags
inner join {{ ref('feeds') }} as feeds on lags.feed_name = feeds.department || '_' || feeds.feed
