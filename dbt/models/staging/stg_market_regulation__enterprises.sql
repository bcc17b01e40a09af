-- Enterprises (实有单位): the current rows, one a record_key.
-- Generated from expectations/feeds/market_regulation/enterprises.yml
-- by `streetlake contracts render`; edit the contract.
select
    credit_code,
    name,
    legal_representative,
    address,
    founded_on,
    status,
    industry,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'market_regulation_enterprises') }}
where is_current
