-- Additive parts of the indicators of work orders, asked once their days are over by the newest delivery of the feed.
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
inner join {{ ref('feed_state') }} as states on states.feed = 'property_workorders'
where
    not workorders.is_future
    and workorders.is_clock_ordered
    and workorders.reported_on + {{ var('workorder_closing_days') }} < states.newest_delivered_on
group by all
