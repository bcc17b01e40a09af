"""What holds for every page: both languages, nothing from outside, tables and lights that can be read aloud, a size."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence

import polars as pl
import pytest
from crafted_kpi import indicator_tables
from crafted_marts import CraftedSnapshot, crafted_facts, crafted_snapshot
from page_tree import HAN, NAMES, Node, Tree, untranslated

from pipelines.pages.freshness.page import FRESHNESS
from pipelines.pages.indicators.page import INDICATORS
from pipelines.pages.indicators.sheet import indicator_pages
from pipelines.pages.marts import Marts
from pipelines.pages.overview.page import OVERVIEW
from pipelines.pages.page import Page
from pipelines.pages.rendering import render_page

MAX_BYTES = 2 * 2**20
NAVIGATION = (OVERVIEW, INDICATORS, FRESHNESS)
SHEETS = ("indicator_mediation_success", "indicator_incidents_per_10000_residents", "indicator_social_organisations")
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}&'
CODE = {"SQL"}


def whole(**size: int) -> CraftedSnapshot:
    return CraftedSnapshot({**crafted_snapshot().tables, **indicator_tables(**size)})


def drawn(snapshot: CraftedSnapshot, sheets: Sequence[str] = SHEETS) -> dict[str, str]:
    marts = Marts(snapshot.scan, crafted_facts(snapshot))
    members = [page for page in indicator_pages(marts) if page.name in sheets]
    return {page.name: render_page(page, marts, NAVIGATION) for page in (*NAVIGATION, *members)}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return drawn(whole())


@pytest.fixture(scope="module", params=[*(page.name for page in NAVIGATION), *SHEETS])
def page(request: pytest.FixtureRequest, pages: dict[str, str]) -> str:
    return pages[request.param]


@pytest.fixture(scope="module")
def nodes(page: str) -> list[Node]:
    return Tree(page).open[0].walk()


def test_every_visible_word_is_there_in_both_languages(nodes: list[Node]) -> None:
    (body,) = (node for node in nodes if node.tag == "body")
    for node in body.walk():
        node.children = [child for child in node.children if isinstance(child, str) or child.tag not in ("pre", "code")]
    assert set(untranslated(body, [])) <= NAMES | CODE | {"中文"}


def test_languages_stand_in_pairs_each_in_its_own(nodes: list[Node]) -> None:
    spans = [node for node in nodes if {"zh", "en"} & set(node.classes())]
    assert len(spans) > 100
    for chinese, english in zip(spans[::2], spans[1::2], strict=True):
        assert (chinese.classes(), english.classes()) == (["zh"], ["en"])
        assert chinese.text().strip(), english.text()
        assert english.text().strip(), chinese.text()
        assert not HAN.search(re.sub(r"\([^)]*\)", "", english.text())), english.text()


def test_nothing_is_asked_from_outside(page: str) -> None:
    assert not re.findall(r"(?:https?:)?//[a-z0-9]", page, re.IGNORECASE)
    assert not re.findall(r"(?:src|url\(|@import)", re.sub(r"-src|img-src", "", page))
    assert "default-src 'none'" in page


def test_tables_have_captions_and_headers_of_rows_and_columns(nodes: list[Node]) -> None:
    tables = [node for node in nodes if node.tag == "table"]
    assert tables
    for table in tables:
        first = next(child for child in table.children if isinstance(child, Node))
        assert first.tag == "caption"
        assert first.text().strip()
        scopes = {node.attributes.get("scope") for node in table.walk() if node.tag == "th"}
        assert scopes - {"colgroup"} == {"col", "row"}


def test_every_reference_has_its_target_and_no_id_stands_twice(nodes: list[Node]) -> None:
    ids = [node.attributes["id"] for node in nodes if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    keys = ("aria-labelledby", "aria-controls", "data-copy")
    named = {value for node in nodes for key in keys if (value := node.attributes.get(key))}
    named |= {(node.attributes.get("href") or "#")[1:] for node in nodes if node.tag == "use"}
    assert named <= set(ids)


def test_every_light_has_its_word(nodes: list[Node]) -> None:
    lit = [node for node in nodes if "lit" in node.classes()]
    assert all(any(word in node.text() for word in ("红灯", "黄灯", "绿灯", "灰灯")) for node in lit)
    named = [node for node in nodes if node.tag == "svg" and node.attributes.get("role") == "img"]
    assert all(node.attributes.get("aria-labelledby") for node in named)


def test_headings_go_down_one_step_at_a_time(nodes: list[Node]) -> None:
    levels = [int(node.tag[1]) for node in nodes if node.tag in ("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_links_lead_to_pages_that_are_there(pages: dict[str, str]) -> None:
    known = {f"{name}.html" for name in pages} | {page.file for page in _all_sheets()}
    for html in pages.values():
        links = {node.attributes.get("href") for node in Tree(html).open[0].walk() if node.tag == "a"}
        assert {link for link in links if link and not link.startswith("#")} <= known


def _all_sheets() -> tuple[Page, ...]:
    snapshot = whole(streets=1, communities=1, months=2)
    return tuple(indicator_pages(Marts(snapshot.scan, crafted_facts(snapshot))))


def test_equal_marts_give_equal_bytes_whatever_their_order(pages: dict[str, str]) -> None:
    draw = random.Random(1)
    shuffled = {
        name: frame.sample(fraction=1, shuffle=True, seed=draw.randint(0, 999))
        for name, frame in whole().tables.items()
    }
    assert drawn(CraftedSnapshot(shuffled)) == pages


def a_hundred_communities(kpi: pl.DataFrame) -> pl.DataFrame:
    """Ten streets of ten communities each, like the one street and community of `kpi`."""
    streets = pl.DataFrame({"number": range(10)})
    many = pl.format("第{}", pl.col("number"))
    named = kpi.filter(pl.col("area_level") != "district").join(streets, how="cross")
    named = named.with_columns(street=many + pl.col("street"), community=many + pl.col("community"))
    one_each, communities = (
        named.filter(pl.col("area_level") == "street"),
        named.filter(pl.col("area_level") != "street"),
    )
    copies = communities.drop("number").join(streets, how="cross").with_columns(community=many + pl.col("community"))
    district = kpi.filter(pl.col("area_level") == "district")
    return pl.concat([district, one_each.drop("number"), copies.drop("number")])


def test_a_district_of_a_hundred_communities_stays_below_two_megabytes() -> None:
    tables = dict(whole(streets=1, communities=1, months=24).tables)
    kpi = a_hundred_communities(tables["marts.kpi_monthly"])
    assert kpi.filter(pl.col("area_level") == "community").select("street", "community").n_unique() == 100
    drawn_pages = drawn(CraftedSnapshot({**tables, "marts.kpi_monthly": kpi}), SHEETS[:1])
    assert drawn_pages["index"].count("of-community") >= 100
    for name, html in drawn_pages.items():
        assert len(html.encode()) < MAX_BYTES, name


def test_several_districts_are_drawn_side_by_side() -> None:
    tables = dict(whole(streets=1, communities=2, months=6).tables)
    kpi = tables["marts.kpi_monthly"]
    of_district = pl.col("area_level") == "district"
    area = pl.when(of_district).then(pl.lit("临江区")).otherwise(pl.col("area"))
    tables["marts.kpi_monthly"] = pl.concat([kpi, kpi.with_columns(area=area, district=pl.lit("临江区"))])
    told = drawn(CraftedSnapshot(tables))
    assert told["index"].count('class="of-districts"') > 20
    assert told["index"].count('name="district"') == 3
    assert "各区" in told["indicator_mediation_success"]
    for html in told.values():
        nodes = Tree(html).open[0].walk()
        ids = [node.attributes["id"] for node in nodes if "id" in node.attributes]
        assert len(ids) == len(set(ids))
        assert {node.attributes.get("aria-labelledby") for node in nodes} - {None} <= set(ids)


def test_without_any_table_every_page_says_what_is_missing() -> None:
    told = drawn(CraftedSnapshot({}))
    assert set(told) == {page.name for page in NAVIGATION}
    assert "This snapshot has no marts.kpi_monthly" in told["index"]
    assert "This snapshot has no marts.indicator" in told["indicators"]
    assert "This snapshot has no ops.delivery" in told["freshness"]
    assert "This snapshot has no marts.stale_area" in told["freshness"]


def test_empty_tables_are_no_error() -> None:
    empty = {name: frame.clear() for name, frame in whole().tables.items()}
    told = drawn(CraftedSnapshot(empty))
    assert "Nothing has been recorded yet." in told["index"]
    assert "Nothing has been recorded yet." in told["freshness"]


def test_a_course_that_is_withheld_is_not_told_to_be_unrecorded() -> None:
    tables = dict(whole(streets=1, communities=1, months=3).tables)
    hidden = [
        pl.lit(None, pl.Float64).alias(name)
        for name in ("value", "value_low", "value_high", "numerator", "denominator")
    ]
    tables["marts.kpi_monthly"] = tables["marts.kpi_monthly"].with_columns(
        *hidden, light=pl.lit("grey"), light_reason=pl.lit("suppressed"), suppressed=pl.lit(value=True)
    )
    course = drawn(CraftedSnapshot(tables))["indicator_mediation_success"].partition('id="trend-1"')[2]
    course = course.partition("</section>")[0]
    assert course.count("withheld: too few persons") == 2
    assert "Nothing has been recorded yet." not in course


def test_a_snapshot_of_an_earlier_version_is_drawn_without_what_it_lacks() -> None:
    tables = whole().tables
    older = {
        **{name: tables[name] for name in ("ops.delivery", "marts.data_quality")},
        "marts.kpi_monthly": tables["marts.kpi_monthly"].drop("query", "method_version"),
        "marts.indicator": tables["marts.indicator"].drop(
            "rows_sql", "numerator_sql", "denominator_sql", "method_zh", "method_version", "numerator_zh"
        ),
    }
    told = drawn(CraftedSnapshot(older))
    assert set(told) == {*(page.name for page in NAVIGATION), *SHEETS}
    assert "was made by an earlier version and has no query" in told["indicator_mediation_success"]
    assert "disputes mediated with success" in told["indicator_mediation_success"]


def test_values_without_a_registry_are_shown_by_their_own_names() -> None:
    tables = {name: frame for name, frame in whole().tables.items() if name != "marts.indicator"}
    told = drawn(CraftedSnapshot(tables))
    assert "调解成功率" in told["index"]
    assert set(SHEETS) <= set(told)


def test_markup_in_names_stays_text() -> None:
    tables = dict(whole().tables)
    tables["marts.kpi_monthly"] = tables["marts.kpi_monthly"].with_columns(
        area=pl.lit(HOSTILE), light_reason=pl.lit(HOSTILE), query=pl.lit(HOSTILE)
    )
    tables["marts.indicator"] = tables["marts.indicator"].with_columns(
        name_zh=pl.lit(HOSTILE), name_en=pl.lit(HOSTILE), method=pl.lit(HOSTILE), rows_sql=pl.lit(HOSTILE)
    )
    tables["marts.stale_area"] = tables["marts.stale_area"].with_columns(
        community=pl.lit(HOSTILE), reason_zh=pl.lit(HOSTILE)
    )
    for html in drawn(CraftedSnapshot(tables)).values():
        assert HOSTILE not in html
        parsed = Tree(html).open[0].walk()
        assert not [node for node in parsed if node.tag == "img" or "onerror" in node.attributes]
        assert sum(node.tag == "script" for node in parsed) == 1


def test_pages_read_open_marts_and_the_log_of_deliveries_alone() -> None:
    snapshot = whole()
    drawn(snapshot)
    assert {table for table in snapshot.asked if not table.startswith("marts.")} == {"ops.delivery"}
