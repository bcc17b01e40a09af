-- Answers to survey questions by community: how many were asked, and how many answered well.
with answers as (
    select *
    from {{ ref('stg_street_office__surveys') }}
    where is_current
)

select
    answers.record_key,
    answers.survey_no,
    answers.day,
    {{ month_of('answers.day') }} as month,
    answers.question,
    answers.sampled,
    answers.positive,
    coalesce(answers.positive between 0 and answers.sampled, false) as is_plausible,
    answers.day > as_of.as_of as is_future,
    answers.community as community_text,
    communities.community,
    communities.street,
    communities.district,
    answers.delivered_on
from answers
left join {{ ref('community') }} as communities
    on communities.is_unique_key and {{ community_key('answers.community') }} = communities.community_key
cross join {{ ref('as_of') }} as as_of
order by answers.record_key
