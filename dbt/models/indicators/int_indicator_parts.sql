-- All additive parts: indicator, area, month, numerator, denominator.
{% for parts in [
    'int_disputes__counted',
    'int_workorders__counted',
    'int_incidents__counted',
    'int_residents__taking_part',
    'int_surveys__counted',
    'int_readiness__counted',
    'int_sensors__counted',
    'int_registers__compared',
] %}
{% if not loop.first %}union all{% endif %}
select
    indicator,
    district,
    street,
    community,
    month,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator
from {{ ref(parts) }}
{% endfor %}
