-- One row per indicator, area and month: parts added up, durations as percentiles of the single cases of the area, old
-- estates against new ones. `given_value` and its interval are null where numerator over denominator tells the value.
-- What has no community counts for its street and district; what has no district of the register counts nowhere.
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
        cast(null as double) as given_value,
        cast(null as double) as given_low,
        cast(null as double) as given_high
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
        quantile_cont(minutes, [0.5, 0.9]) as quantiles,
        list(minutes order by minutes) as sorted_minutes
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
        round(ranked.quantiles[names.place], 6) as given_value,
        {{ quantile_bound('ranked.sorted_minutes', 'names.share', '-') }} as given_low,
        {{ quantile_bound('ranked.sorted_minutes', 'names.share', '+') }} as given_high
    from ranked
    cross join (values (1, 0.5, 'median_minutes'), (2, 0.9, 'p90_minutes')) as names (place, share, suffix)
),

leveled_estates as (
    select
        levels.area_level,
        estates.district,
        case when levels.area_level != 'district' then estates.street end as street,
        case when levels.area_level = 'community' then estates.community end as community,
        estates.month,
        cast(sum(estates.old_incidents) as double) as old_incidents,
        cast(sum(estates.new_incidents) as double) as new_incidents,
        cast(sum(estates.old_dwellings) as double) as old_dwellings,
        cast(sum(estates.new_dwellings) as double) as new_dwellings
    from {{ ref('int_estates__compared') }} as estates
    cross join levels
    group by all
),

expected as (
    select
        *,
        new_incidents * old_dwellings / new_dwellings as expected_incidents,
        if(new_incidents > 0, new_dwellings / old_dwellings, null) as homes_ratio
    from leveled_estates
    where old_dwellings > 0 and new_dwellings > 0
),

-- Where nothing would be expected there is no ratio, and no end of its interval is shown alone.
ratios as (
    select
        'old_to_new_estate_rate' as indicator,
        area_level,
        district,
        street,
        community,
        month,
        old_incidents as numerator,
        expected_incidents as denominator,
        old_incidents / nullif(expected_incidents, 0) as given_value,
        {{ count_ratio('old_incidents', 'new_incidents', '-') }} * homes_ratio as given_low,
        {{ count_ratio('old_incidents', 'new_incidents', '+') }} * homes_ratio as given_high
    from expected
),

-- The areas of the register alone: a text that names another city's district is no case of that district's.
areas as (
    select distinct
        addresses.district,
        case when levels.area_level != 'district' then addresses.street end as street,
        case when levels.area_level = 'community' then addresses.community end as community,
        levels.area_level
    from {{ source('master', 'address') }} as addresses
    cross join levels
    where
        addresses.district is not null
        and (levels.area_level = 'district' or addresses.street is not null)
        and (levels.area_level != 'community' or addresses.community is not null)
),

united as (
    select * from added
    union all
    select * from percentiles
    union all
    select * from ratios
)

select united.*
from united
inner join areas
    on
        united.area_level = areas.area_level
        and united.district = areas.district
        and united.street is not distinct from areas.street
        and united.community is not distinct from areas.community
where united.month in (select months.month from {{ ref('indicator_month') }} as months)
