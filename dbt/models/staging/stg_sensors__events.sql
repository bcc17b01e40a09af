-- Device events (设备事件): the current rows, one a record_key.
-- Generated from expectations/feeds/sensors/events.yml
-- by `streetlake contracts render`; edit the contract.
select
    event_id,
    device_id,
    type,
    ts,
    value,
    handled_at,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'sensors_events') }}
where is_current
