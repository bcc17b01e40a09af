{#- A text as an SQL literal. -#}
{% macro literal(text) -%}
    '''' || replace({{ text }}, '''', '''''') || ''''
{%- endmacro %}

{#- The condition that a row lies in an area, as SQL text. -#}
{% macro area_condition(area_level, district, street, community) -%}
    'district = ' || {{ literal(district) }}
    || case when {{ area_level }} != 'district' then ' and street = ' || {{ literal(street) }} else '' end
    || case when {{ area_level }} = 'community' then ' and community = ' || {{ literal(community) }} else '' end
{%- endmacro %}

{#- The rows behind one value, as SQL text: the registry's query with the area and the month put in. -#}
{% macro filled_query(rows_sql, judged, base_month) -%}
    {%- set level, place = judged ~ '.area_level', judged ~ '.' -%}
    {%- set values = {
        '{area}': area_condition(level, place ~ 'district', place ~ 'street', place ~ 'community'),
        '{area_level}': literal(level),
        '{month}': literal(place ~ 'month'),
        '{base_month}': literal("coalesce(" ~ base_month ~ ", '')"),
    } -%}
    {%- set filled = namespace(sql=rows_sql) -%}
    {%- for placeholder, value in values.items() -%}
        {%- set filled.sql = 'replace(' ~ filled.sql ~ ", '" ~ placeholder ~ "', " ~ value ~ ')' -%}
    {%- endfor -%}
    {{ filled.sql }}
{%- endmacro %}

{#- A query with the project's own variables put in where their names stand in braces. -#}
{% macro with_constants(rows_sql, names) -%}
    {%- set filled = namespace(sql=rows_sql) -%}
    {%- for name in names -%}
        {%- set filled.sql = 'replace(' ~ filled.sql ~ ", '{" ~ name ~ "}', '" ~ var(name) ~ "')" -%}
    {%- endfor -%}
    {{ filled.sql }}
{%- endmacro %}
