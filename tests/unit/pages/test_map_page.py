"""The pages on places: their numbers are the mart's, the unknown has no colour, nothing unescaped, nothing missing."""

from __future__ import annotations

import itertools
import json
import random
import re
from typing import Any

import polars as pl
import pytest
from crafted_marts import CraftedSnapshot, crafted_facts
from crafted_risk import (
    CLASSES,
    backtests,
    buildings,
    cells,
    estates,
    evaluations,
    forecasts,
    inputs,
    model_register,
    risk_snapshot,
    risk_tables,
    stale_areas,
)
from page_tree import HAN, NAMES, Node, Tree, untranslated
from test_map_geometry import strokes

from pipelines.pages.backtest.page import BACKTEST
from pipelines.pages.map.bands import scale_of
from pipelines.pages.map.ground import Ground, ground_of
from pipelines.pages.map.hovering import DIGITS
from pipelines.pages.map.page import MAP
from pipelines.pages.marts import Marts
from pipelines.pages.page import Page
from pipelines.pages.places.page import PLACES
from pipelines.pages.registry import PAGES
from pipelines.pages.rendering import render_page

MAX_BYTES = 2 * 2**20
OURS = (MAP, PLACES, BACKTEST)
PLACES_TABLES = ("risk_cell", "risk_place_forecast", "risk_building", "estate_pressure", "stale_area")
READERS = {
    "map": (*PLACES_TABLES, "risk_input"),
    "places": PLACES_TABLES,
    "backtest": ("backtest", "risk_place_forecast", "model_register", "risk_evaluation"),
}
"""Which page reads which marts."""
WORDS = {"PAI", "PEI"}
FORECASTS = risk_tables()["marts.risk_place_forecast"]
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}&'


def drawn(snapshot: CraftedSnapshot, page: Page = MAP) -> str:
    return render_page(page, Marts(snapshot.scan, crafted_facts(snapshot)), PAGES)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {page.name: drawn(risk_snapshot(), page) for page in OURS}


@pytest.fixture(scope="module")
def heat_map(pages: dict[str, str]) -> str:
    return pages["map"]


@pytest.fixture(scope="module")
def data(heat_map: str) -> dict[str, Any]:
    (written,) = re.findall(r'<script type="application/json" id="map-data">(.*?)</script>', heat_map, re.DOTALL)
    return dict(json.loads(written))


@pytest.fixture(scope="module")
def ground() -> Ground:
    found = ground_of(cells())
    assert found is not None
    return found


@pytest.fixture(scope="module", params=[page.name for page in OURS])
def page(request: pytest.FixtureRequest, pages: dict[str, str]) -> str:
    return pages[request.param]


@pytest.fixture(scope="module")
def nodes(page: str) -> list[Node]:
    return Tree(page).open[0].walk()


def body_of(nodes: list[Node]) -> Node:
    (body,) = (node for node in nodes if node.tag == "body")
    return body


def test_every_visible_word_is_there_in_both_languages(nodes: list[Node]) -> None:
    assert set(untranslated(body_of(nodes), [])) <= NAMES | WORDS | {"中文"}


def test_languages_stand_in_pairs_each_in_its_own(nodes: list[Node]) -> None:
    spans = [node for node in nodes if {"zh", "en"} & set(node.classes())]
    assert len(spans) > 80
    for chinese, english in zip(spans[::2], spans[1::2], strict=True):
        assert (chinese.classes(), english.classes()) == (["zh"], ["en"])
        assert english.text().strip(), chinese.text()
        assert not HAN.search(english.text()), english.text()


def test_nothing_is_asked_from_outside(page: str) -> None:
    assert not re.findall(
        r"(?:https?:)?//[a-z0-9]",
        re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL).replace("http://www.w3.org/2000/svg", ""),
        re.IGNORECASE,
    )
    assert not re.findall(r"(?:src|url\((?!#)|@import)", re.sub(r"-src|img-src", "", page))


