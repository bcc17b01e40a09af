-- Every community of the register. `area` is its name, with the street before it where two streets have one so named.
with registered as (
    select distinct
        district,
        street,
        community
    from {{ source('master', 'address') }}
    where district is not null and street is not null and community is not null
),

keyed as (
    select
        *,
        {{ community_key('community') }} as community_key
    from registered
),

counted as (
    select
        *,
        count(*) over (partition by community) as same_name,
        count(*) over (partition by community_key) as same_key,
        count(*) over (partition by street, community) as same_street
    from keyed
)

select
    district,
    street,
    community,
    community_key,
    same_key = 1 as is_unique_key,
    case
        when same_name = 1 then community
        when same_street = 1 then street || '/' || community
        else district || '/' || street || '/' || community
    end as area
from counted
order by district, street, community
