-- Adult residents, and those of them named in an activity in the three months that end with the month,
-- or with the day of the snapshot in the running one.
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
        on entries.day between months.closes_on + 1 - interval '3 months' and months.closes_on
    where entries.person_id is not null and not entries.is_future
),

held as (
    select month
    from {{ ref('int_months__held') }}
    where feed = 'street_office_participation'
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
inner join held on months.month = held.month
left join active on adults.person_id = active.person_id and months.month = active.month
group by all
