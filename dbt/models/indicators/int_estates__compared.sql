-- Incidents and homes of old and of new estates by area and month; estates of unknown year are left out. An incident
-- counts in the area of its estate.
with estates as (
    select
        *,
        built_year < {{ var('old_estate_before') }} as is_old
    from {{ ref('estate') }}
    where built_year is not null
),

months as (
    select distinct months.month
    from {{ ref('indicator_month') }} as months
    inner join {{ ref('int_months__held') }} as held on months.month = held.month and held.feed = 'police_incidents'
),

incidents as (
    select
        estates.district,
        estates.street,
        estates.community,
        incidents.month,
        count(*) filter (where estates.is_old) as old_incidents,
        count(*) filter (where not estates.is_old) as new_incidents,
        0 as old_dwellings,
        0 as new_dwellings
    from {{ ref('incident') }} as incidents
    inner join estates on incidents.estate_code = estates.estate_code
    inner join months on incidents.month = months.month
    where not incidents.is_future and coalesce(incidents.outcome, '') != '误报'
    group by all
),

dwellings as (
    select
        estates.district,
        estates.street,
        estates.community,
        months.month,
        0 as old_incidents,
        0 as new_incidents,
        coalesce(sum(estates.dwellings) filter (where estates.is_old), 0) as old_dwellings,
        coalesce(sum(estates.dwellings) filter (where not estates.is_old), 0) as new_dwellings
    from estates
    cross join months
    group by all
)

select * from incidents
union all
select * from dwellings
