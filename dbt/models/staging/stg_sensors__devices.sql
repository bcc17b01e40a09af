-- Devices (设备台账): the current rows, one a record_key.
-- Generated from expectations/feeds/sensors/devices.yml
-- by `streetlake contracts render`; edit the contract.
select
    device_id,
    type,
    location,
    lon,
    lat,
    installed_on,
    status,
    vendor,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'sensors_devices') }}
where is_current
