-- The months that indicators are given for: the horizon that ends with the month of the snapshot. A month closes on its
-- last day, the running one on the day of the snapshot.
select
    {{ month_of('months.day') }} as month,
    cast(months.day as date) as first_day,
    last_day(months.day) as last_day,
    least(last_day(months.day), as_of.as_of) as closes_on
from {{ ref('as_of') }} as as_of,
    unnest(
        generate_series(
            date_trunc('month', as_of.as_of) - interval '{{ var("horizon_months") }} months',
            date_trunc('month', as_of.as_of),
            interval '1 month'
        )
    ) as months (day)
