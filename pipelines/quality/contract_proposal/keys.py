"""By what a record of a feed is known again, and whether its files are whole lists or what is new."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.contracts.forms import header_form
from pipelines.contracts.model import Mode
from pipelines.quality.contract_proposal.columns import UPDATE_WORDS, ColumnGuess
from pipelines.quality.contract_proposal.known import is_identifier
from pipelines.quality.contract_proposal.shapes import PERSONAL_SHARE

# A record that is delivered twice, or whose number was mistyped, does not make its number less of a key.
_UNIQUE_NUMBER, _UNIQUE_TEXT = 0.97, 0.999
_FILLED = 0.98
_WHOLE = 0.995
_MOST_PARTS = 4
_ENOUGH_ROWS = 10
_EVENT_WORDS = (
    "受理",
    "流水",
    "工单",
    "警情",
    "事件",
    "备案",
    "字号",
    "案件",
    "纠纷",
    "投诉",
    "调查",
    "event",
    "order",
)
_EVENT_TIMES = ("受理", "上报", "报警", "报修", "来电", "派", "办结", "登记时间", "提交", "结案", "发生")


@dataclass(frozen=True)
class KeyGuess:
    """How records are told apart.

    Attributes:
        key: names of the feed's own key; empty where none was found.
        identity: columns to hash where there is no key.
        unique_share: distinct values of what was chosen, by rows that differ.
        others: further columns that would do, or nearly.
        mode: full or increment.
        mode_reason: why.
        updated_by: column that orders the versions of a record.
    """

    key: tuple[str, ...]
    identity: tuple[str, ...]
    unique_share: float
    others: tuple[str, ...]
    mode: Mode
    mode_reason: str
    updated_by: str | None


def guess_keys(columns: Sequence[ColumnGuess], file_name: str) -> KeyGuess:
    """Return by what records may be known, from the rows of a sample."""
    frame = pl.DataFrame([column.texts.alias(column.name) for column in columns if not column.is_line_number]).unique()
    shares = {name: _unique_share(frame, [name]) for name in frame.columns}
    single = [column for column in columns if column.name in shares and _may_be_key(column, shares[column.name])]
    single.sort(key=lambda column: (not is_identifier(column.header), -shares[column.name]))
    updated = next((c.name for c in columns if c.guess.type in ("date", "timestamp") and _says_update(c)), None)
    if single:
        mode, why = _mode(single[0], columns, file_name)
        others = tuple(column.name for column in single[1:])
        return KeyGuess((single[0].name,), (), shares[single[0].name], others, mode, why, updated)
    identity = _identity(frame, columns)
    share = _unique_share(frame, identity)
    mode, why = _mode(None, columns, file_name)
    return KeyGuess((), tuple(identity), share, (), mode, why, updated)


def _unique_share(frame: pl.DataFrame, names: Sequence[str]) -> float:
    return frame.select(names).n_unique() / frame.height if frame.height and names else 0.0


def _may_be_key(column: ColumnGuess, share: float) -> bool:
    shapes = column.shapes
    if column.rows < _ENOUGH_ROWS or shapes.rows < _FILLED * column.rows:
        return False
    if column.guess.type not in ("string", "integer") or shapes.is_free_text or shapes.is_address:
        return False
    if max(shapes.ids, shapes.phones, shapes.names) >= PERSONAL_SHARE:
        return False
    if is_identifier(column.header):
        return share >= _UNIQUE_NUMBER
    return column.guess.type == "string" and column.data_class == "public" and share >= _UNIQUE_TEXT


def _identity(frame: pl.DataFrame, columns: Sequence[ColumnGuess]) -> list[str]:
    """Take what names somebody and where; then whatever tells most of the remaining rows apart."""
    usable = [column for column in columns if column.name in frame.columns and _tells_apart(column)]
    told = [column for column in usable if _names_someone(column) or is_identifier(column.header)][:_MOST_PARTS]
    chosen = [column.name for column in told]
    share = _unique_share(frame, chosen)
    rest = [column.name for column in usable if column.name not in chosen]
    while rest and share < _WHOLE and len(chosen) < _MOST_PARTS + 1:
        best = max(rest, key=lambda name: (_unique_share(frame, [*chosen, name]), -rest.index(name)))
        gained = _unique_share(frame, [*chosen, best])
        if gained <= share:
            break
        chosen, share = [*chosen, best], gained
        rest.remove(best)
    order = [column.name for column in columns]
    return sorted(chosen, key=order.index) or order[:1]


def _tells_apart(column: ColumnGuess) -> bool:
    kind, is_birth = column.guess.type, "出生" in column.header or "生日" in column.header
    if kind in ("number", "integer", "timestamp", "list", "boolean") or (kind == "date" and not is_birth):
        return is_identifier(column.header) and kind == "integer"
    return not column.shapes.is_free_text and column.shapes.phones < PERSONAL_SHARE and column.shapes.rows > 0


def _names_someone(column: ColumnGuess) -> bool:
    """The person's own name, number, birth date and home: without the persons named beside."""
    form = header_form(column.header)
    own = ("姓名", "名称", "身份证", "身份号码", "证件号", "出生", "住址", "地址", "房号", "小区")
    beside = ("户主", "联系人", "监护", "配偶", "男方", "女方", "户籍")
    return any(word in form for word in own) and not any(word in form for word in beside)


def _says_update(column: ColumnGuess) -> bool:
    return any(word in header_form(column.header) for word in UPDATE_WORDS)


def _mode(key: ColumnGuess | None, columns: Sequence[ColumnGuess], file_name: str) -> tuple[Mode, str]:
    if re.search(r"全量|full", file_name, re.IGNORECASE):
        return "full", "the file name says so"
    if re.search(r"增量|incr|delta", file_name, re.IGNORECASE):
        return "increment", "the file name says so"
    numbers = [key] if key else [column for column in columns if is_identifier(column.header)]
    if any(word in header_form(column.header) for column in numbers for word in _EVENT_WORDS):
        return "increment", "it numbers things that happen"
    if key is None:
        return "full", "without a number of its own a record can only be missed in a whole list"
    times = [column for column in columns if column.guess.type in ("date", "timestamp")]
    happened = any(word in header_form(column.header) for column in times for word in _EVENT_TIMES)
    if happened or any(column.guess.type == "timestamp" for column in times):
        return "increment", "it tells when things happened"
    return "full", "it has a key and no instant, as registers have"
