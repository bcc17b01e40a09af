{#- How far a value is from its target, as a share of the target, on the bad side; zero or less is at target. -#}
{% macro shortfall(value, target, direction) -%}
    case {{ direction }}
        when 'up' then ({{ target }} - {{ value }}) / nullif({{ target }}, 0)
        else ({{ value }} - {{ target }}) / nullif({{ target }}, 0)
    end
{%- endmacro %}

{#- Wilson score interval of a share, 95 %; `sign` is + or -. Null where nothing was counted.
    (The case is needed: least and greatest pass over nulls.) -#}
{% macro wilson(numerator, denominator, sign) -%}
    case
        when {{ denominator }} > 0
            then least(
                1,
                greatest(
                    0,
                    (
                        {{ numerator }} + 1.920729
                        {{ sign }} 1.959964 * sqrt(
                            greatest({{ numerator }} * ({{ denominator }} - {{ numerator }}) / {{ denominator }}, 0)
                            + 0.960365
                        )
                    ) / ({{ denominator }} + 3.841459)
                )
            )
    end
{%- endmacro %}
