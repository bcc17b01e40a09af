"""Explanations of persons and pairs as pages of the terminal and as JSON; numbers and phones are shown masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.identity.stewarding.waterfall import Step, text_bar, waterfall

if TYPE_CHECKING:
    from pipelines.identity.stewarding.explain import Link, PairExplained, PersonExplained

LINKS_SHOWN: Final = 10
GOLDEN: Final = {
    "name": "姓名", "sex": "性别", "birth_date": "出生日期", "residence_address_code": "现住址",
    "hukou_address_code": "户籍地址", "residence_type": "居住类型", "status": "状态",
}  # fmt: skip
RULES: Final = {
    "same_number": "same valid number, compatible name (证件号码一致)",
    "exact_repeat": "the same values once more (重复登记)",
    "collective": "the whole group of records vouches (群体佐证)",
    "titled": "surname and title, with phone or room (称谓)",
}
_MENTION: Final = {
    "feed": "feed (来源)", "person_role": "role", "name": "name (姓名)", "sex": "sex", "birth_date": "birth (出生)",
    "number": "number (证件)", "phones": "phones (电话)", "place": "place (地址)", "observed_on": "as of",
    "probability": "sure", "method": "method",
}  # fmt: skip


def show_person(console: Console, explained: PersonExplained) -> None:
    """Print golden values, mentions, the weakest links inside, the nearest other persons and the ledger."""
    golden = explained.golden
    console.print(f"[bold]Person (人员) {golden.get('person_id', 'without a name')}[/]", highlight=False)
    table = Table("value", "", "source (来源)", "of", "confidence", box=None)
    for name, zh in GOLDEN.items():
        if golden.get(name) is not None:
            shown = (golden[name], golden.get(f"{name}_source"), golden.get(f"{name}_on"))
            share = golden.get(f"{name}_confidence")
            sure = "" if share is None else f"{share:.3f}"
            table.add_row(f"{zh} {name}", *("" if cell is None else escape(str(cell)) for cell in shown), sure)
    console.print(table)
    console.print(_mention_table(explained.mentions))
    _show_links(console, "Weakest links inside (最弱的内部关联)", explained.links[:LINKS_SHOWN], explained.mentions)
    _show_links(console, "Nearest other persons (最接近的他人)", explained.rivals, explained.mentions)
    ledger = Table("at", "event", "person", "other", "reason", title="Ledger (编号台账)", title_justify="left")
    for row in explained.events.iter_rows(named=True):
        ledger.add_row(f"{row['at']:%Y-%m-%d %H:%M}", row["event"], row["person_id"], row["other_person_id"] or "",
                       row["reason"])  # fmt: skip
    console.print(ledger)


def show_pair(console: Console, explained: PairExplained) -> None:
    """Print both sides, the verdict and the waterfall of every link between them."""
    verdict = "[bold green]one person (同一人)[/]" if explained.is_same else "[bold red]two persons (不同的人)[/]"
    console.print(verdict)
    console.print(_mention_table(explained.mentions))
    if not explained.chain:
        console.print(
            "No link of these two was kept: no blocking rule brought them together, or they scored below 2 %. "
            "A steward may join them (无关联证据，可人工裁定): `streetlake review answer`."
        )
    for link in explained.chain:
        _show_link(console, link, explained.mentions)


def person_as_dict(explained: PersonExplained) -> dict[str, Any]:
    """The explanation for scripts."""
    hidden = {"id_tokens", "phones"}
    return {
        "golden": {name: value for name, value in explained.golden.items() if name not in hidden},
        "mentions": _shown(explained.mentions).to_dicts(),
        "links": explained.links,
        "rivals": explained.rivals,
        "events": explained.events.to_dicts(),
    }


def pair_as_dict(explained: PairExplained) -> dict[str, Any]:
    """The explanation for scripts, each link with its steps."""
    chain = [
        link | {"steps": [{"name": step.name, "zh": step.zh, "level": step.level, "bits": step.bits}
                          for step in waterfall(link)]}
        for link in explained.chain
    ]  # fmt: skip
    return {"is_same": explained.is_same, "chain": chain, "mentions": _shown(explained.mentions).to_dicts()}


def _shown(mentions: pl.DataFrame) -> pl.DataFrame:
    """The columns that are shown: of a number its region, year and last two digits, of a phone both ends."""
    number = pl.coalesce("id_pattern", "id_number")
    masked = pl.when(number.str.len_chars() == 18).then(
        pl.concat_str(number.str.head(10), pl.lit("******"), number.str.tail(2))
    )
    phone = pl.element()
    return mentions.select(
        record=pl.concat_str("feed", "record_key", "person_role", "person_seq", separator="/"),
        feed="feed",
        person_role="person_role",
        name=pl.coalesce("name", "surname"),
        sex="sex",
        birth_date="birth_date",
        number=pl.when(number.is_not_null()).then(
            pl.concat_str("id_kind", pl.lit(" "), pl.coalesce(masked, pl.lit("")))
        ),
        phones=pl.col("phones")
        .list.eval(pl.concat_str(phone.str.head(3), pl.lit("****"), phone.str.tail(4)))
        .list.join(" "),
        place="place",
        observed_on="observed_on",
        probability="probability",
        method="method",
    )


def _mention_table(mentions: pl.DataFrame) -> Table:
    """One line a mention; its number in the list stands for it in the links below, its key is in the last column."""
    table = Table(title=f"Mentions (提及): {mentions.height}", title_justify="left")
    for title in ("#", *_MENTION.values(), "record (记录)"):
        table.add_column(title, overflow="fold")
    for place, row in enumerate(_shown(mentions).iter_rows(named=True), start=1):
        cells = [row[name] for name in (*_MENTION, "record")]
        cells[-1] = cells[-1].split("/", 1)[1]
        table.add_row(str(place), *("" if cell is None else escape(str(cell)) for cell in cells))
    return table


def _show_links(console: Console, title: str, links: list[Link], mentions: pl.DataFrame) -> None:
    console.print(f"\n[bold]{title}: {len(links)}[/]")
    for link in links:
        _show_link(console, link, mentions)


def _show_link(console: Console, link: Link, mentions: pl.DataFrame) -> None:
    places = {record: place for place, record in enumerate(_shown(mentions)["record"], start=1)}
    names = ("feed", "record_key", "person_role", "person_seq")
    records = ["/".join(str(link[f"{side}_{name}"]) for name in names) for side in ("left", "right")]
    ends = "  ~  ".join(f"#{places[record]}" if record in places else record for record in records)
    outcome = "linked" if link["is_linked"] else f"kept apart{': ' + link['constraint'] if link['constraint'] else ''}"
    rule = RULES.get(link["rule"], link["rule"])
    console.print(f"\n{ends}", highlight=False, markup=False)
    console.print(f"  probability {link['probability']:.4f}, {outcome}, brought together by {rule}", highlight=False)
    steps = waterfall(link)
    if steps:
        console.print(_bars(steps))


def _bars(steps: list[Step]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    for step in steps:
        table.add_row(f"{step.zh} {step.name}", step.level, f"{step.bits:+.1f}", text_bar(step, steps))
    return table
