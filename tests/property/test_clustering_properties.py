"""Whatever the scores: constraints hold, row order does not matter, every node has one cluster."""

from __future__ import annotations

import copy
from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identity.clustering.agglomerate import Agglomeration
from pipelines.identity.clustering.cluster import Clustering, cluster
from pipelines.identity.clustering.collective import join_lone_nodes
from pipelines.identity.clustering.dense import DenseAgglomeration
from pipelines.identity.clustering.state import ClusterState
from pipelines.identity.clustering.ties import is_weak_bridge, linkage
from pipelines.identity.mentions.collect import MENTION_SCHEMA
from pipelines.identity.outputs import WEIGHT_COLUMNS

NODES = st.integers(2, 9)
WEIGHT = st.one_of(st.floats(-20, 30, allow_nan=False), st.sampled_from([-3.0, 0.0, 1.0, 5.0, 9.0]))

NUMBERS = [
    *({"numbers": [], "contested": []},) * 3,
    *({"numbers": [number], "contested": []} for number in ("N1", "N2", "N3")),
    *({"numbers": [], "contested": [number]} for number in ("N1", "N2")),
]

NAMES = [
    *({"names": ["王伟"], "signs": ["伟", "王"]},) * 3,
    {"names": ["李娜"], "signs": ["娜", "李"]},
    {"names": ["王娜"], "signs": ["娜", "王"]},
]


@st.composite
def features(draw: st.DrawFn) -> pl.DataFrame:
    size = draw(NODES)
    rows = [
        {
            "node": node,
            "size": 1,
            "is_usable": True,
            **draw(st.sampled_from(NUMBERS)),
            "listed": draw(st.sampled_from([[], [], [], ["R1"], ["R2"]])),
            "patterns": draw(st.sampled_from([[], [], [], ["****31"], ["****47"]])),
            **draw(st.sampled_from(NAMES)),
            "kin": draw(st.sampled_from([[], ["李娜"]])),
            "spouses": draw(st.sampled_from([[], [], ["李娜"], ["陈静"]])),
            "has_borrowed": False,
            "sex": draw(st.sampled_from([None, "1", "2"])),
            "birth": draw(st.sampled_from([None, date(1980, 1, 1), date(1990, 1, 1)])),
        }
        for node in range(size)
    ]
    schema = pl.Schema(
        {
            "node": pl.UInt32(),
            "size": pl.UInt32(),
            "is_usable": pl.Boolean(),
            "numbers": pl.List(pl.String()),
            "contested": pl.List(pl.String()),
            "listed": pl.List(pl.String()),
            "patterns": pl.List(pl.String()),
            "signs": pl.List(pl.String()),
            "names": pl.List(pl.String()),
            "kin": pl.List(pl.String()),
            "spouses": pl.List(pl.String()),
            "has_borrowed": pl.Boolean(),
            "sex": pl.String(),
            "birth": pl.Date(),
        }
    )
    return pl.DataFrame(rows, schema=schema)


@st.composite
def cases(draw: st.DrawFn) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    nodes = draw(features())
    ends = [(a, b) for a in range(nodes.height) for b in range(a + 1, nodes.height)]
    chosen = draw(st.lists(st.sampled_from(ends), unique=True, max_size=20))
    weights = draw(st.lists(WEIGHT, min_size=len(chosen), max_size=len(chosen)))
    pairs = pl.DataFrame(
        [(a, b, w) for (a, b), w in zip(chosen, weights, strict=True)],
        schema={"left_node": pl.UInt32, "right_node": pl.UInt32, "match_weight": pl.Float64},
        orient="row",
    ).with_columns(
        probability=1 / (1 + pl.lit(2.0).pow(-pl.col("match_weight"))),
        rule=pl.lit("test"),
        weight_name=10.0,
        weight_phone=pl.Series([w if draw(st.booleans()) else 0.0 for w in weights], dtype=pl.Float64),
        **{name: pl.lit(0.0) for name in WEIGHT_COLUMNS if name not in ("weight_name", "weight_phone")},
    )
    no = draw(st.lists(st.sampled_from(ends), unique=True, max_size=3))
    law = pl.DataFrame(
        [(a, b, "different") for a, b in no],
        schema={"left_node": pl.UInt32, "right_node": pl.UInt32, "answer": pl.String},
        orient="row",
    )
    return nodes, pairs, law


