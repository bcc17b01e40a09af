"""The pages on places as people meet them: classes, streets and layers switched, read by pointer, keys and on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from crafted_risk import risk_tables
from tabs import Tab

from pipelines.pages.map.bands import scale_of
from pipelines.pages.map.ground import ground_of

FORECASTS = risk_tables()["marts.risk_place_forecast"]

COLOURED = """[...document.querySelectorAll('defs .heat path')].flatMap(path => {
  const band = Number(path.getAttribute('class').replace('band-', ''));
  const found = [];
  let x = 0, y = 0;
  for (const [, kind, dx, dy, length] of path.getAttribute('d').matchAll(/([mM])(-?\\d+) ?(-?\\d+)h(\\d+)/g)) {
    x = (kind === 'm' ? x : 0) + Number(dx); y = (kind === 'm' ? y : 0) + Number(dy);
    for (let step = 0; step < Number(length); step++) found.push([x + step, y, band]);
    x += Number(length);
  }
  return found;
})"""
LISTED = """[...document.querySelectorAll('.cells li[id]')].map(row =>
  [row.id, row.querySelector('.expected b').textContent, row.querySelector('.why .zh').textContent])"""
MARKED = "[...document.querySelectorAll('.mark')].map(mark => mark.id.replace('mark', 'row')).sort()"


@pytest.fixture
def heat_map(site_folder: Path) -> str:
    return (site_folder / "map.html").as_uri()


def coloured(kind: str) -> list[list[int]]:
    """The cells of the mart that have a colour, with their bands."""
    ground = ground_of(risk_tables()["marts.risk_cell"])
    assert ground is not None
    known = FORECASTS.filter((pl.col("incident_class") == kind) & (pl.col("state") == "known"))
    scale = scale_of(known["expected"].to_list())
    rows = known.join(ground.cells.select("cell", "col", "row"), left_on="place", right_on="cell")
    return sorted([list(row) for row in rows.select("col", "row", scale.band(pl.col("expected")).alias("band")).rows()])


def listed(kind: str) -> list[tuple[str, str]]:
    rows = FORECASTS.filter((pl.col("incident_class") == kind) & pl.col("list_rank").is_not_null())
    streets = sorted(FORECASTS["street"].unique().to_list())
    return sorted(
        (f"row-{streets.index(row['street'])}-{row['list_rank']}", row["reasons_zh"]) for row in rows.to_dicts()
    )


def test_another_class_is_drawn_with_the_values_of_the_mart(tab: Tab, heat_map: str) -> None:
    tab.go(heat_map)
    assert sorted(tab.ask(COLOURED)) == coloured("all")
    tab.page.locator("label.chip", has_text="盗窃抢劫").click()
    assert "class=theft" in tab.ask("location.hash")
    assert sorted(tab.ask(COLOURED)) == coloured("theft")
    assert sorted((row, why) for row, _, why in tab.ask(LISTED)) == listed("theft")
    assert tab.ask(MARKED) == sorted(row for row, _ in listed("theft"))
    assert tab.visible(".scale[data-scale=theft]") == 1
    assert tab.visible(".scale[data-scale=all]") == 0
    tab.page.locator("label.chip", has_text="全部警情").click()
    assert sorted(tab.ask(COLOURED)) == coloured("all")
    assert sorted((row, why) for row, _, why in tab.ask(LISTED)) == listed("all")
    assert tab.complaints == []


def test_a_class_of_another_page_is_kept_in_the_address_and_an_unknown_one_is_not_drawn(
    tab: Tab, heat_map: str
) -> None:
    tab.go(f"{heat_map}#class=fire")
    assert tab.ask("document.querySelector('input[name=class]:checked').value") == "fire"
    assert sorted(tab.ask(COLOURED)) == coloured("fire")
    tab.go(f"{heat_map}#class=witchcraft&street=99")
    assert tab.ask("document.querySelector('input[name=class]:checked').value") == "all"
    assert tab.visible("section.street") == 2
    assert tab.complaints == []


def test_a_street_is_chosen_and_the_overview_goes_there(tab: Tab, heat_map: str) -> None:
    tab.go(heat_map)
    whole = tab.ask("document.querySelector('.whole').getAttribute('viewBox')")
    tab.page.select_option("select[name=street]", "1")
    assert tab.visible("section.street") == tab.visible("#street-1") == 1
    near = tab.ask("document.querySelector('.whole').getAttribute('viewBox')")
    assert near != whole
    tab.page.select_option("select[name=street]", "")
    assert tab.visible("section.street") == 2
    assert tab.ask("document.querySelector('.whole').getAttribute('viewBox')") == whole


def fill(tab: Tab, selector: str) -> Any:
    return tab.ask(f"getComputedStyle(document.querySelector({selector!r})).fill")


def test_layers_change_without_a_script(still_tab: Tab, tab: Tab, heat_map: str) -> None:
    still_tab.page.goto(heat_map)
    assert still_tab.page.locator(".for-cells").is_visible()
    still_tab.page.locator("label", has_text="楼栋风险等级").click()
    assert still_tab.page.locator(".for-buildings").is_visible()
    assert not still_tab.page.locator(".for-cells").is_visible()
    tab.go(heat_map)
    before = fill(tab, ".buildings .t1"), fill(tab, ".e4")
    tab.page.locator("label", has_text="楼栋风险等级").click()
    assert fill(tab, ".buildings .t1") != before[0]
    tab.page.locator("label", has_text="小区压力").click()
    assert fill(tab, ".e4") != before[1]
    assert "layer=estates" in tab.ask("location.hash")


def test_without_a_script_the_map_shows_all_incidents(still_tab: Tab, heat_map: str) -> None:
    still_tab.page.goto(heat_map)
    assert still_tab.page.locator("use").count() > 8
    assert still_tab.page.locator(".mark").count() == len(listed("all"))
    assert still_tab.page.locator(".cells li[id] >> visible=true").count() == len(listed("all"))
    assert still_tab.page.locator(".filters, .readout").locator("visible=true").count() == 0


def test_the_pointer_reads_the_cell_under_it(tab: Tab, heat_map: str) -> None:
    tab.go(heat_map)
    mark = tab.page.locator("#mark-0-1 rect")
    mark.scroll_into_view_if_needed()
    mark.hover()
    first = (
        FORECASTS.filter((pl.col("incident_class") == "all") & (pl.col("list_rank") == 1))
        .sort("street")
        .row(0, named=True)
    )
    told = tab.text("#street-0 [data-readout]")
    assert first["community"] in told
    assert f"过去 {first['past_count']} 起" in told
    assert f"{first['expected']:.2f}" in told
    assert tab.visible("#row-0-1.pointed") == 1


def test_the_list_leads_to_the_cell_by_keyboard(tab: Tab, heat_map: str) -> None:
    tab.go(heat_map)
    tab.tab_to("#row-0-2 a", limit=80)
    tab.press("Enter")
    assert tab.ask("document.activeElement.id") == "mark-0-2"
    tab.press("Enter")
    assert tab.ask("document.activeElement.id") == "row-0-2"


def test_names_on_the_map_are_large_enough_and_stay_in_their_window(tab: Tab, heat_map: str) -> None:
    tab.go(heat_map)
    sizes = tab.ask("[...document.querySelectorAll('.window text')].map(text => text.getBoundingClientRect().height)")
    assert len(sizes) > 20
    assert min(sizes) >= 11
    spilt = tab.ask(
        """[...document.querySelectorAll('.window .names text')].filter(text => {
          const box = text.getBoundingClientRect(), frame = text.closest('.window').getBoundingClientRect();
          return box.left < frame.left - 1 || box.right > frame.right + 1;
        }).map(text => text.textContent)"""
    )
    assert spilt == []


def test_a_street_is_a_sheet_of_paper(tab: Tab, site_folder: Path, tmp_path: Path) -> None:
    tab.go((site_folder / "places.html").as_uri())
    sheets = tab.visible("section.sheet")
    assert sheets >= 2
    boxes = re.findall(rb"/MediaBox \[([^\]]+)\]", tab.paper(tmp_path))
    assert len(boxes) == sheets
    assert {tuple(round(float(part)) for part in box.split()) for box in boxes} == {(0, 0, 595, 842)}


def test_tests_of_one_class_are_shown_alone(tab: Tab, site_folder: Path) -> None:
    tab.go((site_folder / "backtest.html").as_uri())
    assert tab.visible("article.kind") == 7
    tab.page.locator("label.chip", has_text="火灾").click()
    assert tab.visible("article.kind") == 1
    assert "没有测试过" in tab.text("article.kind:not(.filtered)")
    tab.page.locator("label.chip", has_text="全部警情").click()
    assert tab.visible("article.kind circle.dot.shown") > 10
