-- What each department's exports are worth: six dimensions by feed and month, with target, light and trend.
-- A light is grey when nothing or too little was counted, persons are too few to be shown, the feed is stale, a
-- critical check of it failed, or no target is set; grey beats every colour.
with measured as (
    select
        figures.feed_name,
        registry.dimension,
        registry.metric,
        figures.scope,
        figures.month,
        registry.unit,
        registry.direction,
        registry.min_denominator,
        registry.counts_persons and coalesce(figures.denominator, 0) < {{ var('small_cell') }} as is_small_cell,
        coalesce(registry.target, figures.target) as target,
        registry.baseline,
        figures.numerator,
        figures.denominator,
        coalesce(figures.value, figures.numerator / nullif(figures.denominator, 0)) as value,
        registry.needs_fresh and coalesce(months.is_stale, true) as is_stale,
        registry.needs_fresh
        and figures.month = as_of.as_of_month
        and coalesce(states.failed_checks, 0) > 0 as has_failed_check,
        as_of.as_of
    from {{ ref('int_quality__measured') }} as figures
    inner join {{ ref('quality_metric') }} as registry
        on
            figures.metric = registry.metric
            and coalesce(figures.dimension, registry.dimension) = registry.dimension
    left join {{ ref('feed_month') }} as months
        on figures.feed_name = months.feed_name and figures.month = months.month
    left join {{ ref('feed_state') }} as states on figures.feed_name = states.feed
    cross join {{ ref('as_of') }} as as_of
),

judged as (
    select
        *,
        case
            when is_small_cell then 'suppressed'
            when value is null or coalesce(denominator, min_denominator) < min_denominator then 'too_small'
            when is_stale then 'stale'
            when has_failed_check then 'failed_check'
            when target is null then 'no_target'
            when {{ is_reached('value', 'target', 'direction') }} then 'reached'
            when {{ is_near('value', 'target', 'direction') }} then 'near'
            else 'missed'
        end as light_reason
    from measured
),

present as (
    select
        feed_name,
        dimension,
        metric,
        scope,
        month,
        case when not is_small_cell then numerator end as numerator,
        case when not is_small_cell then denominator end as denominator,
        case when not is_small_cell then value end as value,
        unit,
        direction,
        target,
        baseline,
        light_reason,
        as_of
    from judged
),

-- States of earlier months, as they were judged then.
past as (
    select
        ledger.department || '_' || ledger.feed as feed_name,
        ledger.dimension,
        ledger.metric,
        ledger.scope,
        ledger.month,
        ledger.numerator,
        ledger.denominator,
        ledger.value,
        ledger.unit,
        ledger.direction,
        ledger.target,
        ledger.baseline,
        ledger.light_reason,
        ledger.as_of
    from {{ source('internal', 'quality_past') }} as ledger
    inner join {{ ref('quality_metric') }} as registry
        on ledger.metric = registry.metric and ledger.dimension = registry.dimension and registry.basis = 'state'
    inner join {{ ref('indicator_month') }} as months on ledger.month = months.month
    cross join {{ ref('as_of') }} as as_of
    where ledger.month < as_of.as_of_month
),

united as (
    select * from present
    union all by name
    select * from past
),

before as (
    select
        *,
        case
            when
                lag(month) over months
                = {{ month_of("strptime(month || '-01', '%Y-%m-%d') - interval '1 month'") }}
                then lag(value) over months
        end as value_before
    from united
    window months as (partition by feed_name, dimension, metric, scope order by month)
)

select
    feeds.department,
    feeds.department_zh,
    feeds.feed,
    feeds.title_zh,
    feeds.title_en,
    before.dimension,
    before.metric,
    registry.name_zh as metric_zh,
    registry.name_en as metric_en,
    before.scope,
    coalesce(others.title_zh, before.scope) as scope_zh,
    coalesce(others.title_en, before.scope) as scope_en,
    before.month,
    before.numerator,
    before.denominator,
    before.value,
    case when before.unit = 'share' then {{ wilson('before.numerator', 'before.denominator', '-') }} end as value_low,
    case when before.unit = 'share' then {{ wilson('before.numerator', 'before.denominator', '+') }} end as value_high,
    before.unit,
    before.direction,
    before.target,
    before.baseline,
    {{ light_of('before.light_reason') }} as light,
    before.light_reason,
    before.value_before,
    case
        when before.value is null or before.value_before is null then 'unknown'
        when abs(before.value - before.value_before) <= registry.tolerance + 1e-9 then 'same'
        when (before.value > before.value_before) = (before.direction = 'up') then 'better'
        else 'worse'
    end as trend,
    feeds.owner,
    before.as_of
from before
inner join {{ ref('quality_metric') }} as registry
    on before.metric = registry.metric and before.dimension = registry.dimension
inner join {{ ref('feeds') }} as feeds on before.feed_name = feeds.department || '_' || feeds.feed
left join {{ ref('feeds') }} as others on before.scope = others.department || '_' || others.feed
order by feeds.department, feeds.feed, before.dimension, before.metric, before.scope, before.month
