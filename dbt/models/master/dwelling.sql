-- One row per address_code of room or unit level (一房一档): who owns it, who lives in it, its lease, and what stands
-- or happened there. People are given by person_id only.
with dwellings as (
    select *
    from {{ source('master', 'address') }}
    where level in ('room', 'unit')
),

parcel_places as (
    {{ place_of('housing_properties', 'dwelling') }}
),

lease_places as (
    {{ place_of('housing_leases', 'dwelling') }}
),

parcels as (
    select
        places.address_code,
        properties.*,
        count(*) over (partition by places.address_code) as parcels
    from {{ ref('stg_housing__properties') }} as properties
    inner join parcel_places as places using (record_key)
    where
        properties.is_current
        and coalesce(properties.status, '有效') = '有效'
        and places.matched_level in ('room', 'unit')
        and places.address_code is not null
    qualify
        row_number() over (
            partition by places.address_code
            order by properties.registered_on desc nulls last, properties.parcel_unit_no desc
        ) = 1
),

owners as (
    select
        record_key,
        list(distinct person_id order by person_id) filter (where person_id is not null) as owner_person_ids,
        count(*) filter (where method = 'organisation') as owner_organisations
    from {{ source('master', 'person_crosswalk') }}
    where feed = 'housing_properties' and person_role = 'owner'
    group by record_key
),

leases as (
    select
        places.address_code,
        leases.record_key,
        leases.lease_no,
        leases.starts_on,
        leases.ends_on,
        leases.rent_cny,
        leases.occupants
    from {{ ref('stg_housing__leases') }} as leases
    inner join lease_places as places using (record_key)
    cross join {{ ref('as_of') }} as as_of
    where
        leases.is_current
        and places.matched_level in ('room', 'unit')
        and places.address_code is not null
        and coalesce(leases.starts_on <= as_of.as_of, true)
        and coalesce(leases.ends_on >= as_of.as_of, true)
    qualify
        row_number() over (
            partition by places.address_code order by leases.starts_on desc nulls last, leases.lease_no desc
        ) = 1
),

lease_parties as (
    select
        record_key,
        list(distinct person_id order by person_id) filter (where person_role = 'tenant') as tenant_person_ids,
        list(distinct person_id order by person_id) filter (where person_role = 'landlord') as landlord_person_ids
    from {{ source('master', 'person_crosswalk') }}
    where feed = 'housing_leases' and person_id is not null
    group by record_key
),

occupants as (
    select
        residence_address_code as address_code,
        list(person_id order by person_id) as occupant_person_ids,
        count(*) as occupants
    from {{ ref('resident') }}
    group by residence_address_code
),

devices as (
    select
        address_code,
        list(device_id order by device_id) as device_ids
    from {{ ref('device') }}
    where coalesce(status, '') != 'retired' and matched_level in ('room', 'unit') and address_code is not null
    group by address_code
),

incidents as (
    select
        incidents.address_code,
        list(incidents.incident_no order by incidents.reported_at desc, incidents.incident_no asc)[1:3]
            as last_incident_nos,
        max(incidents.reported_on) as last_incident_on,
        arg_max(incidents.category, incidents.reported_at) as last_incident_category,
        count(*) filter (where incidents.reported_on > as_of.as_of - interval '12 months') as incidents_12_months
    from {{ ref('incident') }} as incidents
    cross join {{ ref('as_of') }} as as_of
    where incidents.matched_level in ('room', 'unit') and incidents.address_code is not null and not incidents.is_future
    group by incidents.address_code
)

select
    dwellings.address_code,
    dwellings.level,
    dwellings.district,
    dwellings.street,
    dwellings.community,
    dwellings.estate,
    dwellings.building,
    dwellings.unit,
    dwellings.floor,
    dwellings.room,
    dwellings.estate_code,
    dwellings.building_code,
    dwellings.unit_code,
    dwellings.status as address_status,
    parcels.parcel_unit_no,
    coalesce(parcels.parcels, 0) as parcels,
    parcels.usage,
    parcels.area_m2,
    parcels.built_year,
    parcels.structure,
    parcels.storeys,
    parcels.registered_on as owned_since,
    coalesce(owners.owner_person_ids, []) as owner_person_ids,
    coalesce(owners.owner_organisations, 0) as owner_organisations,
    coalesce(occupants.occupant_person_ids, []) as occupant_person_ids,
    coalesce(occupants.occupants, 0) as occupants,
    leases.lease_no,
    leases.starts_on as lease_starts_on,
    leases.ends_on as lease_ends_on,
    leases.rent_cny,
    leases.occupants as lease_occupants,
    coalesce(lease_parties.tenant_person_ids, []) as tenant_person_ids,
    coalesce(lease_parties.landlord_person_ids, []) as landlord_person_ids,
    coalesce(devices.device_ids, []) as device_ids,
    coalesce(incidents.last_incident_nos, []) as last_incident_nos,
    incidents.last_incident_on,
    incidents.last_incident_category,
    coalesce(incidents.incidents_12_months, 0) as incidents_12_months
from dwellings
left join parcels using (address_code)
left join owners on parcels.record_key = owners.record_key
left join occupants using (address_code)
left join leases using (address_code)
left join lease_parties on leases.record_key = lease_parties.record_key
left join devices using (address_code)
left join incidents using (address_code)
order by dwellings.address_code
