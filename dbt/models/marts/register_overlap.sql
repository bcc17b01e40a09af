-- Two registers of persons side by side: whom only one has, whom both have. Persons who live here; a pair whose smaller
-- register is too small to be shown is left out. The figures are those of `data_quality`, seen from both sides at once.
with sides as (
    select
        department || '_' || feed as feed_name,
        scope as other_name,
        month,
        title_zh,
        title_en,
        cast(numerator as bigint) as "both",
        cast(denominator as bigint) as persons
    from {{ ref('data_quality') }}
    where metric in ('persons_known_to_police', 'persons_known_to_other_register') and denominator is not null
)

select
    here.feed_name as register_a,
    there.feed_name as register_b,
    here.title_zh as register_a_zh,
    here.title_en as register_a_en,
    there.title_zh as register_b_zh,
    there.title_en as register_b_en,
    here.month,
    here.persons - here."both" as a_only,
    there.persons - here."both" as b_only,
    here."both",
    here."both" / cast(nullif(here.persons + there.persons - here."both", 0) as double) as share,
    here."both" / cast(nullif(here.persons, 0) as double) as share_of_a,
    here."both" / cast(nullif(there.persons, 0) as double) as share_of_b
from sides as here
inner join sides as there
    on
        here.feed_name = there.other_name
        and here.other_name = there.feed_name
        and here.month = there.month
        and here.feed_name < there.feed_name
order by here.feed_name, there.feed_name, here.month
