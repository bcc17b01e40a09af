-- Days from the change that a department dates to its delivery to us, one row per version of a record that dates a
-- change later than any version before it: a row that changed under an old date does not say when it changed.
-- The first delivery of a feed is a stock, no news, and is left out; so is the first list of an estate.
-- Feeds that date no change (addresses, devices, enterprises, surveys; the elderly, whose date is of a visit) are not
-- here.
{% set dated = [
    ('police_residents', local_date('updated_at'), 'residence', "''"),
    ('police_incidents', local_date('coalesce(closed_at, reported_at)'), 'location', "''"),
    ('civil_affairs_benefits', 'coalesce(stopped_on, approved_on)', 'residence', "''"),
    ('civil_affairs_marriages', 'registered_on', '', "''"),
    ('housing_properties', 'registered_on', 'dwelling', "''"),
    ('housing_leases', 'starts_on', 'dwelling', "''"),
    ('property_occupants', 'updated_on', 'dwelling', 'estate'),
    ('property_workorders', local_date('coalesce(closed_at, reported_at)'), 'location', "''"),
    ('street_office_disputes', 'coalesce(closed_on, received_on)', 'location', "''"),
    ('street_office_participation', '"day"', '', "''"),
] %}

with versions as (
    {% for feed, changed_on, role, stock in dated %}
        select
            '{{ feed }}' as feed_name,
            '{{ role }}' as address_role,
            record_key,
            coalesce({{ stock }}, '') as stock,
            {{ changed_on }} as changed_on,
            delivered_on
        from {{ source('raw', feed) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

news as (
    select *
    from versions
    where changed_on is not null
    qualify
        delivered_on > min(delivered_on) over (partition by feed_name, stock)
        and coalesce(
            changed_on > max(changed_on) over (
                partition by feed_name, record_key
                order by delivered_on
                range between unbounded preceding and interval 1 day preceding
            ),
            true
        )
)

select
    news.feed_name,
    coalesce(places.estate, '') as estate,
    {{ month_of('news.delivered_on') }} as month,
    date_diff('day', news.changed_on, news.delivered_on) as lag_days
from news
left join {{ source('master', 'address_match') }} as places
    on
        news.feed_name = places.feed
        and news.record_key = places.record_key
        and news.address_role = places.address_role
where news.changed_on <= news.delivered_on
