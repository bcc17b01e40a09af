-- Additive parts of the indicators of surveys; an answer with more positives than persons asked is left out.
select
    questions.indicator,
    answers.district,
    answers.street,
    answers.community,
    answers.month,
    sum(answers.positive) as numerator,
    sum(answers.sampled) as denominator
from {{ ref('survey') }} as answers
inner join (
    values
    ('治安满意度', 'satisfaction_with_safety'),
    ('夜间出行安全感', 'night_safety'),
    ('机制知晓', 'mechanism_awareness'),
    ('自救互救技能掌握', 'self_rescue_skill')
) as questions (question, indicator)
    on answers.question = questions.question
where answers.is_plausible and not answers.is_future
group by all
