-- What each feed says of a person, one row per person, attribute, feed and value, and which departments beside its own
-- say what the golden record says. What is concluded (from a relative) is told by nobody; what a number says is told by
-- the feed that gave the number. An owner's flat and a relative's home are no evidence of where somebody lives.
with voices as (
    select
        person_id,
        attribute,
        value,
        unnest(sources) as voice,
        true as is_golden
    from {{ source('master', 'person_attribute') }}
    where attribute in ('name', 'sex', 'birth_date', 'phone', 'residence_address_code')

    union all

    select
        person_id,
        attribute,
        alternative.value,
        unnest(alternative.sources) as voice,
        false as is_golden
    from (
        select
            person_id,
            attribute,
            unnest(from_json(alternatives, '[{"value": "VARCHAR", "sources": ["VARCHAR"]}]')) as alternative
        from {{ source('master', 'person_attribute') }}
        where
            attribute in ('name', 'sex', 'birth_date', 'phone', 'residence_address_code') and alternatives is not null
    ) as others
),

named as (
    select
        person_id,
        attribute,
        value,
        is_golden,
        case when starts_with(voice, 'number/') then split_part(voice, '/', 2) else split_part(voice, '/', 1) end
            as feed_name
    from voices
    where
        attribute != 'residence_address_code'
        or (split_part(voice, '/', 2) in ('self', 'tenant') and not ends_with(voice, '/业主'))
),

told as (
    select distinct
        named.person_id,
        named.attribute,
        named.value,
        named.is_golden,
        named.feed_name,
        feeds.department
    from named
    inner join {{ ref('feeds') }} as feeds on named.feed_name = feeds.department || '_' || feeds.feed
),

golden as (
    select
        person_id,
        attribute,
        list(distinct department) as departments
    from told
    where is_golden
    group by all
)

select
    told.feed_name,
    told.attribute,
    told.is_golden,
    len(golden.departments)
    - cast(list_contains(golden.departments, told.department) as integer) as witnesses
from told
inner join golden on told.person_id = golden.person_id and told.attribute = golden.attribute
