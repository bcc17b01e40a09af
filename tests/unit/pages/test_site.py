"""The site as a whole: families of pages, and a page that cannot be drawn."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from crafted_kpi import indicator_tables
from crafted_marts import CraftedSnapshot, crafted_facts, crafted_snapshot, quality_checks
from page_tree import Tree

from pipelines.pages.marts import Marts
from pipelines.pages.overview.page import OVERVIEW
from pipelines.pages.page import Family, Page
from pipelines.pages.registry import FAMILIES, PAGES
from pipelines.pages.scorecard.page import SCORECARD
from pipelines.pages.site import Site, write_site
from pipelines.pages.text import Text

NAME = "王小明"


def site_snapshot() -> CraftedSnapshot:
    return CraftedSnapshot({**crafted_snapshot().tables, **indicator_tables(streets=1, communities=2, months=4)})


def fails(_: Marts) -> dict[str, object]:
    raise ValueError(f"cannot read {NAME}")


def reads_rows(marts: Marts) -> dict[str, object]:
    return {"rows": marts.read("marts.attention_household", {})}


def broken(view: object) -> Page:
    return Page("broken", Text("坏页", "Broken"), OVERVIEW.template, view)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Site:
    snapshot = site_snapshot()
    return write_site(snapshot.scan, tmp_path_factory.mktemp("site"), crafted_facts(snapshot))


def test_a_page_for_each_indicator_stands_beside_those_of_the_navigation(written: Site) -> None:
    assert written.failures == ()
    names = [path.name for path in written.pages]
    assert names[: len(PAGES)] == [page.file for page in PAGES]
    assert names[0] == "index.html"
    indicators = site_snapshot().tables["marts.indicator"]["indicator"].to_list()
    assert sorted(names[len(PAGES) :]) == sorted(f"indicator_{key}.html" for key in indicators)


def test_a_page_of_a_family_marks_its_place_in_the_navigation(written: Site) -> None:
    (path,) = (path for path in written.pages if path.name == "indicator_mediation_success.html")
    html = path.read_text(encoding="utf-8")
    links = [node for node in Tree(html).open[0].walk() if node.tag == "a" and "aria-current" in node.attributes]
    assert [(link.attributes["href"], link.attributes["aria-current"]) for link in links] == [
        ("indicators.html", "true")
    ]


@pytest.mark.parametrize("view", [fails, reads_rows, lambda _: {}], ids=["raises", "reads rows", "gives too little"])
def test_a_page_that_fails_is_told_and_the_others_are_drawn(tmp_path: Path, view: object) -> None:
    snapshot = site_snapshot()
    site = write_site(snapshot.scan, tmp_path, crafted_facts(snapshot), (broken(view), OVERVIEW), ())
    assert [path.name for path in site.pages] == ["broken.html", "index.html"]
    (failure,) = site.failures
    assert failure.page == "broken"
    html = (tmp_path / "broken.html").read_text(encoding="utf-8")
    assert "This page could not be drawn this time" in html
    assert failure.error in html
    assert "See to these first" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_what_is_told_of_a_failure_quotes_no_value(tmp_path: Path) -> None:
    snapshot = site_snapshot()
    site = write_site(snapshot.scan, tmp_path, crafted_facts(snapshot), (broken(fails),), ())
    assert NAME not in str(site.failures[0])
    assert NAME not in (tmp_path / "broken.html").read_text(encoding="utf-8")
    assert str(site.failures[0]).startswith("page broken was not drawn: ValueError at rendering.py:")


def test_a_damaged_mart_fails_its_own_page_alone(tmp_path: Path) -> None:
    damaged = quality_checks().with_columns(week=pl.lit("next week"))
    snapshot = CraftedSnapshot({**site_snapshot().tables, "marts.quality_check": damaged})
    site = write_site(snapshot.scan, tmp_path, crafted_facts(snapshot), (OVERVIEW, SCORECARD), ())
    assert [failure.page for failure in site.failures] == ["scorecard"]


def test_a_family_that_fails_is_told_by_its_name(tmp_path: Path) -> None:
    snapshot = site_snapshot()
    family = Family("of rows", lambda marts: [broken(reads_rows(marts))])
    site = write_site(snapshot.scan, tmp_path, crafted_facts(snapshot), (OVERVIEW,), (family,))
    assert [(failure.page, failure.error) for failure in site.failures] == [("of rows", "PageError")]
    assert len(site.pages) == 1


def test_a_full_disk_is_no_failure_of_a_page(tmp_path: Path) -> None:
    snapshot = site_snapshot()

    def full(_: Marts) -> dict[str, object]:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_site(snapshot.scan, tmp_path, crafted_facts(snapshot), (broken(full),), ())


def test_names_of_pages_are_unique() -> None:
    snapshot = site_snapshot()
    marts = Marts(snapshot.scan, crafted_facts(snapshot))
    names = [page.name for page in (*PAGES, *(page for family in FAMILIES for page in family.members(marts)))]
    assert len(names) == len(set(names))
    assert {page.within for family in FAMILIES for page in family.members(marts)} <= {page.name for page in PAGES}
