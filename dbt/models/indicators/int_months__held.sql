-- Months of which the deliveries hold the events of a feed whole, from the first such month to that of the snapshot.
-- A date mistyped by decades begins no history: it begins with the first month from which half a year holds at least a
-- fifth of what is usual (median month). Its first month is whole where the first event comes no later than three
-- usual intervals between events. A later month with less than a fifth of the usual count is one that did not come;
-- of less than ten events a month that cannot be told. The running month counts as held: staleness is judged apart.
with events as (
    select
        'police_incidents' as feed,
        reported_on as day
    from {{ ref('incident') }}
    where not is_future

    union all

    select
        'street_office_participation' as feed,
        day
    from {{ ref('participation') }}
    where not is_future

    union all

    select
        'sensors_events' as feed,
        happened_on as day
    from {{ ref('sensor_alarm') }}
    where not is_future
),

counted as (
    select
        feed,
        cast(date_trunc('month', day) as date) as first_day,
        min(day) as first_event_on,
        count(*) as events
    from events
    where day is not null
    group by all
),

usual as (
    select
        counted.feed,
        coalesce(
            median(counted.events) filter (
                where
                counted.first_day < date_trunc('month', as_of.as_of)
                and counted.first_day >= date_trunc('month', as_of.as_of) - interval '24 months'
            ),
            max(counted.events)
        ) as events
    from counted
    cross join {{ ref('as_of') }} as as_of
    group by counted.feed
),

around as (
    select
        counted.*,
        usual.events as usual_events,
        sum(counted.events) over half_year as half_year_events,
        least(6, date_diff('month', counted.first_day, as_of.as_of) + 1) as half_year_months
    from counted
    inner join usual on counted.feed = usual.feed
    cross join {{ ref('as_of') }} as as_of
    window half_year as (
        partition by counted.feed
        order by counted.first_day
        range between current row and interval '5 months' following
    )
),

begun as (
    select
        feed,
        min(first_day) as first_day,
        arg_min(first_event_on, first_day) as first_event_on,
        any_value(usual_events) as usual_events
    from around
    where half_year_events >= 0.2 * usual_events * half_year_months
    group by feed
),

months as (
    select
        begun.*,
        cast(calendar.day as date) as month_first_day
    from begun
    cross join {{ ref('as_of') }} as as_of,
        unnest(
            generate_series(begun.first_day, cast(date_trunc('month', as_of.as_of) as date), interval '1 month')
        ) as calendar (day)
)

select
    months.feed,
    {{ month_of('months.month_first_day') }} as month,
    months.month_first_day as first_day,
    case
        when months.month_first_day = date_trunc('month', as_of.as_of) then true
        when months.month_first_day = months.first_day
            then months.first_event_on <= months.first_day + cast(ceil(90 / months.usual_events) as integer)
        else months.usual_events < 10 or coalesce(counted.events, 0) >= 0.2 * months.usual_events
    end as is_held
from months
cross join {{ ref('as_of') }} as as_of
left join counted on months.feed = counted.feed and months.month_first_day = counted.first_day