def violations(nodes: pl.DataFrame, assignment: pl.DataFrame, law: pl.DataFrame) -> list[str]:
    placed = nodes.join(assignment, on="node")
    found = []
    for (name,), group in placed.group_by("cluster"):
        told = pl.concat([group["numbers"].explode(), group["contested"].explode()]).drop_nulls()
        if told.n_unique() > 1:
            found.append(f"{name}: two numbers")
        if group["listed"].explode().drop_nulls().is_duplicated().any():
            found.append(f"{name}: twice in the roll of a room")
        numbered = group["numbers"].list.len().sum() > 0
        born = group.drop_nulls(["sex", "birth"]).select("sex", "birth").rows()
        if not numbered and any(a[0] != b[0] and a[1] != b[1] for a in born for b in born):
            found.append(f"{name}: two sexes and birth dates")
    home = dict(assignment.rows())
    found.extend(f"{a}-{b}: steward" for a, b, _ in law.rows() if home[a] == home[b])
    return found


def second_pass(nodes: pl.DataFrame, pairs: pl.DataFrame, law: pl.DataFrame) -> tuple[Clustering, pl.DataFrame]:
    first = cluster(nodes, pairs, law)
    mentions = pl.DataFrame(
        {"mention_index": nodes["node"], "name_kind": ["han"] * nodes.height},
        schema_overrides={"mention_index": pl.UInt32},
    )
    rest = [
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in MENTION_SCHEMA.items() if name not in mentions.columns
    ]
    same = nodes.select("node", mention_index="node")
    return first, join_lone_nodes(first, nodes, pairs, mentions.with_columns(rest), same, law).assignment


@settings(max_examples=25, deadline=None)
@given(cases())
def test_constraints_hold_under_any_scores(case: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]) -> None:
    nodes, pairs, law = case
    first, final = second_pass(nodes, pairs, law)
    assert violations(nodes, first.assignment, law) == []
    assert violations(nodes, final, law) == []
    for assignment in (first.assignment, final):
        assert assignment["node"].to_list() == nodes["node"].to_list()
        assert (assignment["cluster"] == assignment.select(pl.col("node").min().over("cluster"))["node"]).all()


@settings(max_examples=25, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_row_order_does_not_matter(case: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], chance: object) -> None:
    nodes, pairs, law = case
    straight, straight_final = second_pass(nodes, pairs, law)
    seed = chance.randrange(1000)  # type: ignore[attr-defined]
    mixed, mixed_final = second_pass(
        nodes.sample(fraction=1, shuffle=True, seed=seed),
        pairs.sample(fraction=1, shuffle=True, seed=seed + 1),
        law.sample(fraction=1, shuffle=True, seed=seed + 2),
    )
    assert mixed.assignment.equals(straight.assignment)
    assert mixed.refusals.equals(straight.refusals)
    assert mixed_final.sort("node").equals(straight_final)


@settings(max_examples=25, deadline=None)
@given(cases())
def test_a_stewards_yes_is_always_obeyed(case: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]) -> None:
    nodes, pairs, _ = case
    yes = pl.DataFrame(
        {"left_node": [0], "right_node": [nodes.height - 1], "answer": ["same"]},
        schema={"left_node": pl.UInt32, "right_node": pl.UInt32, "answer": pl.String},
    )
    home = dict(cluster(nodes, pairs, yes).assignment.rows())
    assert home[0] == home[nodes.height - 1]


@settings(max_examples=25, deadline=None)
@given(cases(), cases(), st.integers(0, 50))
def test_answers_of_an_earlier_night_change_nothing(
    case: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    other: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    shift: int,
) -> None:
    """The same rows under other numbers of their nodes, beside rows that are new, some of them changed."""
    nodes, pairs, law = beside(case, other, shift)
    earlier = [cluster(*part).answers for part in (case, other)]
    afresh = cluster(nodes, pairs, law)
    for known in (*earlier, pl.concat(earlier).unique(["fingerprint_1", "fingerprint_2"]), afresh.answers):
        remembered = cluster(nodes, pairs, law, known)
        assert remembered.assignment.equals(afresh.assignment)
        assert remembered.refusals.equals(afresh.refusals)
        assert remembered.answers.equals(afresh.answers)


