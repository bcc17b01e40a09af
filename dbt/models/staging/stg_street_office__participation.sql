-- Participation (平安积分): the current rows, one a record_key.
-- Generated from expectations/feeds/street_office/participation.yml
-- by `streetlake contracts render`; edit the contract.
select
    entry_no,
    day,
    community,
    activity,
    name,
    phone,
    points,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'street_office_participation') }}
where is_current
