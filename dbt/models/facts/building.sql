-- Buildings of the register with what is known of each: counts, years and devices, nobody's name or number.
-- A building is a row of level building, a house number without buildings, or a courtyard whose rooms hang on it
-- directly; a place that facts give as (building_code, estate_code) lies in coalesce(building_code, estate_code).
with addresses as (
    select
        *,
        coalesce(building_code, estate_code) as place_code
    from {{ source('master', 'address') }}
),

doors as (
    select
        addresses.place_code,
        addresses.address_code,
        addresses.lon,
        addresses.lat,
        dwellings.occupancy,
        addresses.floor as told_floor,
        -- 1102 is on floor 11 and 305 on floor 3 where the register leaves the floor out.
        coalesce(addresses.floor, try_cast(regexp_extract(addresses.room, '^([0-9]{1,2})[0-9]{2}室?$', 1) as bigint))
            as floor,
        coalesce(dwellings.usage in ('商业', '办公'), false)
        or coalesce(regexp_matches(addresses.room, '商铺|门面|门市|店面|铺面|写字间|办公'), false) as is_commercial,
        coalesce(regexp_matches(addresses.room, '车库|车位|储藏|杂物|架空|机房|配电|泵房|物业用房'), false) as is_annex
    from addresses
    left join {{ ref('dwelling') }} as dwellings using (address_code)
    where addresses.level = 'room' and coalesce(addresses.status, '在用') != '停用'
),

parents as (
    select
        estate_code,
        count(*) filter (where level = 'building') as buildings,
        count(*) filter (where level = 'room' and building_code is null) as own_rooms
    from addresses
    where estate_code is not null
    group by estate_code
),

buildings as (
    select addresses.*
    from addresses
    left join parents on addresses.address_code = parents.estate_code
    where
        addresses.level = 'building'
        or (addresses.level = 'house_number' and parents.buildings = 0)
        or (addresses.level = 'estate' and parents.buildings = 0 and parents.own_rooms > 0)
),

rooms as (
    select
        place_code as address_code,
        count(*) as rooms,
        count(*) filter (where is_commercial) as commercial_units,
        count(*) filter (where not is_commercial and not is_annex) as dwellings,
        count(*) filter (where occupancy = 'vacant' and not is_commercial and not is_annex) as homes_vacant,
        count(*) filter (where occupancy is null and not is_commercial and not is_annex) as homes_unknown,
        max(floor) as highest_floor,
        median(lon) as lon,
        median(lat) as lat
    from doors
    group by place_code
),

parcel_places as (
    {{ place_of('housing_properties', 'dwelling') }}
),

parcels as (
    select
        coalesce(places.building_code, places.estate_code) as address_code,
        properties.usage,
        properties.structure,
        if(properties.storeys between 1 and 150, properties.storeys, null) as storeys,
        if(properties.built_year between 1900 and extract(year from as_of.as_of), properties.built_year, null)
            as built_year
    from {{ ref('stg_housing__properties') }} as properties
    inner join parcel_places as places using (record_key)
    cross join {{ ref('as_of') }} as as_of
    where properties.is_current and coalesce(properties.status, '有效') = '有效'
),

-- A floor with two doors in the register is there, whatever the titles say; one door may be mistyped.
floors_seen as (
    select
        address_code,
        max(floor) as floor
    from (
        select
            place_code as address_code,
            told_floor as floor
        from doors
        where told_floor between 1 and 150
        group by place_code, told_floor
        having count(*) >= 2
    ) as floors
    group by address_code
),

-- The word or number most parcels of a building give; of equals the higher house, the word first in order.
storeys_told as (
    select
        address_code,
        storeys
    from parcels
    where storeys is not null
    group by address_code, storeys
    qualify row_number() over (partition by address_code order by count(*) desc, storeys desc) = 1
),

structures_told as (
    select
        address_code,
        structure
    from parcels
    where structure is not null
    group by address_code, structure
    qualify row_number() over (partition by address_code order by count(*) desc, structure asc) = 1
),

titles as (
    select
        address_code,
        cast(quantile_disc(built_year, 0.5) as bigint) as built_year,
        count(*) filter (where usage in ('商业', '办公')) as commercial_parcels,
        count(*) filter (where coalesce(usage, '住宅') = '住宅') as home_parcels
    from parcels
    group by address_code
),

