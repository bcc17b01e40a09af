-- Residents (实有人口): the current rows, one a record_key.
-- Generated from expectations/feeds/police/residents.yml
-- by `streetlake contracts render`; edit the contract.
select
    resident_no,
    name,
    former_name,
    sex,
    id_number,
    birth_date,
    birth_date_precision,
    hukou_no,
    relation_to_head,
    hukou_address,
    residence_address,
    residence_type,
    phone,
    registered_on,
    updated_at,
    status,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'police_residents') }}
where is_current
