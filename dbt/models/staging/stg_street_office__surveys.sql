-- Surveys (满意度调查): the current rows, one a record_key.
-- Generated from expectations/feeds/street_office/surveys.yml
-- by `streetlake contracts render`; edit the contract.
select
    survey_no,
    day,
    community,
    question,
    sampled,
    positive,
    record_key,
    batch_id,
    file_sha256,
    row_number,
    delivered_on,
    last_delivered_on,
    ingested_at,
    is_current,
    extra
from {{ source('raw', 'street_office_surveys') }}
where is_current