devices as (
    select
        coalesce(building_code, estate_code) as address_code,
        count(*) filter (where type = 'smoke') as smoke_devices,
        count(*) filter (where type = 'camera') as camera_devices,
        count(*) filter (where type = 'access_gate') as access_gate_devices,
        count(*) filter (where type = 'fire_lane') as fire_lane_devices,
        count(*) filter (where type = 'falling_object') as falling_object_devices,
        count(*) filter (where type = 'water_level') as water_level_devices
    from {{ ref('device') }}
    where coalesce(status, '') != 'retired'
    group by coalesce(building_code, estate_code)
),

lift_orders as (
    select distinct coalesce(building_code, estate_code) as address_code
    from {{ ref('workorder') }}
    where kind = '电梯故障'
),

measured as (
    select
        buildings.*,
        case
            when storeys_told.storeys is null then rooms.highest_floor
            else greatest(storeys_told.storeys, coalesce(floors_seen.floor, 0))
        end as storeys,
        structures_told.structure,
        titles.built_year,
        lift_orders.address_code is not null as is_lift_reported,
        coalesce(rooms.rooms, 0) as rooms,
        -- A house that the register does not divide is one home, or as many as it has titles;
        -- a building of which it lists no room has an unknown number.
        case
            when rooms.rooms > 0 then rooms.dwellings
            when buildings.level = 'house_number' and coalesce(titles.commercial_parcels, 0) = 0
                then greatest(coalesce(titles.home_parcels, 0), 1)
            else nullif(titles.home_parcels, 0)
        end as dwellings,
        rooms.homes_vacant,
        rooms.homes_unknown,
        coalesce(nullif(rooms.commercial_units, 0), titles.commercial_parcels, 0) as commercial_units,
        coalesce(buildings.lon, rooms.lon) as known_lon,
        coalesce(buildings.lat, rooms.lat) as known_lat
    from buildings
    left join rooms using (address_code)
    left join titles using (address_code)
    left join storeys_told using (address_code)
    left join floors_seen using (address_code)
    left join structures_told using (address_code)
    left join lift_orders using (address_code)
),

-- GB 50096-1999 (4.1.6) and GB 50096-2011 (6.4.1): a lift from the seventh storey. Of houses older than that code,
-- those of 7 to 9 storeys were often built without one, and those of up to 6 nearly always.
judged as (
    select
        *,
        case
            when is_lift_reported then 'lift_fault_reported'
            when storeys is null then 'storeys_unknown'
            when storeys >= 10 or (storeys >= 7 and coalesce(built_year, 2000) >= 2000) then 'required_by_code'
            when storeys >= 7 then 'older_than_the_code'
            when storeys <= 3 then 'low_house'
            when built_year < 2000 then 'walk_up_of_its_time'
            else 'not_required_by_code'
        end as lift_reason
    from measured
)

select
    judged.address_code as building_code,
    judged.level,
    coalesce(judged.estate, coalesce(judged.road, '') || coalesce(judged.house_number, ''))
    || case
        when judged.level = 'building' then coalesce(judged.building, '')
        when judged.level = 'house_number' and judged.estate is not null
            then coalesce(judged.road, '') || coalesce(judged.house_number, '')
        else ''
    end as name,
    judged.district,
    judged.street,
    judged.community,
    judged.estate_code,
    judged.estate,
    judged.status as address_status,
    judged.known_lon as lon,
    judged.known_lat as lat,
    judged.rooms,
    judged.dwellings,
    judged.storeys,
    judged.built_year,
    judged.structure,
    coalesce(judged.homes_vacant, 0) as homes_vacant,
    coalesce(judged.homes_unknown, judged.dwellings, 0) as homes_unknown,
    judged.commercial_units,
    case
        when judged.lift_reason in ('lift_fault_reported', 'required_by_code') then 'yes'
        when judged.lift_reason in ('low_house', 'walk_up_of_its_time') then 'no'
        else 'unknown'
    end as lift_evidence,
    judged.lift_reason,
    coalesce(devices.smoke_devices, 0) as smoke_devices,
    coalesce(devices.camera_devices, 0) as camera_devices,
    coalesce(devices.access_gate_devices, 0) as access_gate_devices,
    coalesce(devices.fire_lane_devices, 0) as fire_lane_devices,
    coalesce(devices.falling_object_devices, 0) as falling_object_devices,
    coalesce(devices.water_level_devices, 0) as water_level_devices
from judged
left join devices using (address_code)
order by judged.address_code
