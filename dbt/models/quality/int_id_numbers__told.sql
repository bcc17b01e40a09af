-- Every identity number that a current row gives, with what the same row says of the person's birth and sex.
-- A property has one row per number of its owners; of an estate's roll only whole numbers count, not last digits.
{% set given = [
    ('police_residents', 'police__residents', 'id_number', 'birth_date', 'birth_date_precision', 'sex'),
    ('civil_affairs_benefits', 'civil_affairs__benefits', 'id_number', 'birth_date', 'birth_date_precision', 'sex'),
    ('civil_affairs_elderly', 'civil_affairs__elderly', 'id_number', 'birth_date', 'birth_date_precision', 'sex'),
    ('civil_affairs_marriages', 'civil_affairs__marriages', 'husband_id_number', 'null', 'null', "'1'"),
    ('civil_affairs_marriages', 'civil_affairs__marriages', 'wife_id_number', 'null', 'null', "'2'"),
    ('housing_leases', 'housing__leases', 'landlord_id_number', 'null', 'null', 'null'),
    ('housing_leases', 'housing__leases', 'tenant_id_number', 'null', 'null', 'null'),
    ('property_occupants', 'property__occupants', 'id_tail', 'null', 'null', 'null'),
    (
        'housing_properties',
        'housing__properties',
        "unnest(regexp_split_to_array(owner_id_numbers, '[、,，;；/]'))",
        'null',
        'null',
        'null'
    ),
] %}

with told as (
    {% for feed, model, number, birth, precision, sex in given %}
        select
            '{{ feed }}' as feed_name,
            {{ number }} as number_text,
            cast({{ birth }} as date) as birth_date,
            cast({{ precision }} as varchar) as birth_date_precision,
            cast({{ sex }} as varchar) as sex
        from {{ ref('stg_' ~ model) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

cleaned as (
    select
        feed_name,
        {{ id_number('number_text') }} as id_number,
        birth_date,
        birth_date_precision,
        sex
    from told
    where number_text is not null
)

select
    feed_name,
    {{ is_id_number_valid('id_number') }} as is_valid,
    {{ id_birth_date('id_number') }} as id_birth_date,
    {{ id_sex('id_number') }} as id_sex,
    birth_date,
    birth_date_precision,
    sex
from cleaned
where {{ is_id_number_judged('id_number') }}
