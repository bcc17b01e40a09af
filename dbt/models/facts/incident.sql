-- Police incidents with their place and clocks. A clock that runs backwards is kept and flagged, and gives no duration.
with incidents as (
    select *
    from {{ ref('stg_police__incidents') }}
    where is_current
),

places as (
    {{ place_of('police_incidents', 'location') }}
)

select
    incidents.record_key,
    incidents.incident_no,
    incidents.reported_at,
    incidents.dispatched_at,
    incidents.arrived_at,
    incidents.closed_at,
    {{ local_date('incidents.reported_at') }} as reported_on,
    {{ month_of(local_date('incidents.reported_at')) }} as month,
    incidents.category,
    incidents.nature,
    incidents.origin,
    incidents.alert_no,
    incidents.outcome,
    {{ minutes_between('incidents.reported_at', 'incidents.dispatched_at') }} as dispatch_minutes,
    {{ minutes_between('incidents.reported_at', 'incidents.arrived_at') }} as arrival_minutes,
    {{ minutes_between('incidents.reported_at', 'incidents.closed_at') }} as closing_minutes,
    coalesce(incidents.dispatched_at >= incidents.reported_at, true)
    and coalesce(incidents.arrived_at >= coalesce(incidents.dispatched_at, incidents.reported_at), true)
    and coalesce(
        incidents.closed_at >= coalesce(incidents.arrived_at, incidents.dispatched_at, incidents.reported_at), true
    ) as is_clock_ordered,
    {{ local_date('incidents.reported_at') }} > as_of.as_of as is_future,
    incidents.lon,
    incidents.lat,
    places.address_code,
    places.matched_level,
    places.address_status,
    places.building_code,
    places.estate_code,
    places.estate,
    places.community,
    places.street,
    places.district,
    incidents.delivered_on
from incidents
left join places using (record_key)
cross join {{ ref('as_of') }} as as_of
order by incidents.record_key
