-- Registers of persons against themselves and each other, on the day of the snapshot: who stands twice, who stands in
-- another register too. Persons who live here, as in the indicators of the same names.
with registered as (
    select
        *,
        count(*) over (partition by person_id) as registers
    from {{ ref('int_persons__registered') }}
),

sizes as (
    select
        feed_name,
        count(*) as persons,
        count(*) filter (where times > 1) as repeated,
        count(*) filter (where registers > 1) as elsewhere
    from registered
    group by feed_name
),

shared as (
    select
        here.feed_name,
        there.feed_name as other_name,
        count(*) as in_both
    from registered as here
    inner join registered as there on here.person_id = there.person_id and here.feed_name != there.feed_name
    group by all
)

select
    feed_name,
    'persons_entered_twice' as metric,
    '' as scope,
    repeated as numerator,
    persons as denominator
from sizes

union all

select
    feed_name,
    'persons_in_several_registers' as metric,
    '' as scope,
    elsewhere as numerator,
    persons as denominator
from sizes

union all

select
    here.feed_name,
    case there.feed_name
        when 'police_residents' then 'persons_known_to_police'
        else 'persons_known_to_other_register'
    end as metric,
    there.feed_name as scope,
    coalesce(shared.in_both, 0) as numerator,
    here.persons as denominator
from sizes as here
inner join sizes as there on here.feed_name != there.feed_name
left join shared on here.feed_name = shared.feed_name and there.feed_name = shared.other_name
