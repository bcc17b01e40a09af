-- Additive parts of the indicators of readiness, from the last register of each month.
with coverage as (
    select
        kinds.indicator,
        entries.district,
        entries.street,
        entries.community,
        entries.month,
        sum(least(entries.actual, entries.required)) as numerator,
        sum(entries.required) as denominator
    from {{ ref('readiness') }} as entries
    inner join (
        values
        ('监控点位', 'camera_coverage'),
        ('智能设备', 'smart_device_coverage'),
        ('预案', 'plans_in_force')
    ) as kinds (kind, indicator)
        on entries.kind = kinds.kind
    where entries.is_plausible
    group by all
)

select * from coverage

union all

select
    'supplies_in_order' as indicator,
    entries.district,
    entries.street,
    entries.community,
    entries.month,
    count(*) filter (
        where entries.actual >= entries.required and entries.checked_on + 365 >= months.closes_on
    ) as numerator,
    count(*) as denominator
from {{ ref('readiness') }} as entries
inner join {{ ref('indicator_month') }} as months on entries.month = months.month
where entries.kind = '物资' and entries.is_plausible
group by all

union all

select
    'realistic_drills' as indicator,
    district,
    street,
    community,
    month,
    coalesce(sum(actual) filter (where realistic), 0) as numerator,
    sum(actual) as denominator
from {{ ref('readiness') }}
where kind = '演练' and actual > 0
group by all

union all

select
    'social_organisations' as indicator,
    district,
    street,
    community,
    month,
    sum(actual) as numerator,
    null as denominator
from {{ ref('readiness') }}
where kind = '社会组织' and actual >= 0
group by all
