-- Entries of the return lists that a department has had time to correct, by feed and month. It has `return_days`, and
-- at least one cadence of its feed, from the delivery since which the error stands. From then on an entry counts in
-- each month in which it stands open, and as corrected in the month in which it was corrected (or, if sooner, fell
-- due); a person typed twice is corrected by taking one entry away.
-- Not counted: what was withdrawn, accepted as it is, moved to another key, or vanished with its row.
with entries as (
    select
        returned.department || '_' || returned.feed as feed_name,
        returned.opened_on
        + cast(greatest({{ var('return_days') }}, ceil(feeds.cadence_hours / 24.0)) as integer) as due_on,
        returned.closed_on
    from {{ source('marts', 'return_list') }} as returned
    inner join {{ ref('feeds') }} as feeds
        on returned.department = feeds.department and returned.feed = feeds.feed
    where
        returned.closed_as is null
        or returned.closed_as = 'corrected'
        or (returned.closed_as = 'removed' and returned.dimension = 'uniqueness')
),

settled as (
    select
        feed_name,
        due_on,
        case when closed_on is not null then greatest(closed_on, due_on) end as settled_on
    from entries
)

select
    settled.feed_name,
    months.month,
    count(*) filter (where settled.settled_on <= months.last_day) as corrected,
    count(*) as returned
from settled
cross join {{ ref('as_of') }} as as_of
inner join {{ ref('indicator_month') }} as months
    on
        settled.due_on <= least(months.last_day, as_of.as_of)
        and coalesce(settled.settled_on >= months.first_day, true)
group by all
