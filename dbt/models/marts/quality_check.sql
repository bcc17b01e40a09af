-- Every rule by table and week: how many values it judged, how many broke it, and how the last night of the week ended.
with evaluated as (
    select
        *,
        cast(date_trunc('week', as_of) as date) as week_starts_on
    from {{ source('internal', 'check_history') }}
    where as_of is not null
)

select
    evaluated."table",
    feeds.department,
    feeds.feed,
    feeds.title_zh,
    feeds.title_en,
    evaluated."check",
    max_by(evaluated."column", evaluated.as_of) as "column",
    max_by(evaluated.severity, evaluated.as_of) as severity,
    max_by(evaluated.dimension, evaluated.as_of) as dimension,
    max_by(evaluated.title_zh, evaluated.as_of) as rule_zh,
    max_by(evaluated.title_en, evaluated.as_of) as rule_en,
    max_by(evaluated.owner, evaluated.as_of) as owner,
    strftime(evaluated.week_starts_on, '%G-W%V') as week,
    evaluated.week_starts_on,
    count(*) as evaluations,
    count(*) filter (where not evaluated.success) as failures,
    sum(evaluated.element_count) as elements,
    sum(evaluated.unexpected_count) as unexpected,
    sum(evaluated.missing_count) as missing,
    sum(evaluated.unexpected_count)
    / nullif(
        cast(sum(evaluated.element_count - coalesce(evaluated.missing_count, 0)) as double), 0
    ) as share_unexpected,
    max_by(evaluated.success, evaluated.as_of) as success,
    bool_or(evaluated.raised) as raised,
    max(evaluated.as_of) as as_of
from evaluated
left join {{ ref('feeds') }} as feeds
    on evaluated."table" = 'raw.' || feeds.department || '_' || feeds.feed
group by all
order by evaluated."table", evaluated."check", evaluated.week_starts_on
