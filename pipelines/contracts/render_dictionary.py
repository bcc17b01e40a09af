"""The data dictionary: what each department delivers, for people, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.contracts.model import AddressMention, Column, Contract
from pipelines.contracts.table import TableColumn, table_columns

_HEAD = """\
# Data dictionary 数据字典

Generated from `expectations/feeds` by `streetlake contracts render`; edit the contracts, not this page.
由 `expectations/feeds` 中的数据契约生成，请修改契约，勿改本页。

One table a feed, `raw.<department>_<feed>`; one row per version of a record. Terms are explained in
[the glossary](glossary.md). Headers are those accepted, the usual one first; they are compared after full-width forms
are narrowed, without blanks and case. **Bold** headers must be in the file.
每个数据源一张表 `raw.<部门>_<数据源>`，每条记录的每个版本一行。表头列出可接受的写法，常用者在前；**加粗**者必须有。

Data classes 数据分级: `direct` identifies a person 直接标识; `quasi` helps to 准标识; `sensitive` must be
protected 敏感; `public` is free 公开.

| Feed 数据源 | Department 部门 | Table 表 | Mode 方式 | Expected every 频次 |
|---|---|---|---|---|
"""
_MODES = {"full": "full 全量", "increment": "increment 增量", "append": "append 追加"}
_COLUMNS = "| Column 列 | Headers 表头 | Type 类型 | Class 分级 | Meaning | 含义 |\n|---|---|---|---|---|---|\n"


def render_dictionary(contracts: Iterable[Contract]) -> str:
    """Return the page in Markdown: an overview, then each feed's columns and code lists."""
    listed = list(contracts)
    overview = "".join(_overview(contract) for contract in listed)
    return _HEAD + overview + "".join(_feed(contract) for contract in listed)


def _overview(contract: Contract) -> str:
    cells = (
        f"[{contract.title_zh} {contract.title_en}](#{contract.name})",
        f"{contract.department_zh} `{contract.department}`",
        f"`raw.{contract.name}`",
        _MODES[contract.mode],
        _cadence(contract.cadence_hours),
    )
    return _row(*cells)


def _cadence(hours: int) -> str:
    days, rest = divmod(hours, 24)
    if rest:
        return f"{hours} h 小时"
    return "day 每日" if days == 1 else f"{days} days {days} 天"


def _feed(contract: Contract) -> str:
    return (
        f'\n<a id="{contract.name}"></a>\n\n'
        f"## {contract.title_zh} {contract.title_en}: `{contract.department}/{contract.feed}`\n\n"
        f"{contract.description_en}\n{contract.description_zh}\n\n"
        + "".join(f"- {line}\n" for line in _facts(contract))
        + f"\n{_COLUMNS}"
        + "".join(_column(contract, column) for column in table_columns(contract))
        + "".join(_code_list(column) for column in contract.columns if column.codes)
    )


def _facts(contract: Contract) -> list[str]:
    facts = [f"Owner 责任单位: {contract.owner}", f"Formats 格式: {', '.join(contract.formats)}"]
    if contract.key:
        facts.append(f"Key 主键: {_code(contract.key)}")
    else:
        facts.append(f"No key of its own; known by 无主键，识别列: {_code(contract.identity)}")
    if contract.updated_by:
        facts.append(f"Versions ordered by 版本依据: `{contract.updated_by}`")
    if contract.full_scope:
        facts.append(f"A file is full for each 全量范围: `{contract.full_scope}`")
    facts += [_mention(mention) for mention in contract.address_mentions]
    if contract.full_when:
        facts.append(f"Full at times 下列情形为全量: {_full_when(contract)}")
    return facts


def _mention(mention: AddressMention) -> str:
    beside = [column for part, column in mention if part not in ("role", "text") and column]
    told = f", with 佐证列 {_code(beside)}" if beside else ""
    return f"Address 地址 ({mention.role}): `{mention.text}`{told}"


def _full_when(contract: Contract) -> str:
    rule, reasons = contract.full_when, []
    if rule and rule.first_delivery:
        reasons.append("the first delivery 首次交付")
    if rule and rule.day_of_month:
        reasons.append(f"delivered on day {rule.day_of_month} 每月 {rule.day_of_month} 日交付")
    if rule and rule.name_contains:
        reasons.append(f"the file name contains 文件名含 {_code(rule.name_contains)}")
    return "; ".join(reasons)


def _column(contract: Contract, column: TableColumn) -> str:
    headers = _headers(contract, column.source) if column.source else ""
    return _row(
        f"`{column.name}`",
        headers,
        column.duckdb_type,
        column.data_class,
        column.description_en,
        column.description_zh,
    )


def _headers(contract: Contract, column: Column) -> str:
    first, *others = column.headers
    must = column.required or column.required_header or column.name in contract.key
    return "、".join([f"**{first}**" if must else first, *others])


def _code_list(column: Column) -> str:
    rows = (_row(f"`{code}`", "、".join(synonyms)) for code, synonyms in column.codes.items())
    return f"\nCodes of 代码表 `{column.name}`:\n\n| Code 代码 | Also read 亦作 |\n|---|---|\n" + "".join(rows)


def _code(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
