"""The city's own indicators: counted from what happened, complete, and adding up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest
from city_reading import rows_of

from pipelines.city import CityReport
from pipelines.city.error_model import SceneErrors
from pipelines.city.feeds.points import write_points
from pipelines.city.feeds.police_incidents import incident_rows
from pipelines.city.happenings.arrivals import draw_arrivals
from pipelines.city.happenings.disputes import draw_disputes
from pipelines.city.happenings.haunts import OLD_BEFORE
from pipelines.city.happenings.incidents import draw_incidents
from pipelines.city.happenings.standing import draw_readiness
from pipelines.city.kpi.counting import View
from pipelines.city.kpi.lights import light, on_target, registry
from pipelines.city.kpi.ratios import old_to_new, on_base_year, percentiles
from pipelines.city.kpi.table import UNKNOWN
from pipelines.city.life import FOREVER
from pipelines.city.world import World, build_world

SUMMED = ("indicator", "month")


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(1_500, 3, 7, "plain", date(2026, 3, 1))


@pytest.fixture(scope="module")
def truth(city: CityReport) -> pl.DataFrame:
    return pl.read_parquet(city.truth / "truth_kpi.parquet")


def test_every_indicator_of_the_registry_has_a_truth_or_a_reason(truth: pl.DataFrame) -> None:
    counted = set(truth.drop_nulls("value")["indicator"])
    assert set(registry()["indicator"]) - counted == set(UNKNOWN)
    assert counted - set(registry()["indicator"]) == {"residents", "incidents", "disputes"}


def test_a_cell_stands_once(truth: pl.DataFrame) -> None:
    assert not truth.select("indicator", "area_level", "area", "month").is_duplicated().any()


@pytest.mark.parametrize("level", ["district", "street"])
def test_sums_of_communities_are_those_of_larger_areas(truth: pl.DataFrame, level: str) -> None:
    derived = ["indicators_on_target", "incidents_on_base_year", "preventable_on_base_year", "old_to_new_estate_rate"]
    added = truth.filter(~pl.col("indicator").is_in([*derived, "social_organisations"]))
    sums = {}
    for name in (level, "community"):
        of_level = added.filter(pl.col("area_level") == name)
        sums[name] = of_level.group_by(SUMMED).agg(pl.col("numerator", "denominator").sum()).sort(SUMMED)
    assert sums[level].equals(sums["community"])
    assert len(sums[level]) > 200


def test_incidents_are_counted_once_each_in_the_month_they_were_reported(world: World, truth: pl.DataFrame) -> None:
    incidents = draw_incidents(world)
    start = datetime(2026, 3, 3)  # noqa: DTZ001 - the city's own clock has no zone
    real = incidents.filter(
        (pl.col("reported") < start) & ~((pl.col("outcome") == "误报") & (pl.col("closed") < start))
    )
    by_month = dict(real.group_by(pl.col("reported").dt.strftime("%Y-%m")).len().iter_rows())
    rate = truth.filter((pl.col("indicator") == "incidents_per_10000_residents") & (pl.col("area_level") == "district"))
    counted = dict(rate.group_by("month").agg(pl.col("numerator").sum()).iter_rows())
    assert counted == {month: by_month[month] for month in counted}
    assert set(counted) == {m for m in by_month if m >= "2024-04"}


def test_true_clocks_are_in_order(world: World) -> None:
    incidents = draw_incidents(world)
    for earlier, later in (("reported", "dispatched"), ("dispatched", "arrived"), ("arrived", "closed")):
        assert (incidents[earlier] < incidents[later]).all()


def test_clerks_turn_clocks_back_mistype_years_and_send_again(world: World) -> None:
    scene = SceneErrors(clock_back=0.2, in_future=0.1, sent_again=0.2)
    errors = replace(world.errors, police=replace(world.errors.police, scene=scene))
    rows = incident_rows(replace(world, errors=errors)).frame
    assert rows.filter(pl.col("到场时间") < pl.col("报警时间")).height > 0
    assert rows.filter(pl.col("报警时间") > "2026-03-04").height > 0
    shown = rows.filter((pl.col("_from") == 1) & (pl.col("报警时间") < "2026-03-01"))
    first = rows.filter(pl.col("_from") == 0)
    assert (
        shown.join(
            first, on=[c for c in rows.columns if c not in ("_from", "_to")], how="semi", nulls_equal=True
        ).height
        > 0
    )
    quiet = replace(world.errors, police=replace(world.errors.police, scene=SceneErrors()))
    rows = incident_rows(replace(world, errors=quiet)).frame
    assert rows.filter((pl.col("到场时间") < pl.col("报警时间")) | (pl.col("报警时间") > "2026-03-04")).is_empty()


def test_the_history_of_incidents_is_long_enough_for_a_base_year_and_twelve_origins(world: World) -> None:
    reported = draw_incidents(world)["reported"].dt.date()
    days = (date(2026, 3, 1) - min(reported)).days
    assert days >= 365 + 365
    assert days >= 26 * 7 + 12 * 28


def test_coordinates_go_wrong_in_every_way_that_clerks_have(world: World) -> None:
    rng = world.rng("test/points")
    place = draw_incidents(world)["place"].to_numpy()
    lon, lat = write_points(world, rng, place, zero=0.1, swapped=0.1, sea=0.1)
    points = pl.DataFrame({"lon": lon.cast(pl.Float64), "lat": lat.cast(pl.Float64)})
    assert points["lon"].null_count() > 0
    assert points.filter((pl.col("lon") == 0) & (pl.col("lat") == 0)).height > 0
    assert points.filter((pl.col("lon") < 40) & (pl.col("lat") > 100)).height > 0, "longitude and latitude swapped"
    assert points.filter((pl.col("lon") > 121) & (pl.col("lat") < 30)).height > 0, "far out"
    right = points.filter(pl.col("lon").is_between(117.5, 118.5) & pl.col("lat").is_between(30.5, 31.5))
    assert right.height > 0.6 * points["lon"].count()


def test_some_places_draw_much_and_quarrels_follow_bitter_disputes(world: World) -> None:
    site = world.places.register["site"]
    incidents = draw_incidents(world).with_columns(site.gather(draw_incidents(world)["place"]).alias("site"))
    counts = incidents["site"].value_counts(sort=True)["count"]
    assert sum(counts.head(len(counts) // 10)) > 0.3 * len(incidents)
    bitter = draw_disputes(world).filter("bitter").with_columns(pl.col("at").dt.date().alias("day"))
    bitter = bitter.select("day", pl.Series("site", site.gather(bitter["place"])))
    near = bitter.join(incidents.select("site", "category", on=pl.col("reported").dt.date()), on="site")
    days = (near["on"] - near["day"]).dt.total_days()
    assert near.filter(days.is_between(-30, 60)).height > 0.5 * len(bitter)


def test_what_is_told_open_comes_again_when_it_has_ended(city: CityReport) -> None:
    seen: dict[str, list[str]] = {}
    for day in (1, 2, 3):
        path = city.landing / f"street_office/disputes/2026-03-{day:02d}/纠纷台账.xlsx"
        for row in rows_of(path.name, path.read_bytes()) if path.exists() else []:
            seen.setdefault(row["编号"], []).append(row["调解结果"])
    assert any(outcomes[0] == "调解中" for outcomes in seen.values())
    assert all(outcomes[0] == "调解中" or set(outcomes) == {outcomes[0]} for outcomes in seen.values())


def test_readiness_of_the_year_before_is_handed_over_with_its_own_dates(city: CityReport) -> None:
    days = {name.split("/")[2] for name in city.nights[0].files if name.startswith("street_office/readiness/")}
    assert days == {"2025-03-01", "2025-06-01", "2025-09-01", "2025-12-01", "2026-03-01"}


def test_readiness_gets_better_and_every_entry_stands_once_a_night(world: World) -> None:
    entries = draw_readiness(world)
    camera = entries.filter(pl.col("kind") == "监控点位")
    share = camera.group_by("from_night").agg(pl.col("actual").sum() / pl.col("required").sum()).sort("from_night")
    assert share["actual"][0] < share["actual"][4]
    for night in (-365, -1, 0, 2):
        stands = entries.filter((pl.col("from_night") <= night) & (pl.col("to_night") > night))
        assert stands["record"].n_unique() == len(stands)


def test_a_household_arrives_together_and_the_police_hear_of_it_afterwards(world: World) -> None:
    arrivals = draw_arrivals(world).join(
        world.people.spells.select("person", "from_night", "household"), on=["person", "from_night"]
    )
    first = arrivals.filter((pl.col("from_night") == 0) & pl.col("is_floating"))
    assert first.group_by("household", "place").agg(pl.col("arrived").n_unique())["arrived"].max() == 1
    assert (first["registered"] >= first["arrived"]).all()
    late = (first["registered"] - first["arrived"]).dt.total_days() > 7
    assert 0.1 < late.mean() < 0.4  # type: ignore[operator]
    assert set(arrivals.filter(pl.col("to_night") == FOREVER)["person"]) <= set(world.people.spells["person"])


def parts_of(world: World, *rows: tuple[str, int]) -> pl.DataFrame:
    """Incidents in the first community: local day and how many."""
    place = int(world.places.register.filter(pl.col("community_id") == 0)["place"][0])
    listed = [(datetime.fromisoformat(day), place) for day, count in rows for _ in range(count)]
    frame = pl.DataFrame(listed, schema={"reported": pl.Datetime("us"), "place": pl.Int64}, orient="row")
    return (
        View.of(world)
        .placed(frame)
        .with_columns(
            pl.col("reported").dt.strftime("%Y-%m").alias("month"),
            is_false=pl.lit(value=False),
            is_preventable=pl.lit(value=True),
        )
    )


def test_a_month_is_set_against_the_same_month_of_the_base_year(world: World) -> None:
    incidents = parts_of(world, ("2024-01-01", 1), ("2024-05-10", 10), ("2025-05-20", 6), ("2025-04-01", 3))
    found = on_base_year(View.of(world), incidents).filter(pl.col("area_level") == "district")
    assert found.filter(pl.col("indicator") == "incidents_on_base_year").select(
        "month", "numerator", "denominator", pl.col("value").round(3)
    ).sort("month").rows() == [("2025-01", 0.0, 1.0, -1.0), ("2025-05", 6.0, 10.0, -0.4), ("2026-01", 0.0, 1.0, -1.0)]


def test_medians_are_those_of_the_single_cases(world: World) -> None:
    durations = pl.DataFrame(
        {"clock": ["a"] * 4, "community_id": [0, 0, 0, 1], "month": ["2026-01"] * 4, "minutes": [1.0, 2.0, 9.0, 20.0]}
    )
    found = percentiles(View.of(world), durations).filter(pl.col("indicator") == "a_median_minutes")
    assert found.filter(pl.col("area_level") == "community").sort("denominator")["value"].to_list() == [20.0, 2.0]


def test_old_estates_are_set_against_the_rate_of_new_ones(world: World) -> None:
    register = world.places.register
    homes = register[world.places.homes.tolist()]
    homes = homes.with_columns(pl.Series("built", world.built[homes["site"].to_numpy()])).filter(
        pl.col("kind") == "estate"
    )
    estates = homes.group_by("estate_place").agg(
        pl.col("built").median(), pl.len().alias("homes"), pl.col("district").first()
    )
    district = estates.filter(pl.col("built") < OLD_BEFORE)["district"][0]
    here = estates.filter(pl.col("district") == district).sort("estate_place")
    old, new = here.filter(pl.col("built") < OLD_BEFORE), here.filter(pl.col("built") >= OLD_BEFORE)
    places = [old["estate_place"][0]] * 6 + [new["estate_place"][0]] * 2
    incidents = View.of(world).placed(pl.DataFrame({"place": places}))
    incidents = incidents.with_columns(month=pl.lit("2026-01"), is_false=pl.lit(value=False))
    found = old_to_new(View.of(world), incidents).filter(
        (pl.col("area_level") == "district") & (pl.col("area") == district)
    )
    expected = (
        2
        * len(homes.filter(pl.col("estate_place").is_in(old["estate_place"].implode())))
        / len(homes.filter(pl.col("estate_place").is_in(new["estate_place"].implode())))
    )
    assert found["numerator"].to_list() == [6.0]
    assert found["denominator"].to_list() == pytest.approx([expected])
    assert found["value"].to_list() == pytest.approx([6 / expected])


def values(*rows: tuple[str, str, float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [(indicator, "district", "临江区", month, 0.0, cases, value) for indicator, month, value, cases in rows],
        schema=["indicator", "area_level", "area", "month", "numerator", "denominator", "value"],
        orient="row",
    )


@pytest.mark.parametrize(
    ("told", "lights"),
    [
        ([0.85], ["green"]),
        ([0.77], ["yellow"]),
        ([0.76], ["red"]),
        ([0.95, 0.93, 0.91], ["green", "green", "yellow"]),
        ([0.95, 0.93, 0.94], ["green", "green", "green"]),
        ([None], ["grey"]),
    ],
)
def test_lights_by_truth_follow_the_rule(told: list[float | None], lights: list[str]) -> None:
    rows = [("mediation_success", f"2026-0{n}", value, 50.0) for n, value in enumerate(told, start=1)]
    assert light(values(*rows))["light"].to_list() == lights


def test_few_cases_and_running_months_have_no_colour() -> None:
    assert light(values(("mediation_success", "2026-01", 0.9, 9.0)))["light"].to_list() == ["grey"]
    running = values(
        ("incidents_on_base_year", "2026-01", -0.5, 50.0), ("incidents_on_base_year", "2026-02", -0.9, 50.0)
    )
    assert light(running)["light"].to_list() == ["green", "grey"]


def test_indicators_on_target_are_those_with_a_light() -> None:
    told = values(
        ("mediation_success", "2026-01", 0.9, 50.0),
        ("disputes_found_proactively", "2026-01", 0.5, 50.0),
        ("disputes_closed_in_time", "2026-01", 1.0, 1.0),
    )
    assert on_target(told).select("numerator", "denominator", "value").rows() == [(1.0, 2.0, 0.5)]
