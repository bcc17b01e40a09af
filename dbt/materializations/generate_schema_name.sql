{#- The schema is the one in the configuration, without the target's name before it:
    asset key, table name and Parquet path are then the same words. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
