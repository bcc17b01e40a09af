-- Identity numbers: well-formed ones, and whether birth date and sex beside a well-formed number agree with it.
-- A date of month precision agrees with its month, one of year precision with its year.
with judged as (
    select
        feed_name,
        is_valid,
        is_valid and birth_date is not null as has_birth_date,
        date_trunc(coalesce(birth_date_precision, 'day'), birth_date)
        = date_trunc(coalesce(birth_date_precision, 'day'), id_birth_date) as is_same_birth_date,
        is_valid and sex in ('1', '2') as has_sex,
        sex = id_sex as is_same_sex
    from {{ ref('int_id_numbers__told') }}
),

counted as (
    select
        feed_name,
        count(*) filter (where is_valid) as valid,
        count(*) as numbers,
        count(*) filter (where has_birth_date and is_same_birth_date) as same_births,
        count(*) filter (where has_birth_date) as births,
        count(*) filter (where has_sex and is_same_sex) as same_sexes,
        count(*) filter (where has_sex) as sexes
    from judged
    group by feed_name
)

select
    feed_name,
    'id_numbers_valid' as metric,
    valid as numerator,
    numbers as denominator
from counted

union all

select
    feed_name,
    'birth_dates_match_number' as metric,
    same_births as numerator,
    births as denominator
from counted
where births > 0

union all

select
    feed_name,
    'sexes_match_number' as metric,
    same_sexes as numerator,
    sexes as denominator
from counted
where sexes > 0
