{#- How far a value is from its target on the bad side, in its own unit; zero or less is at target. -#}
{% macro distance(value, target, direction) -%}
    case {{ direction }} when 'up' then {{ target }} - {{ value }} else {{ value }} - {{ target }} end
{%- endmacro %}

{#- Whether a value is at its target; the rounding error of a sum costs no light. -#}
{% macro is_reached(value, target, direction) -%}
    {{ distance(value, target, direction) }} <= 1e-9
{%- endmacro %}

{#- Whether a value misses its target by no more than the yellow band, a share of the target's size whatever its sign;
    a target of zero has no band. -#}
{% macro is_near(value, target, direction) -%}
    {{ distance(value, target, direction) }} <= {{ var('yellow_band') }} * abs({{ target }}) + 1e-9
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

{#- Lower end of the 95 % interval of a count of independent events (Byar's approximation of the exact Poisson limit);
    nothing for nothing. -#}
{% macro poisson_low(events) -%}
    abs({{ events }} * power(1 - 1 / (9 * greatest({{ events }}, 0.2)) - 0.653321 / sqrt(greatest({{ events }}, 0.2)), 3))
{%- endmacro %}

{#- Upper end of the same. -#}
{% macro poisson_high(events) -%}
    ({{ events }} + 1) * power(1 - 1 / (9 * ({{ events }} + 1)) + 0.653321 / sqrt({{ events }} + 1), 3)
{%- endmacro %}

{#- 95 % interval of the ratio of two independent counts: given their sum the first is binomial, so its Wilson interval
    as odds. Null above where the second is nothing. -#}
{% macro count_ratio(first, second, sign) -%}
    {{ wilson(first, '(' ~ first ~ ' + ' ~ second ~ ')', sign) }}
    / nullif(1 - {{ wilson(first, '(' ~ first ~ ' + ' ~ second ~ ')', sign) }}, 0)
{%- endmacro %}

{#- 95 % interval of a quantile by order statistics, of a sorted list: the ranks nq -/+ 1.96 sqrt(nq(1-q)), rounded
    outwards. Null where the cases are too few to bound that end. -#}
{% macro quantile_bound(sorted_values, share, sign) -%}
    {%- set cases = 'len(' ~ sorted_values ~ ')' -%}
    {%- set spread = '1.959964 * sqrt(' ~ cases ~ ' * ' ~ share ~ ' * (1 - ' ~ share ~ '))' -%}
    {%- if sign == '-' -%}
    case
        when {{ cases }} * {{ share }} - {{ spread }} >= 1
            then {{ sorted_values }}[cast(floor({{ cases }} * {{ share }} - {{ spread }}) as integer)]
    end
    {%- else -%}
    case
        when {{ cases }} * {{ share }} + {{ spread }} <= {{ cases }} - 1
            then {{ sorted_values }}[cast(ceil({{ cases }} * {{ share }} + {{ spread }}) + 1 as integer)]
    end
    {%- endif -%}
{%- endmacro %}
