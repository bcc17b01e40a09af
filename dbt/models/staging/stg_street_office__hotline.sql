-- Hotline calls (便民热线工单): the current rows, one a record_key.
-- Generated from expectations/feeds/street_office/hotline.yml
-- by `streetlake contracts render`; edit the contract.
select
    call_no,
    called_at,
    channel,
    nature,
    category,
    content,
    address,
    estate,
    community,
    handler,
    assigned_at,
    due_at,
    closed_at,
    outcome,
    satisfaction,
    is_confidential,
    caller_name,
    caller_phone,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'street_office_hotline') }}
where is_current
