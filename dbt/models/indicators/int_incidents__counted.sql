-- Additive parts of the indicators of police incidents.
with incidents as (
    select *
    from {{ ref('incident') }}
    where not is_future
),

real as (
    select *
    from incidents
    where coalesce(outcome, '') != '误报'
),

residents as (
    select
        district,
        street,
        community,
        count(*) as residents
    from {{ ref('resident') }}
    group by all
),

first_month as (
    select min(month) as month
    from incidents
)

select
    'fire_arrivals_within_20_minutes' as indicator,
    district,
    street,
    community,
    month,
    count(*) filter (where arrival_minutes <= 20) as numerator,
    count(*) as denominator
from real
where category = '火灾' and is_clock_ordered and arrival_minutes between 0 and 1440
group by all

union all

select
    'alarm_precision' as indicator,
    district,
    street,
    community,
    month,
    count(*) filter (where outcome != '误报') as numerator,
    count(*) as denominator
from incidents
where origin = '预警推送' and outcome in ('已处置', '移交', '误报')
group by all

union all

select
    'incidents_per_10000_residents' as indicator,
    district,
    street,
    community,
    month,
    count(*) as numerator,
    0 as denominator
from real
group by all

union all

select
    'preventable_incidents_per_10000_residents' as indicator,
    district,
    street,
    community,
    month,
    count(*) as numerator,
    0 as denominator
from real
where category in ('盗窃', '入室盗窃', '电信网络诈骗', '抢劫', '火灾')
group by all

union all

select
    per_resident.indicator,
    residents.district,
    residents.street,
    residents.community,
    months.month,
    0 as numerator,
    residents.residents as denominator
from residents
cross join {{ ref('indicator_month') }} as months
cross join first_month
cross join (
    values ('incidents_per_10000_residents'), ('preventable_incidents_per_10000_residents')
) as per_resident (indicator)
where months.month >= first_month.month
