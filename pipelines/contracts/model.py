"""The model of a feed contract (`expectations/feeds/<department>/<feed>.yml`).

Everything that Streetlake knows about the form of a feed is said here once; the reader, the Arrow and Polars
schemas, the Great Expectations suite, the dbt source and the data dictionary are derived from it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ColumnType = Literal["string", "integer", "number", "date", "timestamp", "boolean", "code", "list"]
DataClass = Literal["direct", "quasi", "sensitive", "public"]
FileFormat = Literal["csv", "xlsx", "jsonl", "parquet"]
Mode = Literal["full", "increment", "append"]
Breach = Literal["warn", "quarantine"]
AddressRole = Literal["residence", "hukou", "dwelling", "location"]

METADATA_COLUMNS = (
    "record_key",
    "batch_id",
    "file_sha256",
    "row_number",
    "delivered_on",
    "last_delivered_on",
    "ingested_at",
    "is_current",
    "extra",
)
"""Columns that every raw table has after those of its contract, in this order."""

NULL_TOKENS: tuple[str, ...] = (
    *("", "无", "不详", "NULL", "-", "/", "暂无", "未知"),  # the feed specification's
    *("null", "Null", "None", "NaN", "nan", "N/A", "#N/A", "n/a", "\\N"),  # databases' and spreadsheets'
    *("--", "---", "—", "——", "－", "未填", "未填写", "不明", "未登记", "(空)", "空白"),  # clerks'
)
"""Cell texts that mean null unless a contract says otherwise."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """One column of a feed.

    Attributes:
        name: English snake_case name in the typed table.
        headers: accepted headers as departments write them, the canonical one first (compared after NFKC, without
            spaces, case-insensitively).
        type: how text is cast. `code` is a string from `codes`; `list` is text split on `separators`;
            `timestamp` becomes UTC, read as Asia/Shanghai where the text has no offset.
        required: a row whose cell is null is quarantined as `required_missing`; one that cannot be read as
            `bad_value`. A missing required column rejects the file as `missing_columns`.
        required_header: the file must have the column though single cells may be null.
        codes: canonical code -> synonyms as delivered; a canonical code is its own synonym.
        unknown_code: what happens to a value outside `codes`: `warn` keeps the text and counts it,
            `quarantine` refuses the row as `code_unknown`.
        separators: characters that separate the items of a `list`.
        with_precision: a `date` column that gets a companion `<name>_precision` (day/month/year).
        minimum, maximum: plausible range of a number or integer; outside is a failed expectation, never a refusal.
        pattern: regular expression of a well-formed text; another is a failed expectation, never a refusal.
        min_filled_ratio: share of rows that should have a value, below which an expectation fails; null for a column
            that is often empty for good reason.
        not_after_delivery: a `date` column whose values lie in the past: later than the delivery is a failed
            expectation, never a refusal.
        data_class: `direct` identifies a person, `quasi` helps to, `sensitive` must be protected, `public` is free.
        unit: of a number, such as `m2`, `cny`, `minutes`.
        description_en, description_zh: for the data dictionary.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    headers: list[str] = Field(min_length=1)
    type: ColumnType = "string"
    required: bool = False
    required_header: bool = False
    codes: dict[str, list[str]] = Field(default_factory=dict)
    unknown_code: Breach = "warn"
    separators: str = "、,，;；/ "
    with_precision: bool = False
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    min_filled_ratio: float | None = Field(default=None, ge=0, le=1)
    not_after_delivery: bool = False
    data_class: DataClass = "public"
    unit: str | None = None
    description_en: str
    description_zh: str


class AddressMention(_Strict):
    """A place that a row of the feed names: the address text is resolved against the register.

    Attributes:
        role: `residence` (where a person lives), `hukou` (where registered), `dwelling` (the flat a row is about) or
            `location` (where something happened, stands or has its seat); once a feed.
        text: column of the address text.
        estate, building, unit, room, community: columns that tell a part of the place beside the text, as evidence.
        lon, lat: columns of its coordinates in degrees, CGCS2000; both or none.
    """

    role: AddressRole
    text: str
    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    community: str | None = None
    lon: str | None = None
    lat: str | None = None


class FullRule(_Strict):
    """When a delivery of an `increment` feed is a full one all the same.

    Attributes:
        first_delivery: the first ever is full.
        day_of_month: a delivery dated on this day is full; null for never.
        name_contains: a file whose name contains one of these is full.
    """

    first_delivery: bool = False
    day_of_month: int | None = Field(default=None, ge=1, le=28)
    name_contains: list[str] = Field(default_factory=list)


class Contract(_Strict):
    """One feed's data contract.

    Attributes:
        department, feed: folder names below `landing/`.
        mode: `full` (what is absent has gone), `increment` (upsert by key), `append` (events: upsert, never gone).
        full_when: for `increment` feeds that are full at times.
        full_scope: column whose value bounds a full (property/occupants: full per `estate`).
        min_full_ratio: a full with fewer than this share of the current rows is rejected as `shrunk_full`.
        key: columns of the feed's own key; empty where the feed has none.
        identity: columns hashed into `record_key` where the feed has no own key.
        updated_by: column that orders versions of a record; null: the later row.
        formats: file formats the feed is delivered in.
        cadence_hours: a delivery is expected this often; older is stale.
        min_rows: a full with fewer rows fails an expectation.
        null_tokens: cell texts that mean null, after trimming.
        address_mentions: the places that a row names; empty for a feed without addresses, or whose addresses are the
            register itself.
    """

    version: int = 1
    department: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    department_zh: str
    feed: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title_zh: str
    title_en: str
    description_en: str
    description_zh: str
    owner: str
    formats: list[FileFormat] = Field(min_length=1)
    mode: Mode
    full_when: FullRule | None = None
    full_scope: str | None = None
    min_full_ratio: float = Field(default=0.5, ge=0, le=1)
    key: list[str] = Field(default_factory=list)
    identity: list[str] = Field(default_factory=list)
    updated_by: str | None = None
    cadence_hours: int = Field(default=24, gt=0)
    min_rows: int = Field(default=1, ge=0)
    null_tokens: list[str] = Field(default_factory=lambda: list(NULL_TOKENS))
    address_mentions: list[AddressMention] = Field(default_factory=list)
    columns: list[Column] = Field(min_length=1)

    @property
    def name(self) -> str:
        """`<department>_<feed>`: the raw table's name and the `feed` of master tables."""
        return f"{self.department}_{self.feed}"

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
