{#- Whether a unified social credit code has the check character of GB 32100-2015 (weights 3^(i-1) mod 31). -#}
{% macro is_credit_code_valid(code) -%}
    coalesce(
        regexp_full_match({{ code }}, '[0-9A-HJ-NPQRTUWXY]{18}')
        and (
            31 - list_sum(
                list_transform(
                    range(1, 18),
                    lambda i: (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr({{ code }}, i, 1)) - 1)
                    * ([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])[i]
                )
            ) % 31
        ) % 31
        = strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr({{ code }}, 18, 1)) - 1,
        false
    )
{%- endmacro %}
