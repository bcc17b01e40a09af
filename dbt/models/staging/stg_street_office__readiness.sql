-- Emergency readiness (应急预案与物资): the current rows, one a record_key.
-- Generated from expectations/feeds/street_office/readiness.yml
-- by `streetlake contracts render`; edit the contract.
select
    community,
    kind,
    name,
    required,
    actual,
    checked_on,
    realistic,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'street_office_readiness') }}
where is_current
