{#- How far a value is from its target, as a share of the target, on the bad side; zero or less is at target. -#}
{% macro shortfall(value, target, direction) -%}
    case {{ direction }}
        when 'up' then ({{ target }} - {{ value }}) / nullif({{ target }}, 0)
        else ({{ value }} - {{ target }}) / nullif({{ target }}, 0)
    end
{%- endmacro %}

{#- Wilson score interval of a share, 95 %; `sign` is + or -. Null where it is no share of a whole. -#}
{% macro wilson(numerator, denominator, sign) -%}
    (
        {{ numerator }} + 1.920729
        {{ sign }} 1.959964 * sqrt(greatest({{ numerator }} * ({{ denominator }} - {{ numerator }}) / nullif({{ denominator }}, 0), 0) + 0.960365)
    ) / nullif({{ denominator }} + 3.841459, 0)
{%- endmacro %}
