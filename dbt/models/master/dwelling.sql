-- One row per address_code of room or unit level (一房一档): who owns it, who lives in it, its lease, what stands or
-- happened there, and what speaks for its being vacant. People are given by person_id only.
with dwellings as (
    select *
    from {{ source('master', 'address') }}
    where level in ('room', 'unit')
),

parcel_places as (
    {{ dwelling_of('housing_properties', 'dwelling') }}
),

lease_places as (
    {{ dwelling_of('housing_leases', 'dwelling') }}
),

roll_places as (
    {{ dwelling_of('property_occupants', 'dwelling') }}
),

parcels as (
    select
        places.address_code,
        properties.*,
        count(*) over (partition by places.address_code) as parcels
    from {{ ref('stg_housing__properties') }} as properties
    inner join parcel_places as places using (record_key)
    where properties.is_current and coalesce(properties.status, '有效') = '有效'
    qualify
        row_number() over (
            partition by places.address_code
            order by
                properties.registered_on desc nulls last, properties.parcel_unit_no desc, properties.record_key desc
        ) = 1
),

owners as (
    select
        crosswalk.record_key,
        list(distinct crosswalk.person_id order by crosswalk.person_id) filter (where crosswalk.person_id is not null)
            as owner_person_ids,
        count(*) filter (where crosswalk.method = 'organisation') as owner_organisations,
        list(distinct persons.residence_address_code) filter (where persons.residence_address_code is not null)
            as owner_homes
    from {{ source('master', 'person_crosswalk') }} as crosswalk
    left join {{ source('master', 'person') }} as persons using (person_id)
    where crosswalk.feed = 'housing_properties' and crosswalk.person_role = 'owner'
    group by crosswalk.record_key
),

all_leases as (
    select
        places.address_code,
        leases.record_key,
        leases.lease_no,
        leases.starts_on,
        leases.ends_on,
        leases.rent_cny,
        leases.occupants,
        coalesce(leases.starts_on <= as_of.as_of, true)
        and coalesce(leases.ends_on >= as_of.as_of, true) as is_in_force
    from {{ ref('stg_housing__leases') }} as leases
    inner join lease_places as places using (record_key)
    cross join {{ ref('as_of') }} as as_of
    where leases.is_current
),

leases as (
    select *
    from all_leases
    where is_in_force
    qualify
        row_number() over (
            partition by address_code order by starts_on desc nulls last, lease_no desc, record_key desc
        ) = 1
),

