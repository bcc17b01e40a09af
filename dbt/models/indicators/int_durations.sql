-- Single durations whose median and 90th percentile are indicators; they do not add up over areas.
select
    'joint_response' as clock,
    district,
    street,
    community,
    month,
    cast(response_minutes as double) as minutes
from {{ ref('dispute') }}
where not is_future and response_minutes >= 0

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
