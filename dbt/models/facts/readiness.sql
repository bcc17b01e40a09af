-- Plans, supplies, drills, cameras, devices and organisations that a community should have and has.
-- One row per version of a record and month in whose last delivery it stood: the register is delivered whole.
with versions as (
    select *
    from {{ source('raw', 'street_office_readiness') }}
),

deliveries as (
    select
        {{ month_of('delivered_on') }} as month,
        max(delivered_on) as last_delivery
    from {{ source('ops', 'delivery') }}
    where department = 'street_office' and feed = 'readiness' and status in ('loaded', 'duplicate')
    group by {{ month_of('delivered_on') }}
)

select
    versions.record_key,
    deliveries.month,
    versions.kind,
    versions.name,
    versions.required,
    versions.actual,
    versions.checked_on,
    versions.realistic,
    coalesce(versions.required > 0 and versions.actual >= 0, false) as is_plausible,
    versions.community as community_text,
    communities.community,
    communities.street,
    communities.district,
    versions.delivered_on
from versions
inner join deliveries
    on versions.delivered_on <= deliveries.last_delivery and versions.last_delivered_on >= deliveries.last_delivery
left join {{ ref('community') }} as communities
    on communities.is_unique_key and {{ community_key('versions.community') }} = communities.community_key
order by versions.record_key, deliveries.month, versions.delivered_on
