"""The page as a file: both languages, nothing unescaped, nothing from outside, and what it says of what is missing."""

from __future__ import annotations

import itertools
import random
import re
from pathlib import Path

import polars as pl
import pytest
from crafted_marts import (
    CraftedSnapshot,
    crafted_facts,
    crafted_snapshot,
    data_quality,
    quality_checks,
    return_summary,
    update_lag,
)
from jinja2 import UndefinedError
from page_tree import HAN, NAMES, Node, Tree, untranslated

from pipelines.errors import LakeError
from pipelines.home import Home
from pipelines.pages.facts import page_facts
from pipelines.pages.marts import Marts, Missing, PageError
from pipelines.pages.page import Page
from pipelines.pages.registry import PAGES
from pipelines.pages.rendering import render_page
from pipelines.pages.scorecard.page import SCORECARD, write_scorecard
from pipelines.pages.site import write_site
from pipelines.pages.templating import environment
from pipelines.pages.text import Text

MAX_BYTES = 2 * 2**20


def drawn(snapshot: CraftedSnapshot) -> str:
    return render_page(SCORECARD, Marts(snapshot.scan, crafted_facts(snapshot)), (SCORECARD,))


@pytest.fixture(scope="module")
def page() -> str:
    return drawn(crafted_snapshot())


@pytest.fixture(scope="module")
def nodes(page: str) -> list[Node]:
    return Tree(page).open[0].walk()


def test_every_visible_word_is_there_in_both_languages(page: str) -> None:
    (body,) = (node for node in Tree(page).open[0].walk() if node.tag == "body")
    assert set(untranslated(body, [])) <= NAMES | {"中文"}


def test_languages_stand_in_pairs_each_in_its_own(nodes: list[Node]) -> None:
    spans = [node for node in nodes if {"zh", "en"} & set(node.classes())]
    assert len(spans) > 500
    for chinese, english in zip(spans[::2], spans[1::2], strict=True):
        assert chinese.classes() == ["zh"]
        assert english.classes() == ["en"]
        assert (chinese.attributes["lang"], english.attributes["lang"]) == ("zh-Hans", "en")
        assert HAN.search(chinese.text()), chinese.text()
        assert english.text().strip(), chinese.text()
        assert not HAN.search(english.text()), english.text()


def test_the_language_test_can_fail(page: str) -> None:
    assert untranslated(Tree("<p>只有中文</p>").open[0], []) == ["只有中文"]
    assert untranslated(Tree("<p>only English</p>").open[0], []) == ["only English"]


def test_nothing_is_asked_from_outside(page: str) -> None:
    assert not re.findall(r"(?:https?:)?//[a-z0-9]", page.replace("http://www.w3.org/2000/svg", ""), re.IGNORECASE)
    assert not re.findall(r"(?:src|url\(|@import)", re.sub(r"-src|img-src", "", page))
    assert "default-src 'none'" in page


def test_the_page_is_small(page: str) -> None:
    assert len(page.encode()) < MAX_BYTES


def test_the_page_stays_small_when_every_one_of_a_thousand_rules_is_broken() -> None:
    checks = quality_checks().filter(pl.col("elements").is_not_null() & pl.col("feed").is_not_null())
    many = pl.concat(
        [checks.with_columns(check=pl.col("check") + f"_{copy}", unexpected=pl.lit(7 + copy)) for copy in range(12)]
    )
    metrics = pl.concat([data_quality().with_columns(metric=pl.col("metric") + f"_{copy}") for copy in range(4)])
    assert many.select("table", "check").n_unique() > 1_000
    page = drawn(crafted_snapshot(marts__quality_check=many, marts__data_quality=metrics))
    assert len(page.encode()) < MAX_BYTES


def test_tables_tell_screen_readers_what_their_headers_are_for(nodes: list[Node]) -> None:
    headers = [node for node in nodes if node.tag == "th"]
    assert headers
    assert {header.attributes.get("scope") for header in headers} == {"col", "row"}


