-- Devices with the place they stand at. No person is attached to a device.
with devices as (
    select *
    from {{ ref('stg_sensors__devices') }}
    where is_current
),

places as (
    {{ place_of('sensors_devices', 'location') }}
)

select
    devices.record_key,
    devices.device_id,
    devices.type,
    devices.status,
    devices.installed_on,
    devices.lon,
    devices.lat,
    places.address_code,
    places.matched_level,
    places.address_status,
    places.room_code,
    places.unit_code,
    places.building_code,
    places.estate_code,
    places.estate,
    places.community,
    places.street,
    places.district,
    devices.delivered_on
from devices
left join places using (record_key)
order by devices.record_key
