-- Additive parts of the indicators of disputes. Whether one was closed in time is asked once its days are over by the
-- newest delivery of the feed: what happened since is not known yet. Of one that ended on a day that nobody wrote down
-- nobody knows whether it was in time.
with disputes as (
    select
        disputes.*,
        as_of.as_of_month,
        states.newest_delivered_on
    from {{ ref('dispute') }} as disputes
    cross join {{ ref('as_of') }} as as_of
    left join {{ ref('feed_state') }} as states on states.feed = 'street_office_disputes'
    where not disputes.is_future
)

select
    'mediation_success' as indicator,
    district,
    street,
    community,
    case when is_clock_ordered and closed_month <= as_of_month then closed_month else month end as month,
    count(*) filter (where outcome = '成功') as numerator,
    count(*) as denominator
from disputes
where outcome in ('成功', '不成功')
group by all

union all

select
    'disputes_found_proactively' as indicator,
    district,
    street,
    community,
    month,
    count(*) filter (where origin = '主动排查') as numerator,
    count(*) as denominator
from disputes
group by all

union all

select
    'disputes_closed_in_time' as indicator,
    district,
    street,
    community,
    month,
    count(*) filter (where closing_days between 0 and {{ var('dispute_closing_days') }}) as numerator,
    count(*) as denominator
from disputes
where
    received_on + {{ var('dispute_closing_days') }} < newest_delivered_on
    and is_clock_ordered
    and (closing_days is not null or coalesce(outcome, '') not in ('成功', '不成功'))
group by all
