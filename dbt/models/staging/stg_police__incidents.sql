-- Incidents (警情): the current rows, one a record_key.
-- Generated from expectations/feeds/police/incidents.yml
-- by `streetlake contracts render`; edit the contract.
select
    incident_no,
    reported_at,
    dispatched_at,
    arrived_at,
    closed_at,
    category,
    nature,
    address,
    lon,
    lat,
    origin,
    alert_no,
    outcome,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'police_incidents') }}
where is_current
