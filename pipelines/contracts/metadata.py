"""What the columns mean that every raw table has beside those of its contract."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipelines.contracts.model import Column, Contract
from pipelines.contracts.schema import PRECISION_SUFFIX

METADATA_DESCRIPTIONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "record_key": (
            "Names the record over all deliveries: the feed's own key, or a hash of its identifying columns",
            "记录标识，历次交付不变：本表主键，或识别列的哈希",
        ),
        "batch_id": ("The run's batch that loaded this version", "装载批次"),
        "file_sha256": ("Checksum of the file that brought this version", "来源文件校验和"),
        "row_number": ("Row of that file, 1 is the first under the header", "来源文件行号，表头下第一行为 1"),
        "delivered_on": ("Delivery date that first brought this version", "本版本首次交付日期"),
        "last_delivered_on": ("Latest delivery date that repeated it", "本版本最近交付日期"),
        "ingested_at": ("Instant of loading, UTC", "装载时间（UTC）"),
        "is_current": ("Whether this version is the record's present one", "是否现行版本"),
        "extra": (
            "JSON: columns the contract does not know, and the text of cells that could not be read; null when none",
            "JSON：契约外的列与无法识读的原文；无则为空",
        ),
    }
)
_SENSITIVE_METADATA: Final = frozenset({"extra"})


def metadata_class(name: str) -> str:
    """Return the data class of a metadata column: `extra` may hold any text of the file."""
    return "sensitive" if name in _SENSITIVE_METADATA else "public"


def key_class(contract: Contract) -> str:
    """Return the data class of `record_key`: as strict as the strictest column it is made of."""
    parts = {contract.column(name).data_class for name in (contract.key or contract.identity)}
    return next(c for c in ("direct", "sensitive", "quasi", "public") if c in parts)


def precision_descriptions(column: Column) -> tuple[str, str]:
    """Return what `<name>_precision` means, in English and Chinese."""
    return f"How exact {column.name} is: day, month or year", f"{column.headers[0]}的精度：日、月或年"


def precision_name(column: Column) -> str | None:
    """Return the name of a date's companion column; null when it has none."""
    return column.name + PRECISION_SUFFIX if column.with_precision else None
