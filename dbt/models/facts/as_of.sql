-- The day this snapshot speaks of: the newest delivery, never the clock of the machine,
-- so that loading the same files again gives the same tables.
select
    max(delivered_on) as as_of,
    {{ month_of('max(delivered_on)') }} as as_of_month
from {{ source('ops', 'delivery') }}
where status in ('loaded', 'duplicate')
