-- Single durations whose median and 90th percentile are indicators; they do not add up over areas.
-- An answer after more than the days that a dispute has, or a patrol after more than one, is a mistyped number.
select
    'joint_response' as clock,
    district,
    street,
    community,
    month,
    cast(response_minutes as double) as minutes
from {{ ref('dispute') }}
where not is_future and response_minutes between 0 and {{ var('dispute_closing_days') }} * 24 * 60

union all

select
    'police_arrival' as clock,
    district,
    street,
    community,
    month,
    arrival_minutes as minutes
from {{ ref('incident') }}
where not is_future and is_clock_ordered and arrival_minutes between 0 and 1440
