-- Persons who live here in each register of persons, and how often each stands where it may stand only once.
-- What counts as twice is defined with the metrics of quality (`int_persons__registered`).
select
    person_id,
    feed_name,
    times,
    community,
    street,
    district
from {{ ref('int_persons__registered') }}
order by person_id, feed_name
