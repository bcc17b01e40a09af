-- Residence spells confirmed late, in the month in which their confirmation was due.
select
    'police_residents' as feed_name,
    'residence_spells_confirmed_late' as metric,
    {{ month_of('spells.due_on') }} as month,
    count(*) filter (where spells.is_late) as numerator,
    count(*) as denominator
from {{ ref('int_residences__confirmed') }} as spells
cross join {{ ref('as_of') }} as as_of
where spells.due_on < as_of.as_of
group by all
