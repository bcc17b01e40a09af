-- Additive parts of the indicators of work orders.
select
    'workorders_closed_in_time' as indicator,
    workorders.district,
    workorders.street,
    workorders.community,
    workorders.month,
    count(*) filter (
        where workorders.closing_minutes between 0 and {{ var('workorder_closing_days') }} * 1440
    ) as numerator,
    count(*) as denominator
from {{ ref('workorder') }} as workorders
cross join {{ ref('as_of') }} as as_of
where
    not workorders.is_future
    and workorders.is_clock_ordered
    and workorders.reported_on + {{ var('workorder_closing_days') }} <= as_of.as_of
group by all
