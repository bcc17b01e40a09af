-- Numerator and denominator of every figure of data quality, by feed, scope and month.
-- What follows from versions and delivery dates is given for every month; what is a state of the records, for the month
-- of the snapshot, and comes for earlier months from the ledger of what was measured then (`data_quality`).
with monthly as (
    select
        feed_name,
        metric,
        null as dimension,
        '' as scope,
        month,
        numerator,
        denominator,
        value,
        target
    from {{ ref('int_quality__delivered') }}

    union all

    select
        feed_name,
        metric,
        null as dimension,
        '' as scope,
        month,
        numerator,
        denominator,
        null as value,
        null as target
    from {{ ref('int_quality__filled') }}

    union all

    select
        feed_name,
        metric,
        dimension,
        '' as scope,
        month,
        numerator,
        denominator,
        null as value,
        null as target
    from {{ ref('int_quality__checked') }}

    union all

    select
        feed_name,
        metric,
        null as dimension,
        scope,
        month,
        numerator,
        denominator,
        value,
        null as target
    from {{ ref('int_quality__lagged') }}

    union all

    select
        feed_name,
        metric,
        null as dimension,
        '' as scope,
        month,
        numerator,
        denominator,
        null as value,
        null as target
    from {{ ref('int_quality__confirmed') }}

    union all

    select
        feed_name,
        'returned_rows_corrected' as metric,
        null as dimension,
        '' as scope,
        month,
        corrected as numerator,
        returned as denominator,
        null as value,
        null as target
    from {{ ref('int_returns__judged') }}
),

states as (
    select
        feed_name,
        metric,
        scope,
        numerator,
        denominator
    from {{ ref('int_quality__registered') }}

    union all

    select
        feed_name,
        'addresses_resolved' as metric,
        '' as scope,
        sum(resolved) as numerator,
        sum(addresses) as denominator
    from {{ ref('int_addresses__resolved') }}
    group by feed_name

    {% for family in ['expected', 'numbered', 'agreed'] %}
        union all

        select
            feed_name,
            metric,
            '' as scope,
            numerator,
            denominator
        from {{ ref('int_quality__' ~ family) }}
    {% endfor %}
)

select
    feed_name,
    metric,
    dimension,
    scope,
    month,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator,
    cast(value as double) as value,
    cast(target as double) as target,
    false as is_state
from monthly
where month in (select months.month from {{ ref('indicator_month') }} as months)

union all

select
    states.feed_name,
    states.metric,
    null as dimension,
    states.scope,
    as_of.as_of_month as month,
    cast(states.numerator as double) as numerator,
    cast(states.denominator as double) as denominator,
    null as value,
    null as target,
    true as is_state
from states
cross join {{ ref('as_of') }} as as_of
