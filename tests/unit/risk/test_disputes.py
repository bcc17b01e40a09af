"""Open disputes: what escalation is, what speaks before it, and whether that beats the rate of the kind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from buildings_facts import AS_OF, Row, Scan, building, dispute, facts, incident, order, shuffled

import pipelines.risk.disputes.night as night
from pipelines.risk.buildings.evaluation import EVALUATION
from pipelines.risk.buildings.events import happened
from pipelines.risk.disputes.base_rates import kind_rates, with_kind_rate
from pipelines.risk.disputes.cases import dispute_cases, with_escalation
from pipelines.risk.disputes.logistic import fit
from pipelines.risk.disputes.model import train
from pipelines.risk.disputes.signals import landmark_rows, with_signals
from pipelines.risk.disputes.trial import weighted_auc
from pipelines.risk.register import Permission

DAY = date(2025, 9, 1)


@pytest.fixture(autouse=True)
def _allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night, "may_publish", lambda *_: Permission(True, "", ""))


def days(count: int) -> timedelta:
    return timedelta(days=count)


def rows_of(scan: Scan) -> pl.DataFrame:
    buildings = scan("facts.building").collect()
    events = happened(scan, buildings)
    cases = with_escalation(dispute_cases(scan("facts.dispute").collect(), buildings), events)
    return with_signals(landmark_rows(cases), cases, events)


# place, outcome, closed after, quarrels (place, days after receipt), escalates by landmark (0, 14, 30 days), why
ESCALATIONS: list[tuple[str, str, int, list[tuple[str, int]], dict[int, bool], str]] = [
    ("E1-1", "不成功", 10, [], {0: True}, "the mediation failed, before the second look"),
    ("E1-1", "成功", 20, [], {0: False, 14: False}, "settled"),
    ("E1-1", "成功", 40, [("E1-1", 60)], {0: True, 14: True, 30: True}, "settled, and police came on the last day"),
    ("E1-1", "成功", 40, [("E1-1", 61)], {0: False, 14: False, 30: False}, "police came a day too late"),
    ("E1-1", "成功", 40, [("E1-1", 14)], {0: True, 14: False, 30: False}, "police came before the second look"),
    ("E1-1", "成功", 5, [("E1-1", 0)], {0: False}, "the quarrel that it began with"),
    ("E1-1", "成功", 5, [("E1-2", 9), ("E1", 9)], {0: False}, "another building, or no one knows which"),
    ("E1", "成功", 5, [("E1-1", 9), ("E1", 9)], {0: False}, "a dispute whose building is not known"),
]


@pytest.mark.parametrize("case", ESCALATIONS, ids=[case[-1] for case in ESCALATIONS])
def test_escalation_is_a_failed_mediation_or_police_at_the_building(case: Any) -> None:
    place, outcome, closed, quarrels, expected, why = case
    scan = facts(
        building=[building("E1-1"), building("E1-2")],
        dispute=[dispute("J1", place, DAY, outcome, DAY + days(closed))],
        incident=[incident(code, DAY + days(after), "家庭纠纷") for code, after in quarrels],
    )
    found = rows_of(scan).select((pl.col("at") - DAY).dt.total_days().alias("day"), "escalates")
    assert dict(found.sort("day").iter_rows()) == expected, why


def test_signals_are_what_was_known_on_the_day() -> None:
    at = DAY
    scan = facts(
        building=[building("E1-1"), building("E1-2")],
        dispute=[
            dispute("J1", "E1-1", at, "成功", at + days(3), origin="警情移交"),
            dispute("J2", "E1-1", at - days(100), "不成功", at - days(90)),
            dispute("J3", "E1-1", at - days(100), "不成功", at + days(1)),  # nobody knows yet that it fails
            dispute("J4", "E1-1", at + days(1), "成功", at + days(2)),
            dispute("J5", "E1-1", at - days(366), "不成功", at - days(300)),
            dispute("J6", "E1-2", at - days(10), "不成功", at - days(5)),
        ],
        incident=[
            incident("E1-1", at, "邻里纠纷"), incident("E1-1", at - days(60), "打架斗殴"),
            incident("E1-1", at + days(1), "打架斗殴"), incident("E1-2", at - days(1), "家庭纠纷"),
            incident("E1-1", at, "家庭纠纷", outcome="误报"), incident("E1-1", at),
        ],
        workorder=[
            order("E1-1", at, "物业费纠纷"), order("E1-1", at, "噪音"), order("E1-1", at, "漏水"),
            order("E1-2", at, "噪音"),
        ],
    )  # fmt: skip
    row = rows_of(scan).filter(pl.col("dispute_no") == "J1", pl.col("at") == at).row(0, named=True)
    names = [
        "earlier_disputes",
        "earlier_failures",
        "quarrels_here",
        "quarrels_in_estate",
        "fees_and_noise",
        "from_police",
    ]
    assert [row[name] for name in names] == [2, 1, 1, 1, 2, 1]


def test_open_is_what_no_outcome_ends() -> None:
    told = [
        dispute("J1", "E1-1", DAY, "调解中", None), dispute("J2", "E1-1", DAY, None, None),
        dispute("J3", "E1-1", DAY, "成功", None), dispute("J4", "E1-1", DAY, "不成功", DAY),
        dispute("J5", "E1-1", date(2052, 1, 1), "调解中", None, is_future=True),
        dispute("J6", "E1-1", DAY, "成功", DAY - days(9), is_clock_ordered=False),
    ]  # fmt: skip
    scan = facts(building=[building("E1-1")], dispute=told)
    cases = dispute_cases(scan("facts.dispute").collect(), scan("facts.building").collect())
    assert cases.filter("is_open")["dispute_no"].to_list() == ["J1", "J2"]
    ends = dict(cases.select("dispute_no", "ended_on").iter_rows())
    # a case closed without a day, or before its receipt, is taken to have ended within the month
    assert (ends["J3"], ends["J4"], ends["J6"]) == (DAY + days(30), DAY, DAY + days(30))
    assert "J5" not in ends


def test_the_rate_of_a_kind_is_drawn_to_that_of_all() -> None:
    rows = pl.DataFrame({"kind": ["家庭"] * 10 + ["邻里"] * 90, "escalates": [True] * 10 + [False] * 70 + [True] * 20})
    rates = kind_rates(rows)
    overall = 30.5 / 101
    found = with_kind_rate(pl.DataFrame({"kind": ["家庭", "邻里", "劳资"]}), rates)
    assert found["rate"].to_list() == pytest.approx([(10 + 20 * overall) / 30, (20 + 20 * overall) / 110, overall])
    assert (found["rate_low"] < found["rate"]).all()
    assert (found["rate"] < found["rate_high"]).all()


def test_signals_that_tell_move_the_odds_and_those_that_do_not_stay() -> None:
    generator = np.random.default_rng(3)
    signals = generator.integers(0, 2, (800, 2)).astype(float)
    rates = np.full(800, 0.3)
    told = (generator.random(800) < np.where(signals[:, 0] > 0, 0.5, 0.15)).astype(float)
    fitted = fit(signals, rates, told)
    chance, low, high = fitted.predict(np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]), np.full(3, 0.3))
    assert chance[0] == pytest.approx(0.47, abs=0.05)  # drawn a little towards the rate of all
    assert chance[1] == pytest.approx(0.18, abs=0.04)
    assert abs(chance[2] - chance[1]) < 0.06
    assert (low < chance).all()
    assert (chance < high).all()
    # of signals that never vary nothing is learnt but the mean
    flat = fit(np.ones((800, 2)), rates, told).predict(np.ones((1, 2)), np.full(1, 0.3))[0]
    assert flat[0] == pytest.approx(told.mean(), abs=0.02)


def test_auc_with_ties_and_weights() -> None:
    scores, truth = np.array([0.1, 0.4, 0.4, 0.8]), np.array([0.0, 0.0, 1.0, 1.0])
    # pairs: (0.4 over 0.1) 1, (0.4 with 0.4) a half, (0.8 over both) 2 -> 3.5 of 4; without the last row 1.5 of 2
    assert weighted_auc(scores, truth, np.array([[1.0, 1, 1, 1], [1, 1, 1, 0]])).tolist() == [0.875, 0.75]


def troubled_city(*, planted: bool) -> Scan:
    """A dispute every other day over 20 buildings; planted: police at five of them, where mediations fail."""
    first = AS_OF - days(700)
    cases: list[Row] = []
    quarrels: list[Row] = []
    generator = np.random.default_rng(11)
    for number in range(300):
        code, on = f"E1-{number % 20}", first + days(2 * number + 40)
        bad = number % 20 < 5 and planted
        fails = bool(generator.random() < (0.8 if bad else 0.2))
        quarrels += [incident(code, on - days(5), "邻里纠纷")] if bad else []
        cases.append(dispute(f"J{number:03}", code, on, "不成功" if fails else "成功", on + days(6)))
    waiting = [dispute("K1", "E1-1", AS_OF - days(40), "调解中", None), dispute("K2", "E1-9", AS_OF, "调解中", None)]
    quarrels.append(incident("E1-1", AS_OF - days(3), "家庭纠纷"))
    return facts(building=[building(f"E1-{n}") for n in range(20)], dispute=[*cases, *waiting], incident=quarrels)


def test_signals_that_beat_the_rate_of_the_kind_are_used() -> None:
    tables = night.assess_disputes(troubled_city(planted=True), AS_OF)
    found = {(row["model"], row["measure"]): row for row in tables.evaluation.iter_rows(named=True)}
    assert found[("signals", "brier_gain")]["value_low"] > 0
    assert found[("signals", "auc")]["value"] > 0.65
    assert found[("signals", "precision_top_10")]["value"] > found[("kind_rate", "escalation_rate")]["value"]
    first, second = tables.escalation.sort("rank").iter_rows(named=True)
    assert (first["dispute_no"], first["model"], first["days_open"]) == ("K1", "signals", 40)
    assert first["risk"] > second["risk"]
    assert {"long_open", "quarrels_here", "earlier_failures"} <= set(first["signals"])
    assert "近60天本楼1起争吵警情" in first["reasons_zh"]
    assert "quarrels with police at the building in 60 days: 1" in first["reasons_en"]
    assert dict(tables.escalation.schema) == night.DISPUTE_ESCALATION
    assert dict(tables.evaluation.schema) == EVALUATION


def test_signals_that_do_not_are_not_and_the_reason_says_so() -> None:
    tables = night.assess_disputes(troubled_city(planted=False), AS_OF)
    gain = tables.evaluation.filter(measure="brier_gain").row(0, named=True)
    assert gain["value_low"] <= 0
    assert set(tables.escalation["model"]) == {"kind_rate"}
    assert tables.escalation["risk"].n_unique() == 1  # one kind, one rate
    assert tables.escalation["reasons_zh"].str.contains("按同类比率").all()


def test_nothing_is_learnt_from_what_was_not_known_at_the_cut_off() -> None:
    rows = rows_of(troubled_city(planted=True))
    cut = AS_OF - days(300)
    later = rows.with_columns(
        escalates=pl.when(pl.col("known_on") > cut).then(~pl.col("escalates")).otherwise("escalates")
    )
    one, two = train(rows, cut), train(later, cut)
    assert one.fitted is not None
    assert two.fitted is not None
    assert one.fitted.coefficients.tolist() == two.fitted.coefficients.tolist()
    assert (rows.filter(pl.col("known_on") <= cut)["received_on"] <= cut - days(60)).all()


def test_few_closed_cases_give_the_rate_and_none_gives_no_risk() -> None:
    few = [dispute(f"J{n}", "E1-1", DAY, "成功", DAY) for n in range(3)]
    waiting = dispute("K1", "E1-1", AS_OF, "调解中", None)
    homes = [building("E1-1")]
    row = night.assess_disputes(facts(building=homes, dispute=[*few, waiting]), AS_OF).escalation.row(0, named=True)
    assert row["model"] == "kind_rate"
    assert row["risk"] == pytest.approx((20 * 0.5 / 4) / 23)
    none = night.assess_disputes(facts(building=homes, dispute=[waiting]), AS_OF).escalation.row(0, named=True)
    assert (none["risk"], none["rank"], none["model"]) == (None, 1, None)
    assert "风险未知" in none["reasons_zh"]
    empty = night.assess_disputes(facts(), AS_OF)
    assert (empty.escalation.height, empty.evaluation["value"].null_count()) == (0, 10)


def test_the_order_of_rows_changes_nothing() -> None:
    one = night.assess_disputes(troubled_city(planted=True), AS_OF)
    two = night.assess_disputes(shuffled(troubled_city(planted=True)), AS_OF)
    assert one.escalation.equals(two.escalation)
    assert one.evaluation.equals(two.evaluation)


def test_without_a_row_in_the_model_register_no_risk_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(night, "may_publish", lambda *_: Permission(False, "无", "none"))
    tables = night.assess_disputes(troubled_city(planted=True), AS_OF)
    assert (tables.escalation.height, dict(tables.escalation.schema)) == (0, night.DISPUTE_ESCALATION)
