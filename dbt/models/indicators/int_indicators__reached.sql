-- Of the indicators of an area and month whose light is not grey, those that reach their target; green ones, and yellow
-- ones that are at their target and worsen. In the shape of `indicator_value`.
select
    'indicators_on_target' as indicator,
    area_level,
    district,
    street,
    community,
    month,
    cast(count(*) filter (where light_reason in ('reached', 'worsening')) as double) as numerator,
    cast(count(*) as double) as denominator,
    cast(null as double) as given_value,
    cast(null as double) as given_low,
    cast(null as double) as given_high
from {{ ref('int_indicators__judged') }}
where {{ light_of('light_reason') }} != 'grey'
group by all
