-- All additive parts: indicator, area, month, numerator, denominator.
{% set families = ['disputes', 'workorders', 'incidents', 'surveys', 'readiness', 'sensors'] %}

{% for family in families %}
    select
        indicator,
        district,
        street,
        community,
        month,
        cast(numerator as double) as numerator,
        cast(denominator as double) as denominator
    from {{ ref('int_' ~ family ~ '__counted') }}
    union all
{% endfor %}

select
    indicator,
    district,
    street,
    community,
    month,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator
from {{ ref('int_residents__taking_part') }}

union all

select
    indicator,
    district,
    street,
    community,
    month,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator
from {{ ref('int_registers__compared') }}
