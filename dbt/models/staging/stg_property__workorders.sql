-- Work orders (报修投诉): the current rows, one a record_key.
-- Generated from expectations/feeds/property/workorders.yml
-- by `streetlake contracts render`; edit the contract.
select
    order_no,
    estate,
    location,
    kind,
    reported_at,
    closed_at,
    text,
    rating,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'property_workorders') }}
where is_current
