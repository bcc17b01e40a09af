-- Adult residents, and those of them named in an activity in the three months that end with the month.
with adults as (
    select residents.*
    from {{ ref('resident') }} as residents
    cross join {{ ref('as_of') }} as as_of
    where coalesce(residents.birth_date + interval '18 years' <= as_of.as_of, true)
),

active as (
    select distinct
        entries.person_id,
        months.month
    from {{ ref('participation') }} as entries
    inner join {{ ref('indicator_month') }} as months
        on entries.day between months.first_day - interval '2 months' and months.last_day
    where entries.person_id is not null and not entries.is_future
),

first_month as (
    select min(month) as month
    from {{ ref('participation') }}
    where not is_future
)

select
    'residents_taking_part' as indicator,
    adults.district,
    adults.street,
    adults.community,
    months.month,
    count(active.person_id) as numerator,
    count(*) as denominator
from adults
cross join {{ ref('indicator_month') }} as months
cross join first_month
left join active on adults.person_id = active.person_id and months.month = active.month
where months.month >= first_month.month
group by all
