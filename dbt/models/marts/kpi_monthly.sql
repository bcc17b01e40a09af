-- Indicators by district, street and community and month, with target, light, and the query that gives the rows
-- counted. A light is grey when the value is suppressed, its month or base year is not held, the denominator too small,
-- a source stale, a critical check failed, or no target is set; grey beats every colour.
with ordinary as (
    select *
    from {{ ref('int_indicators__judged') }}
),

of_lights as (
    {{ judge_indicators(ref('int_indicators__reached')) | indent(4) }}
),

judged as (
    select * from ordinary
    union all by name
    select * from of_lights
)

select
    judged.indicator,
    registry.name_zh,
    registry.name_en,
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
    case when not judged.suppressed then judged.value_low end as value_low,
    case when not judged.suppressed then judged.value_high end as value_high,
    judged.unit,
    judged.direction,
    judged.target,
    registry.baseline,
    {{ light_of('judged.light_reason') }} as light,
    judged.light_reason,
    judged.suppressed,
    registry.method,
    registry.owner,
    registry.source_feeds,
    {{ filled_query('registry.rows_sql', 'judged', 'base.base_month') }} as query,
    registry.method_version
from judged
inner join {{ ref('indicator') }} as registry on judged.indicator = registry.indicator
left join {{ ref('int_base_year') }} as base on judged.month = base.month
left join {{ ref('community') }} as communities
    on
        judged.district = communities.district
        and judged.street = communities.street
        and judged.community = communities.community
order by judged.indicator, judged.area_level, judged.district, judged.street, judged.community, judged.month
