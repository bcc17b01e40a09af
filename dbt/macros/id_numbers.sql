{#- An identity number as GB 11643 writes it: full-width characters narrowed, no spaces, capital X. -#}
{% macro id_number(text) -%}
    upper(translate(
        regexp_replace({{ text }}, '\s', '', 'g'),
        '０１２３４５６７８９ＸｘＹ　' || chr(160),
        '0123456789XxY'
    ))
{%- endmacro %}

{#- Whether a number of the right shape can be judged at all: masked ones, tails and passports cannot. -#}
{% macro is_id_number_judged(number) -%}
    length({{ number }}) > 8
    and not regexp_matches({{ number }}, '[*＊]')
    and not regexp_full_match({{ number }}, '[A-Z]{1,3}[0-9]+')
{%- endmacro %}

{#- The birth date inside a number of 18 or (until 1999) 15 characters; null where there is none. -#}
{% macro id_birth_date(number) -%}
    cast(case
        when regexp_full_match({{ number }}, '[0-9]{17}[0-9X]')
            then try_strptime(substr({{ number }}, 7, 8), '%Y%m%d')
        when regexp_full_match({{ number }}, '[0-9]{15}')
            then try_strptime('19' || substr({{ number }}, 7, 6), '%Y%m%d')
    end as date)
{%- endmacro %}

{#- The sex inside a number (GB/T 2261.1); null where there is none. -#}
{% macro id_sex(number) -%}
    case
        when regexp_full_match({{ number }}, '[0-9]{17}[0-9X]')
            then if(cast(substr({{ number }}, 17, 1) as integer) % 2 = 1, '1', '2')
        when regexp_full_match({{ number }}, '[0-9]{15}')
            then if(cast(substr({{ number }}, 15, 1) as integer) % 2 = 1, '1', '2')
    end
{%- endmacro %}

{#- Whether a number is well-formed: a calendar date inside, and for 18 characters the check character of GB 11643
    (weights 2^(18-i) mod 11). -#}
{% macro is_id_number_valid(number) -%}
    coalesce(
        {{ id_birth_date(number) }} is not null
        and (
            length({{ number }}) = 15
            or substr(
                '10X98765432',
                cast(list_sum(
                    list_transform(
                        range(1, 18),
                        lambda i: try_cast(substr({{ number }}, i, 1) as integer)
                        * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i]
                    )
                ) % 11 + 1 as integer),
                1
            )
            = substr({{ number }}, 18, 1)
        ),
        false
    )
{%- endmacro %}
