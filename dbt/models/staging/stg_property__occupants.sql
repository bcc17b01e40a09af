-- Occupants (住户名册): the current rows, one a record_key.
-- Generated from expectations/feeds/property/occupants.yml
-- by `streetlake contracts render`; edit the contract.
select
    estate,
    room_text,
    name,
    role,
    phone,
    id_tail,
    plates,
    moved_in_on,
    moved_out_on,
    note,
    updated_on,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'property_occupants') }}
where is_current