def test_every_reference_has_its_target_and_no_id_stands_twice(nodes: list[Node]) -> None:
    ids = [node.attributes["id"] for node in nodes if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    named = {
        value for node in nodes for key in ("aria-labelledby", "aria-controls") if (value := node.attributes.get(key))
    }
    named |= {(node.attributes.get("href") or "#")[1:] for node in nodes if node.tag == "use"}
    assert named <= set(ids)


def test_every_light_has_its_word_beside_it(nodes: list[Node]) -> None:
    lit = [node for node in nodes if "lit" in node.classes()]
    assert lit
    for node in lit:
        assert any(word in node.text() for word in ("红灯", "黄灯", "绿灯", "灰灯")), node.text()


def test_headings_go_down_one_step_at_a_time(nodes: list[Node]) -> None:
    levels = [int(node.tag[1]) for node in nodes if node.tag in ("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_a_focus_is_visible_and_the_window_can_be_narrow_or_paper(page: str) -> None:
    assert re.search(r":focus-visible \{[^}]*outline: 3px solid", page)
    assert "@media print" in page
    assert "size: A4" in page


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}&'


def test_markup_in_names_stays_text() -> None:
    quality = data_quality().with_columns(
        metric_zh=pl.lit(HOSTILE), metric_en=pl.lit(HOSTILE), light_reason=pl.lit(HOSTILE)
    )
    checks = quality_checks().with_columns(
        rule_zh=pl.lit(HOSTILE), rule_en=pl.lit(HOSTILE), severity=pl.lit(HOSTILE), department=pl.lit(HOSTILE)
    )
    hostile = crafted_snapshot(
        marts__data_quality=quality,
        marts__quality_check=checks,
        marts__update_lag=update_lag().with_columns(estate=pl.lit(HOSTILE)),
        marts__return_summary=return_summary().with_columns(problem_zh=pl.lit(HOSTILE), department=pl.lit(HOSTILE)),
    )
    page = drawn(hostile)
    assert HOSTILE not in page
    assert "<script>alert" not in page
    assert "49" not in page.partition("alert(2)")[2][:40]
    parsed = Tree(page).open[0].walk()
    assert not [node for node in parsed if node.tag == "img" or "onerror" in node.attributes]
    assert sum(node.tag == "script" for node in parsed) == 1
    assert any(HOSTILE in node.text() for node in parsed if "zh" in node.classes() or "name" in node.classes())


def test_equal_marts_give_equal_bytes_whatever_their_order(page: str) -> None:
    draw = random.Random(1)
    shuffled = {
        name: frame.sample(fraction=1, shuffle=True, seed=draw.randint(0, 999))
        for name, frame in crafted_snapshot().tables.items()
    }
    assert drawn(CraftedSnapshot(shuffled)) == page


def test_without_marts_every_section_says_what_is_missing() -> None:
    page = drawn(CraftedSnapshot({}))
    tables = ("data_quality", "quality_check", "register_overlap", "update_lag", "return_summary")
    for table in (*(f"marts.{name}" for name in tables), "ops.delivery"):
        assert f"本快照中没有 {table}" in page
        assert f"This snapshot has no {table}" in page


def test_empty_marts_say_that_nothing_is_recorded_yet() -> None:
    empty = {name: frame.clear() for name, frame in crafted_snapshot().tables.items()}
    page = drawn(CraftedSnapshot(empty))
    assert page.count("Nothing has been recorded yet.") == 5
    assert "No red or yellow light." in page


def test_a_mart_of_an_earlier_version_is_named_with_its_columns() -> None:
    page = drawn(crafted_snapshot(marts__data_quality=data_quality().drop("month", "scope")))
    assert "marts.data_quality 由较早的版本生成，缺少这些列：month, scope" in page
    assert "规则逐周" in page


def test_a_page_reads_marts_and_the_log_of_deliveries_and_nothing_else() -> None:
    snapshot = crafted_snapshot()
    drawn(snapshot)
    assert {table for table in snapshot.asked if not table.startswith("marts.")} == {"ops.delivery"}
    marts = Marts(snapshot.scan, crafted_facts(snapshot))
    for table in ("raw.police_residents", "master.person", "internal.check_result", "marts.attention_household"):
        with pytest.raises(PageError, match="pages read open marts"):
            marts.read(table, {})


def test_restricted_row_contents_are_no_part_of_the_page() -> None:
    snapshot = crafted_snapshot()
    drawn(snapshot)
    assert "marts.return_list" not in snapshot.asked


def test_an_absent_table_is_an_answer_not_an_error() -> None:
    snapshot = CraftedSnapshot({})
    assert Marts(snapshot.scan, crafted_facts(snapshot)).read("marts.backtest", {}) == Missing("marts.backtest")


def test_a_name_that_a_view_does_not_give_is_an_error(tmp_path: Path) -> None:
    snapshot = crafted_snapshot()
    broken = Page("broken", Text("坏", "broken"), SCORECARD.template, lambda _: {})
    with pytest.raises(UndefinedError):
        render_page(broken, Marts(snapshot.scan, crafted_facts(snapshot)), (broken,))
    assert environment().autoescape is True


def test_pages_lead_to_each_other_by_relative_links() -> None:
    snapshot = crafted_snapshot()
    overview = Page("overview", Text("总览", "Overview"), "overview.html.j2", lambda _: {})
    page = render_page(SCORECARD, Marts(snapshot.scan, crafted_facts(snapshot)), (overview, SCORECARD))
    links = [node for node in Tree(page).open[0].walk() if node.tag == "a" and "data-page" in node.attributes]
    assert [link.attributes["href"] for link in links] == ["overview.html", "scorecard.html"]
    assert [link.attributes.get("aria-current") for link in links] == [None, "page"]


def test_the_site_has_every_page_of_the_registry_and_writes_it_whole(tmp_path: Path) -> None:
    snapshot = crafted_snapshot()
    folder = tmp_path / "published" / "site"
    written = write_site(snapshot.scan, folder, crafted_facts(snapshot))
    assert [path.name for path in written.pages] == [page.file for page in PAGES]
    again = write_site(snapshot.scan, folder, crafted_facts(snapshot))
    assert again == written
    assert sorted(path.name for path in folder.iterdir()) == sorted(page.file for page in PAGES)


def test_a_page_that_cannot_be_drawn_leaves_the_old_one(tmp_path: Path) -> None:
    snapshot = crafted_snapshot()
    path = write_scorecard(snapshot.scan, tmp_path, crafted_facts(snapshot))
    before = path.read_bytes()
    damaged = crafted_snapshot(marts__quality_check=quality_checks().with_columns(week=pl.lit("next week")))
    with pytest.raises(ValueError, match="unpack"):
        write_scorecard(damaged.scan, tmp_path, crafted_facts(damaged))
    assert path.read_bytes() == before


def test_the_command_says_what_to_do_without_a_snapshot(tmp_path: Path) -> None:
    from pipelines.cli.site import draw_site

    with pytest.raises(LakeError, match="streetlake load"):
        draw_site(Home(tmp_path / "home").ensure())


def test_facts_come_from_the_contracts() -> None:
    told = page_facts(crafted_snapshot(), {})
    assert told.departments == ()
    assert told.department_name("civil_affairs") == Text("civil_affairs", "Civil affairs")
    assert crafted_facts(crafted_snapshot()).register_title("police_residents") == Text(
        "公安实有人口", "Police: Residents"
    )
