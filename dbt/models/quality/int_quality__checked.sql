-- Values that the rules of expectations/ judged, by dimension and month of the delivery they were judged in. A rule
-- judges the values that are there; one of completeness, whether they are.
select
    replace("table", 'raw.', '') as feed_name,
    'checked_values_as_expected' as metric,
    dimension,
    {{ month_of('as_of') }} as month,
    sum(element_count - coalesce(missing_count, 0) - unexpected_count) as numerator,
    sum(element_count - coalesce(missing_count, 0)) as denominator
from {{ source('internal', 'check_history') }}
where
    starts_with("table", 'raw.')
    and element_count - coalesce(missing_count, 0) > 0
    and unexpected_count is not null
    and as_of is not null
group by all
