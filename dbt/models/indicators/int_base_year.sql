-- For each month after the base year its own calendar month of the base year. The base year is the first twelve whole
-- months of incidents held one after another (`base_year: first`), or the calendar year of the configuration, where all
-- of it is held. While none is held, every month with incidents has a null base month.
{% set chosen = var('base_year') | string %}

with whole as (
    select
        held.first_day,
        count(*) over (
            order by held.first_day range between current row and interval '11 months' following
        ) as year_months
    from {{ ref('int_months__held') }} as held
    cross join {{ ref('as_of') }} as as_of
    where held.feed = 'police_incidents' and held.is_held and held.first_day < date_trunc('month', as_of.as_of)
),

base as (
    select min(first_day) as first_day
    from whole
    where year_months = 12 {% if chosen != 'first' %}and first_day = make_date({{ chosen | int }}, 1, 1){% endif %}
),

begun as (
    select min(first_day) as first_day
    from {{ ref('int_months__held') }}
    where feed = 'police_incidents'
)

select
    months.month,
    {{ month_of(
        "base.first_day + to_months((month(months.first_day) - month(base.first_day) + 12) % 12)"
    ) }} as base_month
from {{ ref('indicator_month') }} as months
cross join base
inner join begun
    on months.first_day >= coalesce(base.first_day + interval '12 months', begun.first_day)
