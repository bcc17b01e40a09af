-- One row per unified social credit code (一企一档).
with enterprises as (
    select
        *,
        upper(trim(credit_code)) as code
    from {{ ref('stg_market_regulation__enterprises') }}
    where is_current and credit_code is not null
    qualify
        row_number() over (
            partition by upper(trim(credit_code)) order by delivered_on desc, row_number desc, record_key desc
        ) = 1
),

places as (
    {{ place_of('market_regulation_enterprises', 'location') }}
),

representatives as (
    select
        record_key,
        person_id
    from {{ source('master', 'person_crosswalk') }}
    where
        feed = 'market_regulation_enterprises' and person_role = 'legal_representative' and person_seq = 1
)

select
    enterprises.code as credit_code,
    {{ is_credit_code_valid('enterprises.code') }} as is_credit_code_valid,
    enterprises.name,
    representatives.person_id as legal_representative_person_id,
    enterprises.founded_on,
    enterprises.status,
    enterprises.industry,
    places.address_code,
    places.matched_level,
    places.building_code,
    places.estate_code,
    places.community,
    places.street,
    places.district,
    enterprises.record_key,
    enterprises.delivered_on,
    enterprises.last_delivered_on
from enterprises
left join places using (record_key)
left join representatives using (record_key)
order by enterprises.code
