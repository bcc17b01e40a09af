{#- How far a value is from its target, as a share of the target, on the bad side; zero or less is at target. -#}
{% macro shortfall(value, target, direction) -%}
    case {{ direction }}
        when 'up' then ({{ target }} - {{ value }}) / nullif({{ target }}, 0)
        else ({{ value }} - {{ target }}) / nullif({{ target }}, 0)
    end
{%- endmacro %}

{#- Wilson score interval of a share, 95 %; `sign` is + or -. Null where nothing was counted.
    The share itself is put in as a bound, and 0 and 1 are, because there the arithmetic misses by a rounding error.
    (The case is needed: least and greatest pass over nulls.) -#}
{% macro wilson(numerator, denominator, sign) -%}
    case
        when {{ denominator }} > 0
            then {{ 'least' if sign == '-' else 'greatest' }}(
                {{ numerator }} / cast({{ denominator }} as double),
                {{ 'greatest(0.0, ' if sign == '-' else 'least(1.0, ' }}(
                    {{ numerator }} + 1.9207294
                    {{ sign }} 1.959964 * sqrt(
                        greatest({{ numerator }} * ({{ denominator }} - {{ numerator }}) / {{ denominator }}, 0)
                        + 0.9603647
                    )
                ) / ({{ denominator }} + 3.8414589))
            )
    end
{%- endmacro %}