ended_leases as (
    select
        address_code,
        max(ends_on) as last_lease_ended_on
    from all_leases
    where not is_in_force
    group by address_code
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

households as (
    select
        address_code,
        list(distinct household_id order by household_id) as household_ids
    from {{ source('master', 'household_member') }}
    where basis = 'residence' and until is null and address_code is not null
    group by address_code
),

rolls as (
    select
        places.address_code,
        count(*) as roll_entries,
        count(*) filter (where coalesce(rolls.moved_out_on > as_of.as_of, true)) as roll_entries_now,
        max(rolls.moved_out_on) filter (where rolls.moved_out_on <= as_of.as_of) as last_moved_out_on
    from {{ ref('stg_property__occupants') }} as rolls
    inner join roll_places as places using (record_key)
    cross join {{ ref('as_of') }} as as_of
    where rolls.is_current
    group by places.address_code
),

-- Buildings of which a roll names any room: only there does an absence from the roll mean something.
rolled_buildings as (
    select distinct addresses.building_code
    from rolls
    inner join {{ source('master', 'address') }} as addresses using (address_code)
    where addresses.building_code is not null
),

devices as (
    select
        coalesce(room_code, address_code) as address_code,
        list(device_id order by device_id) as device_ids
    from {{ ref('device') }}
    where
        coalesce(status, '') != 'retired'
        and (room_code is not null or (matched_level in ('room', 'unit') and address_code is not null))
    group by coalesce(room_code, address_code)
),

incidents as (
    select
        incidents.address_code,
        list(incidents.incident_no order by incidents.reported_at desc, incidents.incident_no asc)[1:3]
            as last_incident_nos,
        max(incidents.reported_on) as last_incident_on,
        arg_max(incidents.category, incidents.reported_at) as last_incident_category,
        count(*) filter (where incidents.reported_on > as_of.as_of - interval '12 months') as incidents_12_months,
        list(incidents.incident_no order by incidents.reported_at desc, incidents.incident_no asc) filter (
            where incidents.reported_on > as_of.as_of - interval '12 months'
        ) as incident_nos_12_months
    from {{ ref('incident') }} as incidents
    cross join {{ ref('as_of') }} as as_of
    where incidents.matched_level in ('room', 'unit') and incidents.address_code is not null and not incidents.is_future
    group by incidents.address_code
),

known as (
    select
        dwellings.*,
        parcels.parcel_unit_no,
        parcels.parcels,
        parcels.usage,
        parcels.area_m2,
        parcels.built_year,
        parcels.structure,
        parcels.storeys,
        parcels.registered_on as owned_since,
        owners.owner_organisations,
        leases.lease_no,
        leases.record_key as lease_record_key,
        leases.starts_on as lease_starts_on,
        leases.ends_on as lease_ends_on,
        leases.rent_cny,
        leases.occupants as lease_occupants,
        ended_leases.last_lease_ended_on,
        households.household_ids,
        rolls.roll_entries_now,
        rolls.last_moved_out_on,
        devices.device_ids,
        incidents.last_incident_nos,
        incidents.last_incident_on,
        incidents.last_incident_category,
        incidents.incidents_12_months,
        incidents.incident_nos_12_months,
        coalesce(owners.owner_person_ids, []) as owner_person_ids,
        coalesce(owners.owner_homes, []) as owner_homes,
        coalesce(occupants.occupant_person_ids, []) as occupant_person_ids,
        coalesce(occupants.occupants, 0) as occupants,
        rolled_buildings.building_code is not null and rolls.address_code is null as is_off_the_roll
    from dwellings
    left join parcels using (address_code)
    left join owners on parcels.record_key = owners.record_key
    left join occupants using (address_code)
    left join households using (address_code)
    left join leases using (address_code)
    left join ended_leases using (address_code)
    left join rolls using (address_code)
    left join rolled_buildings on dwellings.building_code = rolled_buildings.building_code
    left join devices using (address_code)
    left join incidents using (address_code)
),

-- Each word is one department's; together they say why a dwelling without residents is taken for vacant.
judged as (
    select
        *,
        case
            when occupants > 0 or level != 'room' or lease_no is not null or coalesce(usage, '住宅') != '住宅' then []
            else
                list_filter(
                    [
                        if(parcel_unit_no is not null, 'no_resident', null),
                        if(last_lease_ended_on is not null, 'lease_ended', null),
                        if(last_moved_out_on is not null and roll_entries_now = 0, 'moved_out', null),
                        if(is_off_the_roll, 'not_on_roll', null),
                        if(
                            len(owner_homes) > 0 and not list_contains(owner_homes, address_code),
                            'owner_lives_elsewhere',
                            null
                        )
                    ],
                    lambda word: word is not null
                )
        end as vacancy_evidence
    from known
)

select
    judged.address_code,
    judged.level,
    judged.district,
    judged.street,
    judged.community,
    judged.estate,
    judged.building,
    judged.unit,
    judged.floor,
    judged.room,
    judged.estate_code,
    judged.building_code,
    judged.unit_code,
    judged.status as address_status,
    judged.parcel_unit_no,
    coalesce(judged.parcels, 0) as parcels,
    judged.usage,
    judged.area_m2,
    judged.built_year,
    judged.structure,
    judged.storeys,
    judged.owned_since,
    judged.owner_person_ids,
    coalesce(judged.owner_organisations, 0) as owner_organisations,
    judged.occupant_person_ids,
    judged.occupants,
    coalesce(judged.household_ids, []) as household_ids,
    judged.lease_no,
    judged.lease_starts_on,
    judged.lease_ends_on,
    judged.rent_cny,
    judged.lease_occupants,
    coalesce(lease_parties.tenant_person_ids, []) as tenant_person_ids,
    coalesce(lease_parties.landlord_person_ids, []) as landlord_person_ids,
    judged.last_lease_ended_on,
    judged.last_moved_out_on,
    case
        when judged.level != 'room' then null
        when judged.occupants > 0 and len(list_intersect(judged.owner_person_ids, judged.occupant_person_ids)) > 0
            then 'owner'
        when judged.lease_no is not null then 'let'
        when judged.occupants > 0 then 'others'
        when len(judged.vacancy_evidence) >= 2 then 'vacant'
    end as occupancy,
    judged.vacancy_evidence,
    coalesce(judged.device_ids, []) as device_ids,
    coalesce(judged.last_incident_nos, []) as last_incident_nos,
    judged.last_incident_on,
    judged.last_incident_category,
    coalesce(judged.incidents_12_months, 0) as incidents_12_months,
    coalesce(judged.incident_nos_12_months, []) as incident_nos_12_months
from judged
left join lease_parties on judged.lease_record_key = lease_parties.record_key
order by judged.address_code
