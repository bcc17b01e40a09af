-- Standard addresses (标准地址): the current rows, one a record_key.
-- Generated from expectations/feeds/police/addresses.yml
-- by `streetlake contracts render`; edit the contract.
select
    address_code,
    province,
    city,
    district,
    street,
    community,
    road,
    house_number,
    estate,
    building,
    unit,
    floor,
    room,
    lon,
    lat,
    aliases,
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
from {{ source('raw', 'police_addresses') }}
where is_current
