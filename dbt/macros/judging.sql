{#- Figures (`indicator`, area, `month`, numerator, denominator, given_value, given_low, given_high) with their value,
    its interval and the reason of its light. Grey beats every colour, and the first reason to be grey is told.
    A value worsens twice where it is worse than in the month before, and that one than in the month before it, all
    three fit to be judged: what is suppressed or too small to be shown is not told by a light either. -#}
{% macro judge_indicators(figures) -%}
with measured as (
    select
        registry.indicator,
        registry.unit,
        registry.direction,
        registry.target,
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
            when 'change' then figures.numerator / nullif(figures.denominator, 0) - 1
            when 'count' then figures.numerator
            else figures.given_value
        end as value,
        case registry.unit
            when 'share' then {{ wilson('figures.numerator', 'figures.denominator', '-') }}
            when 'per_10000' then {{ poisson_low('figures.numerator') }} * 10000 / nullif(figures.denominator, 0)
            when 'change' then {{ count_ratio('figures.numerator', 'figures.denominator', '-') }} - 1
            else figures.given_low
        end as value_low,
        case registry.unit
            when 'share' then {{ wilson('figures.numerator', 'figures.denominator', '+') }}
            when 'per_10000' then {{ poisson_high('figures.numerator') }} * 10000 / nullif(figures.denominator, 0)
            when 'change' then {{ count_ratio('figures.numerator', 'figures.denominator', '+') }} - 1
            else figures.given_high
        end as value_high,
        hidden.indicator is not null as suppressed,
        case
            when hidden.indicator is not null then 'suppressed'
            when registry.unit = 'change' and not states.has_base_year then 'no_base_year'
            when states.is_incomplete then 'incomplete'
            when not states.is_held then 'not_held'
            when coalesce(figures.denominator, registry.min_denominator) < registry.min_denominator then 'too_small'
            when states.is_stale then 'stale'
            when states.has_failed_check then 'failed_check'
            when registry.target is null then 'no_target'
        end as grey_reason
    from {{ figures }} as figures
    inner join {{ ref('indicator') }} as registry on figures.indicator = registry.indicator
    inner join {{ ref('indicator_state') }} as states
        on figures.indicator = states.indicator and figures.month = states.month
    left join {{ ref('int_indicators__hidden') }} as hidden
        on
            figures.indicator = hidden.indicator
            and figures.month = hidden.month
            and figures.area_level = hidden.area_level
            and figures.district = hidden.district
            and figures.street is not distinct from hidden.street
            and figures.community is not distinct from hidden.community
    where list_contains(string_split(registry.levels, ';'), figures.area_level)
),

fit as (
    select
        * exclude (grey_reason),
        coalesce(grey_reason, case when value is null then 'too_small' end) as grey_reason,
        case
            when grey_reason is not null then null
            when direction = 'up' then value
            else -value
        end as goodness
    from measured
),

history as (
    select
        *,
        lag(goodness, 1) over area_months as goodness_before,
        lag(goodness, 2) over area_months as goodness_two_before,
        lag(month, 2) over area_months as month_two_before
    from fit
    window area_months as (
        partition by indicator, area_level, district, street, community
        order by month
    )
)

select
    * exclude (grey_reason, goodness, goodness_before, goodness_two_before, month_two_before),
    coalesce(
        grey_reason,
        case
            when
                {{ is_reached('value', 'target', 'direction') }}
                and goodness < goodness_before
                and goodness_before < goodness_two_before
                and month_two_before = {{ month_of("strptime(month || '-01', '%Y-%m-%d') - interval '2 months'") }}
                then 'worsening'
            when {{ is_reached('value', 'target', 'direction') }} then 'reached'
            when {{ is_near('value', 'target', 'direction') }} then 'near'
            else 'missed'
        end
    ) as light_reason
from history
{%- endmacro %}

{#- The colour of a light by its reason. -#}
{% macro light_of(light_reason) -%}
    case
        when {{ light_reason }} = 'reached' then 'green'
        when {{ light_reason }} in ('near', 'worsening') then 'yellow'
        when {{ light_reason }} = 'missed' then 'red'
        else 'grey'
    end
{%- endmacro %}
