-- What each department's exports are worth: six dimensions by feed, with target and light.
with measured as (
    select * from {{ ref('int_quality__measured') }}
),

judged as (
    select
        measured.*,
        feeds.title_zh,
        as_of.as_of,
        case
            when measured.value is null or measured.target is null then 'grey'
            when measured.denominator < measured.min_denominator then 'grey'
            when measured.direction = 'up' and measured.value >= measured.target then 'green'
            when measured.direction = 'up' and measured.value >= measured.target * (1 - {{ var('yellow_band') }})
                then 'yellow'
            when measured.direction = 'down' and measured.value <= measured.target then 'green'
            when measured.direction = 'down' and measured.value <= measured.target * (1 + {{ var('yellow_band') }})
                then 'yellow'
            else 'red'
        end as light
    from measured
    left join {{ ref('feeds') }} as feeds
        on measured.department = feeds.department and measured.feed = feeds.feed
    cross join {{ ref('as_of') }} as as_of
)

select
    department,
    feed,
    title_zh,
    dimension,
    metric,
    metric_zh,
    numerator,
    denominator,
    value,
    case when unit = 'share' then {{ wilson('numerator', 'denominator', '-') }} end as value_low,
    case when unit = 'share' then {{ wilson('numerator', 'denominator', '+') }} end as value_high,
    unit,
    direction,
    target,
    light,
    as_of
from judged
order by department, feed, dimension, metric
