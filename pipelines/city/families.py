"""Families: who lives with whom at the start, and how they are kin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.city.numbers import Ints, Objects
from pipelines.city.people import FEMALE, FOREIGN, HAN, MALE, MINORITY, draw_surnames

HEAD, SPOUSE, CHILD, FATHER, MOTHER, MATE, OUTSIDER = range(7)
TEMPLATES: tuple[tuple[str, float, tuple[int, ...]], ...] = (
    ("single", 0.14, (HEAD,)),
    ("young", 0.10, (HEAD, SPOUSE)),
    ("one_child", 0.27, (HEAD, SPOUSE, CHILD)),
    ("two_children", 0.09, (HEAD, SPOUSE, CHILD, CHILD)),
    ("three_generations", 0.12, (HEAD, SPOUSE, CHILD, FATHER, MOTHER)),
    ("with_mother", 0.04, (HEAD, SPOUSE, CHILD, MOTHER)),
    ("old_couple", 0.10, (HEAD, SPOUSE)),
    ("old_alone", 0.07, (HEAD,)),
    ("single_parent", 0.03, (HEAD, CHILD)),
    ("flat_share", 0.04, (HEAD, MATE, MATE)),
)
_NAMES = [name for name, _, _ in TEMPLATES]
OLD = (_NAMES.index("old_couple"), _NAMES.index("old_alone"))
YOUNG, SINGLE, SHARE = _NAMES.index("young"), _NAMES.index("single"), _NAMES.index("flat_share")
MIGRANT_SHARE, MIGRANT_SHARE_SINGLE, MIGRANT_SHARE_MATES = 0.14, 0.35, 0.85
MINORITY_SHARE, FOREIGN_SHARE = 0.012, 0.02
MOTHER_SURNAME_SHARE = 0.05


@dataclass
class Families:
    """One entry a person, in the order of groups (a group shares a dwelling).

    Attributes:
        group, template, role: the dwelling's group, its template, the person's role.
        sex, age, surname, kind: years of age as floats; kind is Han, minority or foreign.
        migrant: registered outside the city.
        spouse, father, mother: index of the person, -1 where there is none in the city.
        household: a family unit; every flat-sharer is one of their own.
    """

    group: Ints
    template: Ints
    role: Ints
    sex: Ints
    age: np.ndarray[Any, np.dtype[np.float64]]
    surname: Objects
    kind: Ints
    migrant: np.ndarray[Any, np.dtype[np.bool_]]
    spouse: Ints
    father: Ints
    mother: Ints
    household: Ints


def build_families(rng: np.random.Generator, residents: int) -> Families:
    """Draw families until `residents` people are reached; the last group may be cut short."""
    weights = np.array([w for _, w, _ in TEMPLATES])
    sizes = np.array([len(r) for _, _, r in TEMPLATES])
    drawn = rng.choice(len(TEMPLATES), residents, p=weights / weights.sum())
    groups = int(np.searchsorted(np.cumsum(sizes[drawn]), residents)) + 1
    template_of = drawn[:groups]
    size = sizes[template_of]
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    group = np.repeat(np.arange(groups), size)
    template = template_of[group]
    position = np.arange(len(group)) - first[group]
    roles = np.full((len(TEMPLATES), sizes.max()), -1)
    for number, (_, _, members) in enumerate(TEMPLATES):
        roles[number, : len(members)] = members
    role = roles[template, position]
    head = first[group]
    sex, age = _sex_and_age(rng, template, role, head)
    spouse, father, mother = _kin(role, sex, head, group)
    household = np.cumsum((role == HEAD) | (role == MATE)) - 1
    family = Families(
        group,
        template,
        role,
        sex,
        age,
        _surnames(rng, role, head, father, mother),
        _kinds(rng, template_of)[group],
        _migrants(rng, template_of)[group],
        spouse,
        father,
        mother,
        household,
    )
    return _cut(family, residents)


def _sex_and_age(rng: np.random.Generator, template: Ints, role: Ints, head: Ints) -> tuple[Ints, Any]:
    size = len(role)
    old, young = np.isin(template, OLD), np.isin(template, (YOUNG, SINGLE, SHARE))
    head_age = np.clip(rng.normal(43, 9, size), 25, 61)
    head_age = np.where(young, rng.uniform(21, 40, size), head_age)
    head_age = np.where(old, np.clip(rng.normal(72, 8, size), 60, 98), head_age)
    alone = np.isin(template, (SINGLE, SHARE, OLD[1]))
    head_male = rng.random(size) < np.where(alone, 0.5, np.where(template == _NAMES.index("single_parent"), 0.25, 0.86))
    sex = np.where(head_male, MALE, FEMALE)
    head_sex, head_age = sex[head], head_age[head]
    random_sex = np.where(rng.random(size) < 0.52, MALE, FEMALE)
    sex = np.select(
        [role == HEAD, role == SPOUSE, role == FATHER, role == MOTHER],
        [head_sex, 3 - head_sex, np.full(size, MALE), np.full(size, FEMALE)],
        random_sex,
    )
    spouse_age = head_age + np.where(head_sex == MALE, -1, 1) * rng.normal(2, 2.5, size)
    woman_age = np.where(head_sex == MALE, head_age - 2, head_age)
    age = np.select(
        [role == HEAD, role == SPOUSE, role == CHILD, np.isin(role, (FATHER, MOTHER))],
        [
            head_age,
            np.maximum(spouse_age, 20),
            np.maximum(woman_age - rng.uniform(21, 36, size), rng.uniform(0, 2, size)),
            np.minimum(head_age + rng.uniform(21, 33, size), 99),
        ],
        rng.uniform(19, 42, size),
    )
    return sex.astype(np.int64), age


def _kin(role: Ints, sex: Ints, head: Ints, group: Ints) -> tuple[Ints, Ints, Ints]:
    """Resolve spouse, father and mother within each group, from the roles."""
    size = len(role)
    index = np.arange(size)
    groups = int(group[-1]) + 1
    of = {r: np.full(groups, -1) for r in (SPOUSE, FATHER, MOTHER)}
    for r, table in of.items():
        table[group[role == r]] = index[role == r]
    partner = of[SPOUSE][group]
    spouse = np.select(
        [role == HEAD, role == SPOUSE, role == FATHER, role == MOTHER],
        [partner, head, of[MOTHER][group], of[FATHER][group]],
        -1,
    )
    head_is_father = sex[head] == MALE
    child_father = np.where(head_is_father, head, partner)
    child_mother = np.where(head_is_father, partner, head)
    father = np.select([role == CHILD, role == HEAD], [child_father, of[FATHER][group]], -1)
    mother = np.select([role == CHILD, role == HEAD], [child_mother, of[MOTHER][group]], -1)
    return spouse, father, mother


def _surnames(rng: np.random.Generator, role: Ints, head: Ints, father: Ints, mother: Ints) -> Objects:
    surname = draw_surnames(rng, len(role))
    surname = np.where(role == FATHER, surname[head], surname)
    children = np.flatnonzero(role == CHILD)
    from_mother = (rng.random(len(children)) < MOTHER_SURNAME_SHARE) & (mother[children] >= 0)
    parent = np.where(from_mother, mother[children], father[children])
    surname[children] = np.where(parent >= 0, surname[parent], surname[children])
    return surname


def _kinds(rng: np.random.Generator, template: Ints) -> Ints:
    draw = rng.random(len(template))
    foreign = np.isin(template, (SINGLE, YOUNG)) & (draw > 1 - FOREIGN_SHARE)
    return np.where(draw < MINORITY_SHARE, MINORITY, np.where(foreign, FOREIGN, HAN)).astype(np.int64)


def _migrants(rng: np.random.Generator, template: Ints) -> np.ndarray[Any, np.dtype[np.bool_]]:
    share = np.where(
        template == SHARE, MIGRANT_SHARE_MATES, np.where(template == SINGLE, MIGRANT_SHARE_SINGLE, MIGRANT_SHARE)
    )
    return np.asarray(rng.random(len(template)) < np.where(np.isin(template, OLD), 0.03, share))


def _cut(family: Families, size: int) -> Families:
    cut = Families(*(getattr(family, name)[:size] for name in Families.__dataclass_fields__))
    for kin in (cut.spouse, cut.father, cut.mother):
        kin[kin >= size] = -1
    return cut
