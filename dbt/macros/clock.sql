{#- Shanghai wall-clock time of an instant. China has kept one zone without summer time since 1991, so this is
    arithmetic and needs neither the session's zone nor a time zone database. -#}
{% macro shanghai(instant) -%}
    make_timestamp(epoch_us({{ instant }}) + 28800000000)
{%- endmacro %}

{#- The local date of an instant. -#}
{% macro local_date(instant) -%}
    cast({{ shanghai(instant) }} as date)
{%- endmacro %}

{#- Minutes from one instant to a later one; negative where the clocks are out of order. -#}
{% macro minutes_between(earlier, later) -%}
    (epoch_us({{ later }}) - epoch_us({{ earlier }})) / 60000000.0
{%- endmacro %}

{#- `2026-03` of a date. -#}
{% macro month_of(day) -%}
    strftime({{ day }}, '%Y-%m')
{%- endmacro %}
