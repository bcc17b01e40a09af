-- Cells of indicators about persons that are not shown: those of fewer than `small_cell` persons, and others beside
-- them so that nobody finds a hidden number by subtraction. A district's number is that of its streets and of the cases
-- without a street; a street's that of its communities and of the cases without a community.
--
-- What is hidden below one published number adds up to a known sum. Whoever knows which cells are small (0 to 9) and
-- which are hidden for their sake (10 or more) can bound each to an interval as wide as the sum less all lower bounds
-- (`slack`) or all upper bounds less the sum (`room`), whichever is less. Both must reach `hidden_width`, and two cells
-- at least be hidden; cases without a place are never published and count as a hidden cell where there are any. The
-- smallest published neighbours are hidden until that holds, and the number above them where it cannot hold.
-- A hidden street hides its communities, a hidden district all below it.
{% set unbounded = 1000000000 %}
{% set street_keys = ['indicator', 'month', 'district', 'street'] %}
{% set district_keys = ['indicator', 'month', 'district'] %}

with figures as (
    select
        figures.indicator,
        figures.month,
        figures.area_level,
        figures.district,
        figures.street,
        figures.community,
        cast(coalesce(figures.denominator, 0) as bigint) as persons,
        coalesce(figures.denominator, 0) < {{ var('small_cell') }} as is_small
    from {{ ref('indicator_value') }} as figures
    inner join {{ ref('indicator') }} as registry on figures.indicator = registry.indicator
    where registry.counts_persons
),

communities as (
    select
        * exclude (is_small),
        is_small as is_hidden,
        if(is_small, persons, persons - {{ var('small_cell') }}) as slack,
        if(is_small, {{ var('small_cell') }} - 1 - persons, {{ unbounded }}) as room
    from figures
    where area_level = 'community'
),

in_street as (
    select
        {{ street_keys | join(', ') }},
        count(*) filter (where is_hidden) as small_cells,
        count(*) filter (where not is_hidden) as large_cells,
        coalesce(sum(slack) filter (where is_hidden), 0) as slack,
        coalesce(sum(room) filter (where is_hidden), 0) as room,
        sum(persons) as persons
    from communities
    group by all
),

above_communities as (
    select
        streets.indicator,
        streets.month,
        streets.district,
        streets.street,
        streets.persons,
        streets.is_small,
        coalesce(inside.small_cells, 0) as hidden,
        coalesce(inside.large_cells, 0) as large_cells,
        streets.persons - coalesce(inside.persons, 0) as elsewhere,
        coalesce(inside.small_cells, 0) + if(elsewhere > 0, 1, 0) as cells,
        coalesce(inside.slack, 0) + elsewhere as slack,
        coalesce(inside.room, 0) + if(elsewhere > 0, {{ unbounded }}, 0) as room
    from figures as streets
    left join in_street as inside using ({{ street_keys | join(', ') }})
    where streets.area_level = 'street'
),

community_options as (
    {{ hiding_options('communities', street_keys, 'community') }}
),

community_places as (
    {{ places_needed('above_communities', 'community_options', street_keys) }}
),

streets as (
    select
        above.indicator,
        above.month,
        above.district,
        above.street,
        above.persons,
        above.is_small or (above.hidden > 0 and places.places is null) as is_hidden,
        coalesce(places.places, 0) as places,
        above.persons - if(above.is_small, 0, greatest(1, above.large_cells) * {{ var('small_cell') }}) as slack,
        case
            when above.is_small then {{ var('small_cell') }} - 1 - above.persons
            when above.large_cells > 0 or above.elsewhere > 0 then {{ unbounded }}
            else above.hidden * ({{ var('small_cell') }} - 1) - above.persons
        end as room
    from above_communities as above
    left join community_places as places using ({{ street_keys | join(', ') }})
),

in_district as (
    select
        {{ district_keys | join(', ') }},
        count(*) filter (where is_hidden) as hidden,
        coalesce(sum(slack) filter (where is_hidden), 0) as slack,
        coalesce(sum(room) filter (where is_hidden), 0) as room,
        sum(persons) as persons
    from streets
    group by all
),

above_streets as (
    select
        districts.indicator,
        districts.month,
        districts.district,
        districts.is_small,
        coalesce(inside.hidden, 0) as hidden,
        districts.persons - coalesce(inside.persons, 0) as elsewhere,
        coalesce(inside.hidden, 0) + if(elsewhere > 0, 1, 0) as cells,
        coalesce(inside.slack, 0) + elsewhere as slack,
        coalesce(inside.room, 0) + if(elsewhere > 0, {{ unbounded }}, 0) as room
    from figures as districts
    left join in_district as inside using ({{ district_keys | join(', ') }})
    where districts.area_level = 'district'
),

street_options as (
    {{ hiding_options('streets', district_keys, 'street') }}
),

street_places as (
    {{ places_needed('above_streets', 'street_options', district_keys) }}
),

hidden_districts as (
    select
        above.indicator,
        above.month,
        above.district
    from above_streets as above
    left join street_places as places using ({{ district_keys | join(', ') }})
    where above.is_small or (above.hidden > 0 and places.places is null)
),

hidden_streets as (
    select
        streets.indicator,
        streets.month,
        streets.district,
        streets.street
    from streets
    left join hidden_districts as districts using ({{ district_keys | join(', ') }})
    left join street_places as places using ({{ district_keys | join(', ') }})
    left join street_options as options using ({{ street_keys | join(', ') }})
    where streets.is_hidden or districts.district is not null or options.place <= places.places
),

hidden_communities as (
    select
        communities.indicator,
        communities.month,
        communities.district,
        communities.street,
        communities.community
    from communities
    left join hidden_streets as hidden using ({{ street_keys | join(', ') }})
    left join streets using ({{ street_keys | join(', ') }})
    left join community_options as options using ({{ street_keys | join(', ') }}, community)
    where communities.is_hidden or hidden.street is not null or options.place <= streets.places
)

select
    indicator,
    month,
    'district' as area_level,
    district,
    null as street,
    null as community
from hidden_districts
union all
select
    indicator,
    month,
    'street' as area_level,
    district,
    street,
    null as community
from hidden_streets
union all
select
    indicator,
    month,
    'community' as area_level,
    district,
    street,
    community
from hidden_communities
