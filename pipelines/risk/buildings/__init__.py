"""Risk of buildings (楼栋风险): fire, structure, blocked passages, vacancies, disputes, in points with their reasons.

Here lives what ranks buildings and proves the ranking out of time. What is known of a building is `facts.building`;
where incidents come next is `pipelines.risk.places`. Nothing here may read a column that leads to a person.
"""
