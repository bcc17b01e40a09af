-- Marriage registrations (婚姻登记): the current rows, one a record_key.
-- Generated from expectations/feeds/civil_affairs/marriages.yml
-- by `streetlake contracts render`; edit the contract.
select
    certificate_no,
    registered_on,
    event,
    husband_name,
    husband_id_number,
    wife_name,
    wife_id_number,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'civil_affairs_marriages') }}
where is_current
