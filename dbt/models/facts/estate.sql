-- Estates (小区, 院落) of more than one home, with the year most of their homes were built in and their number of homes.
-- A house by its own number is none, nor is a group of a village (五组), which stands where an estate's name would.
-- An estate that lies in several communities belongs to the one with most of its homes.
with buildings as (
    select *
    from {{ ref('building') }}
    where
        estate_code is not null
        and dwellings > 0
        and estate is not null
        and not regexp_matches(estate, '(组|队|自然村)$')
),

homes as (
    select
        estate_code,
        district,
        street,
        community,
        sum(dwellings) as dwellings
    from buildings
    group by all
),

places as (
    select
        estate_code,
        district,
        street,
        community
    from homes
    qualify
        row_number() over (
            partition by estate_code order by dwellings desc, district asc, street asc, community asc
        ) = 1
),

-- Every home counts once in the median.
years as (
    select
        dated.estate_code,
        cast(quantile_disc(dated.built_year, 0.5) as bigint) as built_year
    from buildings as dated
    cross join unnest(range(cast(dated.dwellings as bigint))) as each_home (home)
    where dated.built_year is not null
    group by dated.estate_code
),

totals as (
    select
        estate_code,
        min(estate) as estate,
        sum(dwellings) as dwellings,
        count(*) as buildings
    from buildings
    group by estate_code
)

select
    totals.estate_code,
    totals.estate,
    years.built_year,
    cast(totals.dwellings as bigint) as dwellings,
    totals.buildings,
    places.community,
    places.street,
    places.district
from totals
inner join places using (estate_code)
left join years using (estate_code)
where totals.dwellings > 1
order by totals.estate_code
