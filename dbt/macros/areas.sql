{#- The level of a row made by grouping sets over (district), (district, street), (district, street, community). -#}
{% macro area_level() -%}
    case
        when grouping(community) = 0 then 'community'
        when grouping(street) = 0 then 'street'
        else 'district'
    end
{%- endmacro %}