def test_every_reference_has_its_target_and_no_id_stands_twice(nodes: list[Node]) -> None:
    ids = [node.attributes["id"] for node in nodes if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    named = {value for node in nodes for key in ("aria-labelledby",) if (value := node.attributes.get(key))}
    named |= {(node.attributes.get("href") or "#")[1:] for node in nodes if node.tag == "use"}
    named |= {
        link[1:] for node in nodes if node.tag == "a" and (link := node.attributes.get("href") or "").startswith("#")
    }
    assert named <= set(ids)


def test_tables_have_captions_and_headers_of_rows_and_columns(nodes: list[Node]) -> None:
    tables = [node for node in nodes if node.tag == "table"]
    assert tables
    for table in tables:
        assert any(
            child.tag == "caption" and child.text().strip() for child in table.children if isinstance(child, Node)
        )
        scopes = {node.attributes.get("scope") for node in table.walk() if node.tag == "th"}
        assert scopes - {"colgroup"} == {"col", "row"}


def test_headings_go_down_one_step_at_a_time(nodes: list[Node]) -> None:
    levels = [int(node.tag[1]) for node in nodes if node.tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_equal_marts_give_equal_bytes_whatever_their_order(pages: dict[str, str]) -> None:
    draw = random.Random(3)
    shuffled = {
        name: frame.sample(fraction=1, shuffle=True, seed=draw.randint(0, 999)) for name, frame in risk_tables().items()
    }
    for page in OURS:
        assert drawn(CraftedSnapshot(shuffled), page) == pages[page.name], page.name


def cell_rows(kind: str, mart: pl.DataFrame | None = None) -> pl.DataFrame:
    rows = FORECASTS if mart is None else mart
    return rows.filter(pl.col("incident_class") == kind)


def test_bands_of_the_map_hold_the_known_cells_of_the_mart_and_no_other(heat_map: str, ground: Ground) -> None:
    known = cell_rows("all").filter(pl.col("state") == "known")
    scale = scale_of(known["expected"].to_list())
    wanted = (
        known.join(ground.cells.select("cell", "col", "row"), left_on="place", right_on="cell")
        .with_columns(band=scale.band(pl.col("expected")))
        .select("col", "row", "band")
    )
    found = [
        (col, row, int(band))
        for band, path in re.findall(r'<path class="band-(\d)" d="([^"]+)"', heat_map)
        for col, row in strokes(path)
    ]
    assert sorted(found) == sorted(wanted.rows())
    assert known.height < cell_rows("all").height, "the crafted mart must have unknown cells"


def test_an_unknown_cell_is_hatched_and_gets_no_colour_even_with_a_number() -> None:
    strange = FORECASTS.with_columns(
        expected=pl.when(pl.col("state") == "unknown").then(99.0).otherwise("expected"),
        list_rank=pl.when(pl.col("state") == "unknown").then(1).otherwise("list_rank"),
    )
    page = drawn(risk_snapshot(marts__risk_place_forecast=strange))
    coloured = {place for path in re.findall(r'<path class="band-\d" d="([^"]+)"', page) for place in strokes(path)}
    known = cell_rows("all", strange).filter(pl.col("state") == "known")
    assert len(coloured) == known.height
    studied = {place for path in re.findall(r'<path class="studied" d="([^"]+)"', page) for place in strokes(path)}
    assert len(studied) == cells().height
    assert "99" not in re.findall(r'<p class="expected"><b>([^<]+)</b>', page)


def test_the_script_knows_every_value_of_every_class(data: dict[str, Any], ground: Ground) -> None:
    places = ground.cells.select("cell", "col", "row")
    for kind, *_ in CLASSES:
        told = data["classes"][kind]
        found: dict[tuple[int, int], list[Any] | None] = {}
        for runs, codes in zip(data["parts"], told["codes"], strict=True):
            order = [(runs[at + 1] + step, runs[at]) for at in range(0, len(runs), 5) for step in range(runs[at + 2])]
            for index, place in enumerate(order):
                digits = codes[index * told["width"] : (index + 1) * told["width"]]
                code = sum(DIGITS.index(digit) * 62**power for power, digit in enumerate(reversed(digits)))
                found[place] = told["values"][code - 1] if code else None
        rows = cell_rows(kind).join(places, left_on="place", right_on="cell").to_dicts()
        assert len(found) == len(rows)
        for row in rows:
            value = found[row["col"], row["row"]]
            assert (value is not None) == (row["state"] == "known")
            if value is not None:
                assert value[0] == str(row["past_count"])
                assert float(value[1]) == pytest.approx(row["expected"], abs=0.051 if row["expected"] >= 1 else 0.0051)
                assert value[4] == row["drift"]


def test_the_script_knows_every_list(data: dict[str, Any]) -> None:
    for kind, *_ in CLASSES:
        rows = cell_rows(kind).filter(pl.col("list_rank").is_not_null())
        wanted = sorted(
            (row["place_name_zh"], row["list_rank"], row["reasons_zh"], row["reasons_en"]) for row in rows.to_dicts()
        )
        found = []
        for listed in data["classes"][kind]["lists"].values():
            for row in listed:
                zh, en = zip(*(data["sentences"][place] for place in row[12]), strict=True)
                found.append((row[4], row[0], "；".join(zh), "; ".join(en)))
        assert sorted(found) == wanted


def test_lists_beside_the_map_have_the_numbers_of_the_mart(heat_map: str) -> None:
    shown = re.findall(r'<li id="row-(\d+)-(\d+)".*?<p class="expected"><b>([^<]+)</b>', heat_map, re.DOTALL)
    rows = cell_rows("all").filter(pl.col("list_rank").is_not_null()).sort("street", "list_rank")
    streets = sorted(rows["street"].unique().to_list())
    wanted = [(streets.index(row["street"]), row["list_rank"], row["expected"]) for row in rows.to_dicts()]
    assert len(shown) == len(wanted)
    for (zone, number, text), (street, rank, expected) in zip(shown, wanted, strict=True):
        assert (int(zone), int(number)) == (street, rank)
        assert float(text) == pytest.approx(expected, abs=0.0051)
    assert len(re.findall(r'class="mark"', heat_map)) == len(wanted)


def test_each_numbered_cell_stands_on_its_cell(heat_map: str, ground: Ground) -> None:
    marks = re.findall(r'<a href="#row-(\d+)-(\d+)"[^>]*class="mark".*?<rect x="(-?\d+)" y="(-?\d+)"', heat_map)
    rows = cell_rows("all").filter(pl.col("list_rank").is_not_null())
    places = rows.join(ground.cells.select("cell", "zone", "col", "row"), left_on="place", right_on="cell")
    wanted = {(row["zone"], row["list_rank"]): (row["col"], row["row"]) for row in places.to_dicts()}
    assert {(int(zone), int(number)): (int(x), int(y)) for zone, number, x, y in marks} == wanted


def test_sheets_have_the_lists_of_the_mart(pages: dict[str, str]) -> None:
    text = " ".join(Tree(pages["places"]).open[0].text().split())
    for row in cell_rows("all").filter(pl.col("list_rank").is_not_null()).to_dicts():
        assert row["reasons_zh"] in text
        assert row["reasons_en"] in text
    built = buildings(cells())
    worst = built.filter(pl.col("tier") == 1).sort("rank").row(0, named=True)
    assert worst["name_zh"] in text
    assert "Places, not persons" in text
    newest = estates(built).filter(pl.col("month") == "2026-02", pl.col("index").is_not_null()).sort("index")
    assert f"指数 {newest['index'][-1]:.0f}（" in text
    assert "已 58 天没有新记录" in text


def test_every_incident_is_accounted_for(heat_map: str) -> None:
    rows = inputs().filter(pl.col("incident_class") != "all")
    total = int(rows["incidents"].sum())
    used = int(rows.filter(pl.col("state") == "used")["incidents"].sum())
    assert f"共 {total:,} 起：用上 {used:,} 起" in heat_map
    table = heat_map[heat_map.index('class="list inputs"') :].partition("</table>")[0]
    counts = [int(text.replace(",", "")) for text in re.findall(r'<td class="n">([\d,]+)</td><td class="n">', table)]
    assert sum(counts) == total
    assert "时间在将来" in table
    assert "in the future" in table


def test_without_any_table_every_page_says_what_is_missing() -> None:
    lacking = {
        MAP: ("risk_cell", "risk_input", "stale_area"),
        PLACES: ("risk_cell", "risk_place_forecast", "risk_building", "estate_pressure", "stale_area"),
        BACKTEST: ("backtest", "model_register", "risk_evaluation"),
    }
    for page, tables in lacking.items():
        text = drawn(CraftedSnapshot({}), page)
        for table in tables:
            assert f"本快照中没有 marts.{table}" in text
            assert f"This snapshot has no marts.{table}" in text


@pytest.mark.parametrize(("name", "table"), [(name, table) for name in READERS for table in READERS[name]])
def test_any_table_may_be_absent_or_empty(name: str, table: str) -> None:
    (page,) = (page for page in OURS if page.name == name)
    tables = risk_tables()
    absent = {other: frame for other, frame in tables.items() if other != f"marts.{table}"}
    for changed in (absent, tables | {f"marts.{table}": tables[f"marts.{table}"].clear()}):
        assert "</html>" in drawn(CraftedSnapshot(changed), page)


def test_empty_tables_say_how_they_come_to_be() -> None:
    empty = CraftedSnapshot({name: frame.clear() for name, frame in risk_tables().items()})
    assert "The study area has no cell" in drawn(empty)
    assert "There is no street to list" in drawn(empty, PLACES)
    assert "The table of tests is empty" in drawn(empty, BACKTEST)
    unpublished = risk_snapshot(marts__risk_place_forecast=FORECASTS.clear())
    assert "has 345 cells but no forecast" in drawn(unpublished).replace(f"{cells().height} cells", "345 cells")


def test_no_incident_at_all_is_a_map_of_hatched_cells() -> None:
    nothing = FORECASTS.with_columns(
        state=pl.lit("unknown"), past_count=pl.lit(0), list_rank=pl.lit(None, pl.Int64),
        **{name: pl.lit(None, pl.Float64) for name in ("expected", "expected_low", "expected_high")},
    )  # fmt: skip
    page = drawn(risk_snapshot(marts__risk_place_forecast=nothing, marts__risk_input=inputs().clear()))
    assert 'class="studied"' in page
    assert '<path class="band-' not in page
    assert "No cell of this street can be listed" in page
    assert "</html>" in drawn(risk_snapshot(marts__risk_place_forecast=nothing), PLACES)


def test_one_cell_and_cells_without_a_place_can_be_drawn() -> None:
    one = cells().head(1)
    tables = risk_tables() | {"marts.risk_cell": one, "marts.risk_place_forecast": forecasts(one)}
    for page in OURS:
        assert "</html>" in drawn(CraftedSnapshot(tables), page)
    unplaced = cells().with_columns(
        x_m=pl.when(pl.col("cell") == cells()["cell"][3]).then(None).otherwise("x_m"),
        street=pl.when(pl.col("community") == cells()["community"][0]).then(None).otherwise("street"),
        community=pl.lit(None, pl.String),
    )
    page = drawn(risk_snapshot(marts__risk_cell=unplaced))
    assert "街道不详" in page
    studied = [place for path in re.findall(r'<path class="studied" d="([^"]+)"', page) for place in strokes(path)]
    assert len(studied) == cells().height - 1


def test_markup_in_names_stays_text() -> None:
    hostile = {
        name: frame.with_columns(
            pl.lit(HOSTILE).alias(column)
            for column, dtype in frame.schema.items()
            if dtype == pl.String
            and column not in ("cell", "place", "place_kind", "state", "origin", "month", "scores")
        )
        for name, frame in risk_tables().items()
    }
    for page in OURS:
        text = drawn(CraftedSnapshot(hostile), page)
        assert HOSTILE not in text
        assert "<script>alert" not in text
        assert "onerror=alert(2)>49" not in text
        walked = Tree(text).open[0].walk()
        assert not [node for node in walked if node.tag == "img" or "onerror" in node.attributes]
        assert sum(node.tag == "script" for node in walked) == text.count("<script")


def test_pages_on_places_read_these_open_marts_alone() -> None:
    for page in OURS:
        snapshot = risk_snapshot()
        drawn(snapshot, page)
        assert set(snapshot.asked) == {f"marts.{table}" for table in READERS[page.name]}


def city_of(copies: int) -> CraftedSnapshot:
    """As many streets as a city of 200,000 has, by copies of one that stand apart."""
    studied = cells(streets=1, parts=5, side=13)
    built, found = buildings(studied, share=0.4), forecasts(studied)
    tables = {"marts.risk_cell": studied, "marts.risk_building": built, "marts.risk_place_forecast": found}
    moved: dict[str, list[pl.DataFrame]] = {name: [] for name in tables}
    for copy in range(copies):
        east, north = copy % 5 * 0.2, copy // 5 * 0.2
        suffix = f"-{copy}"
        for name, frame in tables.items():
            renamed = [
                pl.col(column) + suffix
                for column in ("cell", "place", "street", "address_code", "estate_code")
                if column in frame.columns
            ]
            shifted = [pl.col(column) + east for column in ("lon", "lon_w", "lon_e") if column in frame.columns]
            shifted += [pl.col(column) + north for column in ("lat", "lat_s", "lat_n") if column in frame.columns]
            if "x_m" in frame.columns:
                shifted += [pl.col("x_m") + copy % 5 * 19_000.0, pl.col("y_m") + copy // 5 * 22_000.0]
            moved[name].append(frame.with_columns(*renamed, *shifted))
    whole = {name: pl.concat(frames) for name, frames in moved.items()}
    return CraftedSnapshot(risk_tables() | whole | {"marts.estate_pressure": estates(whole["marts.risk_building"])})


def test_a_city_of_two_hundred_thousand_stays_below_two_megabytes() -> None:
    city = city_of(25)
    assert city.tables["marts.risk_cell"].height > 18_000
    assert city.tables["marts.risk_building"].height > 5_000
    for page in OURS:
        assert len(drawn(city, page).encode()) < MAX_BYTES, page.name


def test_a_model_that_failed_the_gate_is_told_with_its_reason(pages: dict[str, str]) -> None:
    text = pages["backtest"]
    assert "20.0 % fewer hits" in text
    assert "its review is overdue" in text
    assert "历史不足，无法测试" in text
    rows = backtests().filter((pl.col("origin") == "all") & (pl.col("area_share") == 0.05))
    assert rows.height == len(CLASSES) * 4
    for row in rows.filter(pl.col("hit_rate").is_not_null()).to_dicts():
        assert f"{row['hit_rate'] * 100:.1f}%" in text
    for row in model_register().to_dicts():
        assert row["code_hash"] in text
    assert f"{evaluations()['value'][0]:.3f}" in text


def test_a_hit_rate_of_a_handful_of_incidents_is_told_to_mean_nothing(pages: dict[str, str]) -> None:
    tables = risk_tables()
    tested = pl.col("events").is_not_null()
    scarce = tables["marts.backtest"].with_columns(pl.when(tested).then(0.4).alias("events"))
    text = drawn(CraftedSnapshot(tables | {"marts.backtest": scarce}), BACKTEST)
    assert '<td class="n">0.4</td>' in text
    assert text.count("Under 5 incidents a test") == len(CLASSES) - 1
    assert text.count("Never tested: the history is too short.") == 1  # fire
    assert "Under 5 incidents a test" not in pages["backtest"]


def test_sources_that_are_unknown_are_named_in_both_languages() -> None:
    tables = risk_tables()
    named = tables["marts.stale_area"].with_columns(title_en=pl.lit("Work orders"))
    for page in (MAP, PLACES):
        assert "Work orders" in drawn(CraftedSnapshot(tables | {"marts.stale_area": named}), page)


def test_sources_that_are_known_are_not_told_as_unknown(heat_map: str) -> None:
    section = heat_map[heat_map.index('id="unknown-places"') :].partition("</section>")[0]
    assert section.count("<tr>") - 1 == stale_areas().filter(pl.col("state") != "known").height
