{#- The dwelling that each row of a feed speaks of: the room, told by the row or by other records, else the unit;
    rows that stop short of either are left out. -#}
{% macro dwelling_of(feed, role) -%}
    select
        record_key,
        coalesce(room_code, address_code) as address_code
    from {{ source('master', 'address_match') }}
    where
        feed = '{{ feed }}'
        and address_role = '{{ role }}'
        and (room_code is not null or (matched_level in ('room', 'unit') and address_code is not null))
{%- endmacro %}
