-- Social assistance recipients (社会救助对象): the current rows, one a record_key.
-- Generated from expectations/feeds/civil_affairs/benefits.yml
-- by `streetlake contracts render`; edit the contract.
select
    seq,
    name,
    id_number,
    sex,
    birth_date,
    birth_date_precision,
    address,
    benefit,
    head_name,
    relation_to_head,
    household_size,
    phone,
    approved_on,
    stopped_on,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'civil_affairs_benefits') }}
where is_current
