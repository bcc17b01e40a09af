-- One row per indicator, area and month: parts added up, durations as percentiles of the single cases of the area.
-- What has no community counts for its street and district; what has no district counts nowhere.
with levels as (
    select unnest(['district', 'street', 'community']) as area_level
),

leveled_parts as (
    select
        parts.indicator,
        levels.area_level,
        parts.district,
        case when levels.area_level != 'district' then parts.street end as street,
        case when levels.area_level = 'community' then parts.community end as community,
        parts.month,
        parts.numerator,
        parts.denominator
    from {{ ref('int_indicator_parts') }} as parts
    cross join levels
),

leveled_durations as (
    select
        durations.clock,
        levels.area_level,
        durations.district,
        case when levels.area_level != 'district' then durations.street end as street,
        case when levels.area_level = 'community' then durations.community end as community,
        durations.month,
        durations.minutes
    from {{ ref('int_durations') }} as durations
    cross join levels
),

added as (
    select
        indicator,
        area_level,
        district,
        street,
        community,
        month,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        cast(null as double) as percentile_value
    from leveled_parts
    group by indicator, area_level, district, street, community, month
),

ranked as (
    select
        clock,
        area_level,
        district,
        street,
        community,
        month,
        cast(count(*) as double) as cases,
        quantile_cont(minutes, [0.5, 0.9]) as quantiles
    from leveled_durations
    group by clock, area_level, district, street, community, month
),

percentiles as (
    select
        ranked.clock || '_' || names.suffix as indicator,
        ranked.area_level,
        ranked.district,
        ranked.street,
        ranked.community,
        ranked.month,
        cast(null as double) as numerator,
        ranked.cases as denominator,
        round(ranked.quantiles[names.place], 6) as percentile_value
    from ranked
    cross join (values (1, 'median_minutes'), (2, 'p90_minutes')) as names (place, suffix)
),

united as (
    select * from added
    union all
    select * from percentiles
)

select united.*
from united
where
    united.month in (select months.month from {{ ref('indicator_month') }} as months)
    and united.district is not null
    and (united.area_level = 'district' or united.street is not null)
    and (united.area_level != 'community' or united.community is not null)
