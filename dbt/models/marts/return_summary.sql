-- The return lists in numbers: what was opened and closed in each week and what stood open at its end, by feed and
-- problem. Withdrawn are also those that a clerk accepted as they are.
-- Entries that moved to another key are counted where they went.
with entries as (
    select
        department,
        feed,
        problem,
        problem_zh,
        problem_en,
        dimension,
        opened_on,
        closed_on,
        closed_as,
        persons_affected
    from {{ source('marts', 'return_list') }}
    where closed_as is distinct from 'moved'
),

weeks as (
    select
        cast(weeks.day as date) as week_starts_on,
        cast(weeks.day as date) + 6 as week_ends_on
    from {{ ref('as_of') }} as as_of,
        unnest(
            generate_series(
                date_trunc('week', as_of.as_of) - interval '{{ var("horizon_weeks") }} weeks',
                date_trunc('week', as_of.as_of),
                interval '1 week'
            )
        ) as weeks (day)
),

counted as (
    select
        entries.department,
        entries.feed,
        entries.problem,
        max(entries.problem_zh) as problem_zh,
        max(entries.problem_en) as problem_en,
        max(entries.dimension) as dimension,
        weeks.week_starts_on,
        count(*) filter (where entries.opened_on >= weeks.week_starts_on) as opened,
        count(*) filter (
            where entries.closed_as = 'corrected' and entries.closed_on <= weeks.week_ends_on
        ) as corrected,
        count(*) filter (where entries.closed_as = 'removed' and entries.closed_on <= weeks.week_ends_on) as removed,
        count(*) filter (
            where entries.closed_as in ('withdrawn', 'accepted') and entries.closed_on <= weeks.week_ends_on
        ) as withdrawn,
        count(*) filter (where coalesce(entries.closed_on > weeks.week_ends_on, true)) as open,
        coalesce(
            sum(entries.persons_affected) filter (where coalesce(entries.closed_on > weeks.week_ends_on, true)), 0
        ) as persons_affected
    from entries
    inner join weeks
        on
            entries.opened_on <= weeks.week_ends_on
            and coalesce(entries.closed_on >= weeks.week_starts_on, true)
    group by entries.department, entries.feed, entries.problem, weeks.week_starts_on
)

select
    counted.department,
    feeds.department_zh,
    counted.feed,
    feeds.title_zh,
    feeds.title_en,
    counted.problem,
    counted.problem_zh,
    counted.problem_en,
    counted.dimension,
    strftime(counted.week_starts_on, '%G-W%V') as week,
    counted.week_starts_on,
    counted.opened,
    counted.corrected,
    counted.removed,
    counted.withdrawn,
    counted.open,
    cast(counted.persons_affected as bigint) as persons_affected
from counted
left join {{ ref('feeds') }} as feeds on counted.department = feeds.department and counted.feed = feeds.feed
order by counted.department, counted.feed, counted.problem, counted.week_starts_on
