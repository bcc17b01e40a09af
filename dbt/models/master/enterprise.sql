-- One row per unified social credit code (一企一档): its licence, who represents it, and the place it stands at.
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
        person_id,
        probability,
        method
    from {{ source('master', 'person_crosswalk') }}
    where
        feed = 'market_regulation_enterprises' and person_role = 'legal_representative' and person_seq = 1
),

placed as (
    select
        *,
        coalesce(room_code, address_code) as premises_code
    from places
)

select
    enterprises.code as credit_code,
    {{ is_credit_code_valid('enterprises.code') }} as is_credit_code_valid,
    enterprises.name,
    representatives.person_id as legal_representative_person_id,
    representatives.probability as legal_representative_probability,
    representatives.method as legal_representative_method,
    enterprises.founded_on,
    enterprises.status,
    case enterprises.status
        when '存续' then 'active'
        when '注销' then 'deregistered'
        when '吊销' then 'revoked'
    end as licence_state,
    enterprises.industry,
    placed.address_code,
    placed.matched_level,
    placed.room_code,
    placed.building_code,
    placed.estate_code,
    placed.community,
    placed.street,
    placed.district,
    dwellings.usage as premises_usage,
    coalesce(dwellings.occupants > 0, false) as is_inhabited,
    coalesce(list_contains(dwellings.owner_person_ids, representatives.person_id), false)
        as is_owned_by_representative,
    enterprises.record_key,
    enterprises.delivered_on,
    enterprises.last_delivered_on
from enterprises
left join placed using (record_key)
left join representatives using (record_key)
left join {{ ref('dwelling') }} as dwellings on placed.premises_code = dwellings.address_code
order by enterprises.code
