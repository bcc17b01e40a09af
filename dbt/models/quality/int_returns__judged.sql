-- Entries of the return lists that a department could have closed, by feed and month: those on which a delivery later
-- than the one that told the error came in. An entry counts in each month in which it stood open, and as corrected in
-- the month in which the department corrected it; an entry typed twice is corrected by taking one away.
-- Not counted: what was withdrawn, accepted as it is, moved to another key, or vanished with its row.
with entries as (
    select
        department || '_' || feed as feed_name,
        opened_on,
        closed_on,
        coalesce(closed_as = 'corrected' or (closed_as = 'removed' and dimension = 'uniqueness'), false) as is_corrected
    from {{ source('marts', 'return_list') }}
    where
        coalesce(closed_as, 'corrected') = 'corrected' or (closed_as = 'removed' and dimension = 'uniqueness')
)

select
    entries.feed_name,
    months.month,
    count(*) filter (where entries.is_corrected and {{ month_of('entries.closed_on') }} = months.month) as corrected,
    count(*) as returned
from entries
inner join {{ ref('indicator_month') }} as months
    on
        entries.opened_on <= months.last_day
        and coalesce(entries.closed_on >= months.first_day, true)
inner join {{ ref('feed_month') }} as feeds
    on
        entries.feed_name = feeds.feed_name
        and months.month = feeds.month
        and entries.opened_on < feeds.newest_delivered_on
group by all
