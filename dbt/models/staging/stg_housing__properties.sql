-- Properties (房屋楼盘表): the current rows, one a record_key.
-- Generated from expectations/feeds/housing/properties.yml
-- by `streetlake contracts render`; edit the contract.
select
    parcel_unit_no,
    address,
    building,
    unit,
    room,
    area_m2,
    built_year,
    structure,
    usage,
    storeys,
    owners,
    owner_id_numbers,
    registered_on,
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
from {{ source('raw', 'housing_properties') }}
where is_current
