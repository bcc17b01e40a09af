{#- The resolved place of each row of a feed, one row per record_key. -#}
{% macro place_of(feed, role) -%}
    select
        record_key,
        address_code,
        matched_level,
        status as address_status,
        room_code,
        unit_code,
        building_code,
        estate_code,
        estate,
        community,
        street,
        district
    from {{ source('master', 'address_match') }}
    where feed = '{{ feed }}' and address_role = '{{ role }}'
{%- endmacro %}

{#- A community's name as a key: 翠湖社区居委会, 翠湖社区居民委员会 and 翠湖社区 are one; so are 翠湖 and 翠湖社区. -#}
{% macro community_key(name) -%}
    regexp_replace(
        regexp_replace(
            nfc_normalize(replace({{ name }}, ' ', '')), '(居民委员会|村民委员会|居委会|村委会|党群服务中心)$', ''
        ),
        '(社区|村|居)$',
        ''
    )
{%- endmacro %}
