-- Who took part in which activity, and where. Points are not carried on: they are never a score.
with entries as (
    select *
    from {{ ref('stg_street_office__participation') }}
    where is_current
),

persons as (
    select
        record_key,
        person_id
    from {{ source('master', 'person_crosswalk') }}
    where feed = 'street_office_participation' and person_role = 'participant' and person_seq = 1
)

select
    entries.record_key,
    entries.entry_no,
    entries.day,
    {{ month_of('entries.day') }} as month,
    entries.activity,
    persons.person_id,
    entries.day > as_of.as_of as is_future,
    entries.community as community_text,
    communities.community,
    communities.street,
    communities.district,
    entries.delivered_on
from entries
left join persons using (record_key)
left join {{ ref('community') }} as communities
    on communities.is_unique_key and {{ community_key('entries.community') }} = communities.community_key
cross join {{ ref('as_of') }} as as_of
order by entries.record_key
