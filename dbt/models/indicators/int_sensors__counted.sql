-- Additive parts of the indicators of devices and alarms.
with alarms as (
    select *
    from {{ ref('sensor_alarm') }}
    where type = 'alarm' and not is_future
),

faults as (
    select distinct
        events.device_id,
        months.month
    from {{ ref('sensor_alarm') }} as events
    inner join {{ ref('indicator_month') }} as months
        on events.happened_on between months.first_day - interval '11 months' and months.last_day
    where events.type = 'fault' and not events.is_future
),

first_month as (
    select min(month) as month
    from {{ ref('sensor_alarm') }}
    where not is_future
)

select
    'alarms_handled' as indicator,
    district,
    street,
    community,
    month,
    count(handled_at) as numerator,
    count(*) as denominator
from alarms
group by all

union all

select
    'alarms_handled_within_15_minutes' as indicator,
    district,
    street,
    community,
    month,
    count(*) filter (where handling_minutes between 0 and 15) as numerator,
    count(*) as denominator
from alarms
group by all

union all

select
    'device_fault_rate' as indicator,
    devices.district,
    devices.street,
    devices.community,
    months.month,
    count(faults.device_id) as numerator,
    count(*) as denominator
from {{ ref('device') }} as devices
cross join {{ ref('indicator_month') }} as months
cross join first_month
left join faults on devices.device_id = faults.device_id and months.month = faults.month
where coalesce(devices.status, '') != 'retired' and months.month >= first_month.month
group by all
