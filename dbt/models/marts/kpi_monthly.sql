-- Indicators by district, street and community and month, with target and light.
-- A light is grey when the value is suppressed, the denominator too small, a source stale or a critical check of it
-- failed, or no target is set; grey beats every colour.
with sources as (
    select
        registry.indicator,
        registry.max_age_hours,
        states.newest_delivered_on,
        coalesce(states.failed_checks, 0) as failed_checks
    from {{ ref('indicator') }} as registry
    cross join unnest(string_split(registry.source_feeds, ';')) as feeds (feed)
    left join {{ ref('feed_state') }} as states on feeds.feed = states.feed
),

source_state as (
    select
        sources.indicator,
        months.month,
        bool_or(
            coalesce(
                date_diff('day', sources.newest_delivered_on, least(as_of.as_of, months.last_day)) * 24
                > sources.max_age_hours,
                true
            )
        ) as is_stale,
        bool_or(sources.failed_checks > 0) as has_failed_check
    from sources
    cross join {{ ref('indicator_month') }} as months
    cross join {{ ref('as_of') }} as as_of
    group by all
),

measured as (
    select
        registry.*,
        figures.area_level,
        figures.district,
        figures.street,
        figures.community,
        figures.month,
        figures.numerator,
        figures.denominator,
        case registry.unit
            when 'share' then figures.numerator / nullif(figures.denominator, 0)
            when 'per_10000' then figures.numerator * 10000 / nullif(figures.denominator, 0)
            when 'count' then figures.numerator
            else figures.percentile_value
        end as value,
        registry.counts_persons and coalesce(figures.denominator, 0) < {{ var('small_cell') }} as suppressed,
        states.is_stale,
        states.has_failed_check
    from {{ ref('indicator_value') }} as figures
    inner join {{ ref('indicator') }} as registry using (indicator)
    inner join source_state as states using (indicator, month)
    where list_contains(string_split(registry.levels, ';'), figures.area_level)
),

history as (
    select
        *,
        round({{ shortfall('value', 'target', 'direction') }}, 9) as shortfall,
        lag(value, 1) over area_months as value_before,
        lag(value, 2) over area_months as value_two_before,
        lag(month, 2) over area_months as month_two_before
    from measured
    window area_months as (partition by indicator, area_level, district, street, community order by month)
),

trended as (
    select
        *,
        coalesce(
            month_two_before
            = {{ month_of("strptime(month || '-01', '%Y-%m-%d') - interval '2 months'") }}
            and case direction
                when 'up' then value < value_before and value_before < value_two_before
                else value > value_before and value_before > value_two_before
            end,
            false
        ) as is_worsening
    from history
),

judged as (
    select
        *,
        case
            when suppressed then 'suppressed'
            when value is null or coalesce(denominator, min_denominator) < min_denominator then 'too_small'
            when is_stale then 'stale'
            when has_failed_check then 'failed_check'
            when target is null then 'no_target'
            when shortfall <= 0 and is_worsening then 'worsening'
            when shortfall <= 0 then 'reached'
            when shortfall <= {{ var('yellow_band') }} then 'near'
            else 'missed'
        end as light_reason
    from trended
)

select
    judged.indicator,
    judged.name_zh,
    judged.name_en,
    judged.area_level,
    case judged.area_level
        when 'district' then judged.district
        when 'street' then judged.street
        else coalesce(communities.area, judged.community)
    end as area,
    judged.district,
    judged.street,
    judged.community,
    judged.month,
    case when not judged.suppressed then judged.numerator end as numerator,
    case when not judged.suppressed then judged.denominator end as denominator,
    case when not judged.suppressed then judged.value end as value,
    case
        when not judged.suppressed and judged.unit = 'share'
            then {{ wilson('judged.numerator', 'judged.denominator', '-') }}
    end as value_low,
    case
        when not judged.suppressed and judged.unit = 'share'
            then {{ wilson('judged.numerator', 'judged.denominator', '+') }}
    end as value_high,
    judged.unit,
    judged.direction,
    judged.target,
    judged.baseline,
    case judged.light_reason
        when 'reached' then 'green'
        when 'near' then 'yellow'
        when 'worsening' then 'yellow'
        when 'missed' then 'red'
        else 'grey'
    end as light,
    judged.light_reason,
    judged.suppressed,
    judged.method,
    judged.owner,
    judged.source_feeds
from judged
left join {{ ref('community') }} as communities
    on
        judged.district = communities.district
        and judged.street = communities.street
        and judged.community = communities.community
order by judged.indicator, judged.area_level, judged.district, judged.street, judged.community, judged.month
