"""Every page as people meet it: from a file, without a network, in both languages, by keyboard, on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tabs import OUTSIDE, PHONE, Tab

from pipelines.pages.registry import PAGES

MAX_BYTES = 2 * 2**20
PAPER = 703
"""A4 between its margins, in CSS pixels."""
SHEETS = ("indicator_mediation_success", "indicator_incidents_per_10000_residents", "indicator_social_organisations")
"""Of the pages of indicators: one with all there is, one without a target, one that is told for streets alone."""
NAMES = (*(page.name for page in PAGES), *SHEETS)

FOCUS = """(() => {
  const at = document.activeElement;
  const shown = at.matches('.chip input') ? at.nextElementSibling : at;
  const style = getComputedStyle(shown);
  const place = [...document.querySelectorAll('*')].indexOf(at);
  return [place, at.outerHTML.slice(0, 90), style.outlineStyle, parseFloat(style.outlineWidth)];
})()"""
REACHED = """(() => {
  const wanted = [...document.querySelectorAll('a[href], button, summary, [tabindex="0"], input')];
  const groups = new Set();
  return wanted.filter(e => e.checkVisibility()).filter(e => {
    if (e.type !== 'radio') return true;
    if (groups.has(e.name)) return false;
    return groups.add(e.name);
  }).length;
})()"""

WIDER = """[...document.querySelectorAll('.scroller')].filter(e => e.scrollWidth > e.clientWidth + 1)
  .map(e => `${e.getAttribute('aria-labelledby')} ${e.scrollWidth}`)"""


@pytest.fixture
def overview(site_folder: Path) -> str:
    return (site_folder / "index.html").as_uri()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_loads_in_both_languages_without_a_request_or_a_complaint(
    tab: Tab, site_folder: Path, name: str
) -> None:
    path = site_folder / f"{name}.html"
    assert path.stat().st_size < MAX_BYTES
    for language, other in (("zh", "en"), ("en", "zh")):
        tab.go(f"{path.as_uri()}#lang={language}")
        assert tab.visible(f".{language}") > 10
        assert tab.visible(f".{other}") == 0
        assert tab.text("h1")
        tab.width(PHONE)
        assert tab.ask("document.documentElement.scrollWidth") <= PHONE, "a phone scrolls sideways"
        tab.width(1280)
    assert tab.outside() == []
    assert tab.requests == [path.as_uri()]
    assert tab.complaints == []


def test_a_request_to_the_outside_would_be_seen(tab: Tab, leaking: str) -> None:
    tab.go(leaking)
    assert tab.outside() == [OUTSIDE]
    assert tab.complaints != []


def test_the_policy_of_a_page_would_stop_a_request(tab: Tab, overview: str) -> None:
    tab.go(overview)
    tab.ask(f"fetch({OUTSIDE!r}).catch(() => 0)")
    assert any("Content Security Policy" in complaint for complaint in tab.complaints)
    assert tab.outside() == []


def test_the_language_is_remembered_from_page_to_page(tab: Tab, site_folder: Path, overview: str) -> None:
    tab.go(overview)
    tab.tab_to("[data-choose-language=en]")
    tab.press("Enter")
    assert tab.ask("document.documentElement.lang") == "en"
    tab.go((site_folder / "freshness.html").as_uri())
    assert tab.visible(".zh") == 0
    assert tab.ask("document.querySelector('nav a').hash") == "#lang=en"
    tab.tab_to("[data-choose-language=zh]")
    tab.press(" ")
    tab.go(overview)
    assert tab.visible(".en") == 0


def test_a_browser_that_remembers_nothing_keeps_the_language_in_the_address(tab: Tab, overview: str) -> None:
    tab.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused'); } });"
    )
    tab.go(overview)
    tab.page.click("[data-choose-language=en]")
    assert tab.visible(".zh") == 0
    tab.page.click("nav a:has-text('Freshness')")
    tab.page.wait_for_url("**/freshness.html#lang=en")
    assert tab.visible(".zh") == 0
    assert tab.complaints == []


def test_tiles_are_filtered_by_theme_and_light_with_the_arrow_keys(tab: Tab, overview: str) -> None:
    tab.go(overview)
    everything = tab.visible(".tile")
    tab.tab_to("input[name=theme]", limit=200)
    tab.press("ArrowRight")
    theme = tab.ask("document.querySelector('input[name=theme]:checked').value")
    assert 0 < tab.visible(".tile") == tab.visible(f"[data-theme={theme}] .tile") < everything
    assert f"theme={theme}" in tab.ask("location.hash")
    columns = tab.visible(".all-lights .upright")
    assert tab.visible(".all-lights tbody tr:first-child td") == columns == tab.visible(f".upright[data-theme={theme}]")
    tab.go(f"{overview}#light=red")
    assert 0 < tab.visible(".tile") == tab.visible(".tile[data-light=red]") < everything
    assert tab.visible(".theme") <= tab.visible(".tile")
    tab.go(f"{overview}#light=red&theme=readiness&level=street")
    assert tab.visible(".tile") == 0
    assert tab.visible("[data-none-of='.tile']") == 1, "an empty result says that it is empty"


def test_areas_are_filtered_by_their_level(tab: Tab, overview: str) -> None:
    tab.go(f"{overview}#level=community")
    assert tab.visible(".all-lights .of-community") == 8
    assert tab.visible(".all-lights .of-street, .all-lights .of-district") == 0
    assert tab.visible("#areas tbody tr[data-level=street]") == 0


@pytest.mark.parametrize("name", ["index", "indicator_mediation_success"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(tab: Tab, site_folder: Path, name: str) -> None:
    tab.go((site_folder / f"{name}.html").as_uri())
    tab.press("Tab")
    assert tab.ask("document.activeElement.className") == "skip"
    stops = tab.ask(REACHED)
    seen = set()
    for _ in range(stops):
        place, what, line, width = tab.ask(FOCUS)
        assert (line, width >= 2) == ("solid", True), what
        seen.add(place)
        tab.press("Tab")
    assert len(seen) == stops


def test_the_skip_link_leads_to_the_content(tab: Tab, overview: str) -> None:
    tab.go(overview)
    tab.press("Tab")
    tab.press("Enter")
    assert tab.ask("document.activeElement.id") == "content"


def test_a_query_is_copied_and_the_button_says_so(tab: Tab, site_folder: Path) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.go((site_folder / "indicator_mediation_success.html").as_uri())
    tab.page.click(".copy")
    assert tab.visible(".copy .after") == 2 - 1
    assert tab.ask("navigator.clipboard.readText()").startswith("select *, result")


def test_without_scripts_everything_is_shown_in_chinese(still_tab: Tab, site_folder: Path) -> None:
    for name in ("index", "freshness", "indicators", "indicator_mediation_success"):
        still_tab.page.goto((site_folder / f"{name}.html").as_uri())
        assert still_tab.page.locator("h1 .zh, h1 .name").first.is_visible()
        assert still_tab.page.locator(".en >> visible=true").count() == 0
        assert still_tab.page.locator(".filters, .languages, .copy").locator("visible=true").count() == 0


@pytest.mark.parametrize("name", ["index", "indicators", "indicator_mediation_success", "freshness"])
def test_paper_shows_all(tab: Tab, site_folder: Path, name: str) -> None:
    tab.go((site_folder / f"{name}.html").as_uri())
    rows = tab.visible("tr, .tile, section")
    folded = tab.ask("document.querySelectorAll('details').length")
    tab.width(PAPER)
    tab.page.emulate_media(media="print")
    assert tab.visible("tr, .tile, section") == rows
    assert tab.visible("details > :not(summary)") >= folded
    assert tab.visible(".filters, .languages, nav") == 0
    assert tab.ask(WIDER) == []


def test_paper_is_a4(tab: Tab, site_folder: Path, tmp_path: Path) -> None:
    tab.go((site_folder / "indicator_mediation_success.html").as_uri())
    boxes = re.findall(rb"/MediaBox \[([^\]]+)\]", tab.paper(tmp_path))
    assert {tuple(round(float(part)) for part in box.split()) for box in boxes} == {(0, 0, 595, 842)}


def test_paper_keeps_and_names_the_filter_that_was_chosen(tab: Tab, overview: str) -> None:
    tab.go(f"{overview}#light=red")
    tab.page.emulate_media(media="print")
    assert 0 < tab.visible(".tile") == tab.visible(".tile[data-light=red]")
    assert tab.visible(".filters .chip") == 1
    assert "红灯" in tab.text(".filters")
