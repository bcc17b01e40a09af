-- Elderly residents (老年人名册): the current rows, one a record_key.
-- Generated from expectations/feeds/civil_affairs/elderly.yml
-- by `streetlake contracts render`; edit the contract.
select
    seq,
    name,
    id_number,
    sex,
    birth_date,
    birth_date_precision,
    address,
    living,
    health,
    contact_name,
    contact_phone,
    visited_on,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'civil_affairs_elderly') }}
where is_current
