-- The registry of indicators: what each one means, in words and in SQL, where it comes from, and what it should reach.
-- `rows_sql` gives the rows counted, where {area}, {month}, {area_level} and {base_month} are put in; the others are
-- expressions over these rows. The version of the method changes with whatever it is computed by.
{% set constants = ['dispute_closing_days', 'workorder_closing_days', 'return_days', 'old_estate_before'] %}

with queries as (
    select
        id,
        {{ with_constants('rows_sql', constants) }} as rows_sql,
        numerator_sql,
        denominator_sql,
        value_sql
    from {{ ref('indicator_queries') }}
)

select
    registry.id as indicator,
    registry.name_zh,
    registry.name_en,
    registry.unit,
    registry.direction,
    registry.target,
    registry.baseline,
    registry.min_denominator,
    registry.counts_persons,
    registry.levels,
    registry.source_feeds,
    registry.max_age_hours,
    registry.window_months,
    registry.whole_month,
    registry.owner,
    registry.cadence,
    registry.numerator_zh,
    registry.numerator_en,
    registry.denominator_zh,
    registry.denominator_en,
    registry.method_zh,
    registry.method,
    queries.rows_sql,
    queries.numerator_sql,
    queries.denominator_sql,
    queries.value_sql,
    registry.method_version || '-' || substr(
        md5(
            concat_ws(
                chr(31),
                registry.unit,
                registry.window_months,
                queries.rows_sql,
                queries.numerator_sql,
                queries.denominator_sql,
                queries.value_sql
            )
        ),
        1,
        8
    ) as method_version
from {{ ref('indicators') }} as registry
left join queries on registry.id = queries.id
order by registry.id
