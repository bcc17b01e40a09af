-- Repairs and complaints with their place; the free text of the resident stays behind.
with workorders as (
    select *
    from {{ ref('stg_property__workorders') }}
    where is_current
),

places as (
    {{ place_of('property_workorders', 'location') }}
)

select
    workorders.record_key,
    workorders.order_no,
    workorders.kind,
    workorders.reported_at,
    workorders.closed_at,
    {{ local_date('workorders.reported_at') }} as reported_on,
    {{ month_of(local_date('workorders.reported_at')) }} as month,
    {{ minutes_between('workorders.reported_at', 'workorders.closed_at') }} as closing_minutes,
    workorders.rating,
    coalesce(workorders.closed_at >= workorders.reported_at, true) as is_clock_ordered,
    {{ local_date('workorders.reported_at') }} > as_of.as_of as is_future,
    workorders.estate as estate_text,
    places.address_code,
    places.matched_level,
    places.address_status,
    places.building_code,
    places.estate_code,
    places.estate,
    places.community,
    places.street,
    places.district,
    workorders.delivered_on
from workorders
left join places using (record_key)
cross join {{ ref('as_of') }} as as_of
order by workorders.record_key
