-- The day this snapshot speaks of: the newest delivery, never the clock of the machine,
-- so that loading the same files again gives the same tables. Where every file was refused,
-- the newest folder's date, else the day the files were first seen.
with newest as (
    select
        coalesce(
            max(delivered_on) filter (where status in ('loaded', 'duplicate')),
            max(delivered_on),
            max({{ local_date('first_seen_at') }})
        ) as as_of
    from {{ source('ops', 'delivery') }}
)

select
    as_of,
    {{ month_of('as_of') }} as as_of_month
from newest
