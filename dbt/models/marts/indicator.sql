-- The registry of indicators: what each one means, where it comes from, and what it should reach.
select
    id as indicator,
    name_zh,
    name_en,
    unit,
    direction,
    target,
    baseline,
    min_denominator,
    counts_persons,
    levels,
    source_feeds,
    max_age_hours,
    owner,
    cadence,
    numerator_en,
    denominator_en,
    method
from {{ ref('indicators') }}
order by id
