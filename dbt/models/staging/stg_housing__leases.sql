-- Leases (租赁备案): the current rows, one a record_key.
-- Generated from expectations/feeds/housing/leases.yml
-- by `streetlake contracts render`; edit the contract.
select
    lease_no,
    address,
    parcel_unit_no,
    landlord_name,
    landlord_id_number,
    tenant_name,
    tenant_id_number,
    tenant_phone,
    starts_on,
    ends_on,
    rent_cny,
    occupants,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'housing_leases') }}
where is_current
