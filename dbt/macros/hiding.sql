{#- How many published cells, smallest first, must be hidden beside the hidden ones below one number so that none can be
    bounded to less than `hidden_width`; null where not even all of them are enough.
    `cells` has the key columns, name, persons, slack, room, is_hidden; `above` the keys and what is hidden already:
    cells, slack, room. The result has the keys and `places`; `options` gives each cell its place. -#}
{% macro hiding_options(cells, keys, name) -%}
    select
        {{ keys | join(', ') }},
        {{ name }},
        row_number() over smallest_first as place,
        sum(slack) over smallest_first as slack,
        sum(room) over smallest_first as room
    from {{ cells }}
    where not is_hidden
    window smallest_first as (
        partition by {{ keys | join(', ') }}
        order by persons, {{ name }}
        rows between unbounded preceding and current row
    )

    union all

    select
        {{ keys | join(', ') }},
        null as {{ name }},
        0 as place,
        0 as slack,
        0 as room
    from {{ cells }}
    group by all
{%- endmacro %}

{% macro places_needed(above, options, keys) -%}
    select
        {% for key in keys %}
            above.{{ key }},
        {% endfor %}
        min(options.place) filter (
            where
            above.cells + options.place >= 2
            and above.slack + options.slack >= {{ var('hidden_width') }}
            and above.room + options.room >= {{ var('hidden_width') }}
        ) as places
    from {{ above }} as above
    inner join {{ options }} as options using ({{ keys | join(', ') }})
    where above.hidden > 0
    group by all
{%- endmacro %}
