"""The scorecard as people meet it: in Chromium, from a file, without a network, by keyboard, narrow, and on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tabs import PHONE, Tab

MAX_SHEETS = 8


@pytest.fixture
def scorecard(site_folder: Path) -> str:
    return (site_folder / "scorecard.html").as_uri()


def test_it_loads_without_complaint_and_asks_for_nothing(tab: Tab, scorecard: str) -> None:
    tab.go(scorecard)
    assert tab.ask("document.querySelector('h1').innerText") == "数据质量记分卡"
    assert tab.complaints == []
    assert tab.requests == [scorecard]


def test_the_language_is_switched_by_keyboard_and_kept_in_the_address(tab: Tab, scorecard: str) -> None:
    tab.go(scorecard)
    tab.tab_to("[data-choose-language=en]")
    tab.press("Enter")
    assert tab.ask("document.querySelector('h1').innerText") == "Data quality scorecard"
    assert tab.ask("document.documentElement.lang") == "en"
    assert tab.ask("location.hash") == "#lang=en"
    assert tab.ask("document.querySelector('[data-choose-language=en]').getAttribute('aria-pressed')") == "true"
    assert tab.visible(".zh") == 0
    tab.go(f"{scorecard}#lang=en")
    assert tab.visible(".zh") == 0
    assert tab.visible(".en") > 300
    assert tab.ask("document.querySelector('nav a').hash") == "#lang=en"
    tab.tab_to("[data-choose-language=zh]")
    tab.press(" ")
    assert tab.visible(".en") == 0
    assert tab.ask("document.documentElement.lang") == "zh-Hans"


def test_departments_are_filtered_by_the_arrow_keys(tab: Tab, scorecard: str) -> None:
    tab.go(scorecard)
    everything = tab.visible("[data-department]")
    tab.tab_to("input[name=department]")
    tab.press("ArrowRight")
    chosen = tab.ask("document.querySelector('input[name=department]:checked').value")
    assert chosen == "civil_affairs"
    assert 0 < tab.visible(f"[data-department={chosen}]") == tab.visible("[data-department]") < everything
    assert "department=civil_affairs" in tab.ask("location.hash")
    tab.press("Enter")
    assert tab.ask("location.search") == "", "no form is sent"
    tab.go(f"{scorecard}#department=police&lang=en")
    assert tab.visible("[data-department]") == tab.visible("[data-department=police]") > 0


def test_only_problems_are_shown_by_the_space_bar(tab: Tab, scorecard: str) -> None:
    tab.go(scorecard)
    assert tab.visible(".quiet") > 0
    tab.tab_to("input[name=problems]")
    tab.press(" ")
    assert tab.visible(".quiet") == 0
    assert tab.ask("location.hash") == "#only=problems"
    tab.press(" ")
    assert tab.visible(".quiet") > 0


def test_a_cell_opens_its_metrics_and_escape_closes_them(tab: Tab, scorecard: str) -> None:
    tab.go(scorecard)
    assert tab.visible(".detail") == 0
    tab.tab_to("button.cell")
    tab.press("Enter")
    assert tab.visible(".detail") == 1
    assert tab.visible(".detail .list tbody tr") > 0
    assert tab.ask("document.activeElement.getAttribute('aria-expanded')") == "true"
    tab.press("Tab", times=2)
    tab.press("Escape")
    assert tab.visible(".detail") == 0
    assert tab.ask("document.activeElement.matches('button.cell[aria-expanded=false]')")


def test_whatever_has_the_focus_shows_it(tab: Tab, scorecard: str) -> None:
    tab.go(scorecard)
    shows = """(() => {
      const at = document.activeElement;
      const shown = at.matches('.chip input') ? at.nextElementSibling : at;
      const style = getComputedStyle(shown);
      return [at.tagName, at.className, style.outlineStyle, parseFloat(style.outlineWidth)];
    })()"""
    seen = set()
    for _ in range(40):
        tab.press("Tab")
        name, kind, line, width = tab.ask(shows)
        seen.add(f"{name}.{kind}")
        assert line == "solid", (name, kind)
        assert width >= 2, (name, kind)
    assert {"BUTTON.cell", "INPUT.", "BUTTON.", "A."} <= seen


def test_rules_unfold_by_keyboard(tab: Tab, scorecard: str) -> None:
    tab.go(scorecard)
    before = tab.visible(".rule")
    tab.ask("document.querySelector('details.group:not([open]) > summary').focus()")
    tab.press("Enter")
    assert tab.visible(".rule") > before


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_shows_it_without_scrolling_sideways(tab: Tab, scorecard: str, language: str) -> None:
    tab.width(PHONE)
    tab.go(f"{scorecard}#lang={language}")
    assert tab.ask("document.documentElement.scrollWidth") <= PHONE


def test_it_prints_on_a4(tab: Tab, scorecard: str, tmp_path: Path) -> None:
    tab.go(scorecard)
    pdf = tab.paper(tmp_path)
    boxes = {tuple(round(float(part)) for part in box.split()) for box in re.findall(rb"/MediaBox \[([^\]]+)\]", pdf)}
    assert boxes == {(0, 0, 595, 842)}
    assert 1 <= len(re.findall(rb"/Type /Page\b", pdf)) <= MAX_SHEETS


def test_without_scripts_all_metrics_are_shown_in_chinese(still_tab: Tab, scorecard: str) -> None:
    still_tab.page.goto(scorecard)
    shown = {name: still_tab.page.locator(f"{name} >> visible=true").count() for name in (".detail", ".filters", ".en")}
    assert shown[".detail"] > 30
    assert shown[".filters"] == shown[".en"] == 0
