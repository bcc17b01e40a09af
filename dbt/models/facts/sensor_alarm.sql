-- Alarms and faults of devices with the device's place; one row an event_id (events come late, twice, out of order).
-- Heartbeats and counts, the bulk of the feed, stay in raw.
with events as (
    select *
    from {{ ref('stg_sensors__events') }}
    where is_current and type in ('alarm', 'fault')
),

latest as (
    select *
    from events
    qualify
        row_number() over (
            partition by event_id
            order by handled_at desc nulls last, delivered_on desc, file_sha256 desc, row_number desc
        ) = 1
)

select
    latest.record_key,
    latest.event_id,
    latest.device_id,
    latest.type,
    devices.type as device_type,
    latest.ts as happened_at,
    latest.handled_at,
    {{ local_date('latest.ts') }} as happened_on,
    {{ month_of(local_date('latest.ts')) }} as month,
    {{ minutes_between('latest.ts', 'latest.handled_at') }} as handling_minutes,
    coalesce(latest.handled_at >= latest.ts, true) as is_clock_ordered,
    {{ local_date('latest.ts') }} > as_of.as_of as is_future,
    devices.address_code,
    devices.building_code,
    devices.estate_code,
    devices.estate,
    devices.community,
    devices.street,
    devices.district,
    latest.delivered_on
from latest
left join {{ ref('device') }} as devices on latest.device_id = devices.device_id
cross join {{ ref('as_of') }} as as_of
order by latest.event_id
