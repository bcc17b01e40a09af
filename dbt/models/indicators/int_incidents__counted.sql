-- Additive parts of the indicators of police incidents.
with incidents as (
    select *
    from {{ ref('incident') }}
    where not is_future
),

real as (
    select
        *,
        coalesce(category in ('盗窃', '入室盗窃', '电信网络诈骗', '抢劫', '火灾'), false) as is_preventable
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

-- Counts of a month mean something from the first month that deliveries hold.
months as (
    select distinct months.month
    from {{ ref('indicator_month') }} as months
    inner join {{ ref('int_months__held') }} as held on months.month = held.month and held.feed = 'police_incidents'
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
    kinds.indicator,
    real.district,
    real.street,
    real.community,
    real.month,
    count(*) as numerator,
    0 as denominator
from real
inner join months on real.month = months.month
inner join (
    values
    ('incidents_per_10000_residents', false),
    ('preventable_incidents_per_10000_residents', true)
) as kinds (indicator, is_of_preventable)
    on real.is_preventable or not kinds.is_of_preventable
group by all

union all

select
    kinds.indicator,
    residents.district,
    residents.street,
    residents.community,
    months.month,
    0 as numerator,
    residents.residents as denominator
from residents
cross join months
cross join (
    values ('incidents_per_10000_residents'), ('preventable_incidents_per_10000_residents')
) as kinds (indicator)

union all

select
    kinds.indicator,
    real.district,
    real.street,
    real.community,
    base.month,
    count(*) filter (where real.month = base.month) as numerator,
    nullif(count(*) filter (where real.month = base.base_month), 0) as denominator
from real
inner join {{ ref('int_base_year') }} as base on real.month in (base.month, base.base_month)
inner join (
    values ('incidents_on_base_year', false), ('preventable_on_base_year', true)
) as kinds (indicator, is_of_preventable)
    on real.is_preventable or not kinds.is_of_preventable
group by all
