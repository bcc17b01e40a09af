-- Accuracy against fused evidence: of the values that a feed told and that other departments' evidence settles, the
-- share that agrees. Where no other department says what the golden record says, nobody judges: a register is never
-- measured against itself.
with judged as (
    select
        told.feed_name,
        told.is_golden,
        names.metric
    from {{ ref('int_values__told') }} as told
    inner join (
        values
        ('name', 'names_agree'),
        ('sex', 'sexes_agree'),
        ('birth_date', 'birth_dates_agree'),
        ('phone', 'phones_agree'),
        ('residence_address_code', 'residences_agree')
    ) as names (attribute, metric)
        on told.attribute = names.attribute
    where told.witnesses > 0
)

select
    feed_name,
    metric,
    count(*) filter (where is_golden) as numerator,
    count(*) as denominator
from judged
group by all
