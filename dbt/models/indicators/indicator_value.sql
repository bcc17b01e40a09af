-- One row per indicator, area and month: parts added up, durations as percentiles of the single cases of the area.
with added as (
    select
        indicator,
        {{ area_level() }} as area_level,
        district,
        street,
        community,
        month,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        cast(null as double) as percentile_value
    from {{ ref('int_indicator_parts') }}
    group by grouping sets (
        (indicator, district, month),
        (indicator, district, street, month),
        (indicator, district, street, community, month)
    )
),

ranked as (
    select
        clock,
        {{ area_level() }} as area_level,
        district,
        street,
        community,
        month,
        cast(count(*) as double) as cases,
        quantile_cont(minutes, [0.5, 0.9]) as quantiles
    from {{ ref('int_durations') }}
    group by grouping sets (
        (clock, district, month),
        (clock, district, street, month),
        (clock, district, street, community, month)
    )
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
        ranked.quantiles[names.position] as percentile_value
    from ranked
    cross join (values (1, 'median_minutes'), (2, 'p90_minutes')) as names (position, suffix)
),

united as (
    select * from added
    union all
    select * from percentiles
)

select united.*
from united
inner join {{ ref('indicator_month') }} as months using (month)
where
    case united.area_level
        when 'district' then united.district is not null
        when 'street' then united.district is not null and united.street is not null
        else united.district is not null and united.street is not null and united.community is not null
    end
