-- Additive parts of the indicators of devices and alarms. An alarm is asked after once a day has gone by to deliver its
-- handling.
with alarms as (
    select alarms.*
    from {{ ref('sensor_alarm') }} as alarms
    inner join {{ ref('feed_state') }} as states on states.feed = 'sensors_events'
    where alarms.type = 'alarm' and not alarms.is_future and alarms.happened_on + 1 < states.newest_delivered_on
),

faults as (
    select distinct
        events.device_id,
        months.month
    from {{ ref('sensor_alarm') }} as events
    inner join {{ ref('indicator_month') }} as months
        on events.happened_on between months.closes_on + 1 - interval '12 months' and months.closes_on
    where events.type = 'fault' and not events.is_future
),

held as (
    select month
    from {{ ref('int_months__held') }}
    where feed = 'sensors_events'
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
inner join held on months.month = held.month
left join faults on devices.device_id = faults.device_id and months.month = faults.month
where coalesce(devices.status, '') != 'retired' and coalesce(devices.installed_on <= months.closes_on, true)
group by all
