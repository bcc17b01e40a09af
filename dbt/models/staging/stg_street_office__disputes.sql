-- Disputes (矛盾纠纷台账): the current rows, one a record_key.
-- Generated from expectations/feeds/street_office/disputes.yml
-- by `streetlake contracts render`; edit the contract.
select
    dispute_no,
    received_on,
    origin,
    kind,
    address,
    outcome,
    closed_on,
    department,
    response_minutes,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'street_office_disputes') }}
where is_current