def beside(
    one: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    other: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    shift: int,
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Two unconnected cities as one, the second with the higher node numbers."""
    start = shift + one[0].height
    ends = ["left_node", "right_node"]
    moved = [
        other[0].with_columns(pl.col("node") + start),
        other[1].with_columns(pl.col(ends) + start),
        other[2].with_columns(pl.col(ends) + start),
    ]
    nodes, pairs, law = (pl.concat([mine, theirs]) for mine, theirs in zip(one, moved, strict=True))
    return nodes, pairs, law


@st.composite
def components(draw: st.DrawFn) -> tuple[list[ClusterState], list[tuple[int, int, float]]]:
    size = draw(st.integers(2, 14))
    states = [
        ClusterState(
            {node},
            numbers=frozenset(draw(st.sampled_from([[], [], ["N1"], ["N2"]]))),
            persons=frozenset(draw(st.sampled_from([[], [], [("1", 0)], [("2", 9)]]))),
            row_mates=set(draw(st.lists(st.integers(0, size - 1), max_size=1))) - {node},
        )
        for node in range(size)
    ]
    ends = [(a, b) for a in range(size) for b in range(a + 1, size)]
    chosen = draw(st.lists(st.sampled_from(ends), unique=True, min_size=1))
    return states, [(a, b, draw(WEIGHT)) for a, b in sorted(chosen)]


@settings(max_examples=60, deadline=None)
@given(components())
def test_matrices_and_heap_cut_a_component_alike(
    component: tuple[list[ClusterState], list[tuple[int, int, float]]],
) -> None:
    states, pairs = component
    outcomes = []
    for way in (Agglomeration, DenseAgglomeration):
        work = way({min(state.nodes): copy.deepcopy(state) for state in states}, pairs, 1.5)
        work.run()
        clusters = sorted((work.names[slot], sorted(state.nodes)) for slot, state in work.clusters.items())
        outcomes.append((clusters, work.refusals()))
    assert outcomes[0] == outcomes[1]


@settings(max_examples=60, deadline=None)
@given(components())
def test_no_two_clusters_that_may_merge_are_left(
    component: tuple[list[ClusterState], list[tuple[int, int, float]]],
) -> None:
    states, pairs = component
    threshold = 1.5
    work = Agglomeration({min(state.nodes): copy.deepcopy(state) for state in states}, pairs, threshold)
    work.run()
    for a, near in work.ties.items():
        for b, tie in near.items():
            one, other = work.clusters[a], work.clusters[b]
            strong = linkage(tie) >= threshold and not is_weak_bridge(one, other, tie[3], linkage(tie), threshold)
            assert not strong or one.conflict(other) or work.closed & {a, b}


@settings(max_examples=25, deadline=None)
@given(features(), st.data())
def test_erasing_a_mention_merges_nobody_where_all_evidence_supports(nodes: pl.DataFrame, data: st.DataObject) -> None:
    """Who objected, excluded or rivalled may be missed; who only supported never is."""
    told = nodes.with_columns(
        *(pl.lit([], dtype=pl.List(pl.String)).alias(name) for name in ("numbers", "contested", "listed", "patterns")),
        names=pl.lit(["王伟"]),
        signs=pl.lit(["伟", "王"]),
        birth=pl.lit(None, dtype=pl.Date),
    )
    ends = [(a, b) for a in range(nodes.height) for b in range(a + 1, nodes.height)]
    chosen = data.draw(st.lists(st.sampled_from(ends), unique=True, max_size=12))
    pairs = supported(chosen)
    gone = data.draw(st.integers(0, nodes.height - 1))
    before = dict(cluster(told, pairs).assignment.rows())
    rest = told.filter(pl.col("node") != gone)
    after = dict(
        cluster(rest, pairs.filter((pl.col("left_node") != gone) & (pl.col("right_node") != gone))).assignment.rows()
    )
    assert all(before[a] == before[b] for a in after for b in after if after[a] == after[b])


def supported(ends: list[tuple[int, int]]) -> pl.DataFrame:
    """Pairs that support each other well, by a phone."""
    schema = {"left_node": pl.UInt32, "right_node": pl.UInt32}
    weights = {name: pl.lit(0.0) for name in WEIGHT_COLUMNS}
    return pl.DataFrame(ends, schema=schema, orient="row").with_columns(
        match_weight=pl.lit(12.0),
        probability=pl.lit(0.999),
        rule=pl.lit("test"),
        **(weights | {"weight_name": pl.lit(12.0), "weight_phone": pl.lit(10.0)}),
    )
