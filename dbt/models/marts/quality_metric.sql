-- The registry of quality metrics: what each one means, what it should reach, and what to do about a bad light.
select
    metric,
    dimension,
    name_zh,
    name_en,
    unit,
    direction,
    target,
    baseline,
    min_denominator,
    tolerance,
    counts_persons,
    needs_fresh,
    basis,
    definition_zh,
    definition_en,
    advice_zh,
    advice_en
from {{ ref('quality_metrics') }}
order by metric, dimension
