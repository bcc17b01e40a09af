{#- Where a model's Parquet file lies. -#}
{% macro parquet_location(relation) -%}
    {{ env_var('STREETLAKE_BUILD') | replace("'", "''") }}/{{ relation.schema }}/{{ relation.identifier }}.parquet
{%- endmacro %}


{#- Write a model as one Parquet file and put a view of the same name over it.

    dbt-duckdb's own `external` writes one row of nulls where a model is empty and copies every model through a
    temporary table first; this one writes the query straight to the file. DuckDB writes to a temporary name and
    renames it, so a hard link that the lake holds on last night's file keeps last night's bytes.
    The folder of the schema must exist. -#}
{% materialization parquet, adapter='duckdb' %}
    {%- set location = parquet_location(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        copy (
            {{ compiled_code }}
        ) to '{{ location }}' (format parquet, compression zstd, use_tmp_file true)
    {%- endcall %}
    {% call statement('view') -%}
        create or replace view {{ target_relation }} as (select * from read_parquet('{{ location }}'))
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do persist_docs(target_relation, model) %}
    {% do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
