-- Disputes with their place. `response_minutes` runs from the whistle of the street office to the department's answer.
with disputes as (
    select *
    from {{ ref('stg_street_office__disputes') }}
    where is_current
),

places as (
    {{ place_of('street_office_disputes', 'location') }}
)

select
    disputes.record_key,
    disputes.dispute_no,
    disputes.received_on,
    {{ month_of('disputes.received_on') }} as month,
    disputes.origin,
    disputes.kind,
    disputes.outcome,
    disputes.closed_on,
    {{ month_of('disputes.closed_on') }} as closed_month,
    date_diff('day', disputes.received_on, disputes.closed_on) as closing_days,
    disputes.department,
    disputes.response_minutes,
    coalesce(disputes.closed_on >= disputes.received_on, true) as is_clock_ordered,
    disputes.received_on > as_of.as_of as is_future,
    places.address_code,
    places.matched_level,
    places.address_status,
    places.building_code,
    places.estate_code,
    places.estate,
    places.community,
    places.street,
    places.district,
    disputes.delivered_on
from disputes
left join places using (record_key)
cross join {{ ref('as_of') }} as as_of
order by disputes.record_key
