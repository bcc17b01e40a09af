"""Why an address text got its answer: the steps, the parse, the sites considered and what speaks against each.

Pure. The answer itself is that of `resolve_texts`, so that an explanation never differs from what a night would store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipelines.addresses.deciding.answers import NO_HINTS, Decision, Hints
from pipelines.addresses.deciding.decide import Decider, Reading
from pipelines.addresses.explaining.sites import Candidate, candidates_of
from pipelines.addresses.explaining.words import Said, named_parts, next_step, numbered_parts, reason_words
from pipelines.addresses.forms.grammar import SPLIT
from pipelines.addresses.forms.normal import LONGEST, Change, trace_steps
from pipelines.addresses.forms.said import Parse
from pipelines.addresses.match import resolve_texts
from pipelines.addresses.mentions import HINTS, NULL_TOKENS
from pipelines.addresses.register.index import Register
from pipelines.normalise.text import normalise_text

_SPLIT: Final = re.compile(SPLIT)
_SIMILAR: Final = 5
_FURTHEST: Final = 3
TABLE: Final = pl.Schema(
    dict.fromkeys(("text", "normal", "steps", "parts", "status", "level", "code", "address"), pl.String)
    | {"confidence": pl.Float64}
    | dict.fromkeys(("method", "reason", "reason_zh", "next_zh", "candidates"), pl.String)
)
"""Columns of `explain_table`."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led from one text to its answer.

    Attributes:
        normal_text: what was read; None where the text says nothing or is too long.
        changes: the steps that made it, with the text before and after each.
        said: the parts that the text names, from province to room.
        candidates: the sites that were considered, likeliest first.
        similar: names of the register that look like a name it lacks: unknown name -> names, nearest first.
        decision: the answer in the columns of `master.address_match`.
        address: the register's own writing of the answer's code; None without one.
        reason, next_step: in Chinese and in English.
    """

    text: str
    normal_text: str | None
    changes: tuple[Change, ...]
    said: tuple[Said, ...]
    candidates: tuple[Candidate, ...]
    similar: dict[str, tuple[str, ...]]
    decision: Decision
    address: str | None
    reason: tuple[str, str]
    next_step: tuple[str, str]


class Explainer:
    """Explains texts against one register."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._decider = Decider(register)
        self._written = dict(zip(register.table["address_code"], register_texts(register.table), strict=True))

    def explain(self, text: str, hints: Mapping[str, str | None] | None = None) -> Explanation:
        """Explain one text.

        Args:
            text: as delivered; halves of a surrogate pair, which no file can hold, are dropped.
            hints: what other columns of the row say, by the names of `mentions.HINTS`.
        """
        plain, beside = _writable(text), dict.fromkeys(HINTS) | dict(hints or {})
        row = {"address_text": plain} | beside
        frame = pl.DataFrame([row], schema=dict.fromkeys(["address_text", *HINTS], pl.String))
        answer = resolve_texts(frame, self._register).row(0, named=True)
        normal, decision = answer["normal_text"], _decision(answer)
        reading = self.read(normal or "", Hints(*(_said(beside[name]) for name in HINTS)))
        return Explanation(
            text=plain,
            normal_text=normal,
            changes=tuple(trace_steps(plain)) if len(plain) <= LONGEST else (),
            said=(*named_parts(reading.parse), *numbered_parts(reading.parts)),
            candidates=tuple(candidates_of(self._register, reading)),
            similar=self._similar(reading.parse),
            decision=decision,
            address=self._written.get(decision.address_code or ""),
            reason=reason_words(decision),
            next_step=next_step(decision),
        )

    def read(self, normal: str, hints: Hints = NO_HINTS) -> Reading:
        """What a text in normal form says, and the sites that are considered for it."""
        cut = _SPLIT.match(normal)
        head, tail = (cut.group(1) or "", cut.group(2)) if cut is not None else (normal, "")
        return self._decider.reading(head, tail, hints)

    def line(self, answer: dict[str, object]) -> tuple[object, ...]:
        """The row of `explain_table` for an answer of `resolve_texts` with its `address_text`."""
        decision, normal = _decision(answer), answer["normal_text"]
        reading = self.read(normal if isinstance(normal, str) else "")
        said = (*named_parts(reading.parse), *numbered_parts(reading.parts))
        return (
            answer["address_text"],
            normal,
            answer["steps"],
            " ".join(f"{part.zh}={part.value}" for part in said),
            decision.status,
            decision.matched_level,
            decision.address_code,
            self._written.get(decision.address_code or ""),
            decision.confidence,
            decision.method,
            decision.reason,
            reason_words(decision)[0],
            next_step(decision)[0],
            ",".join(str(candidate["address_code"]) for candidate in decision.candidates),
        )

    def _similar(self, parse: Parse) -> dict[str, tuple[str, ...]]:
        similar = {}
        if parse.unknown_estate is not None:
            similar[parse.unknown_estate] = _nearest(parse.unknown_estate, sorted(self._register.estates))
        if parse.unknown_road is not None:
            similar[parse.unknown_road] = _nearest(parse.unknown_road, sorted(self._register.roads))
        return similar


def _said(text: str | None) -> str | None:
    """A column beside the text in normal form; None where it says nothing."""
    plain = None if text is None else normalise_text(_writable(text))
    return None if plain in NULL_TOKENS else plain


def _writable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode("utf-8")


def _nearest(name: str, names: Sequence[str]) -> tuple[str, ...]:
    found = process.extract(name[:LONGEST], names, scorer=OSA.distance, score_cutoff=_FURTHEST, limit=None)
    near = sorted((distance, other) for other, distance, _ in found if distance < max(len(name), len(other)) - 1)
    return tuple(other for _, other in near[:_SIMILAR])


def register_texts(table: pl.DataFrame) -> list[str]:
    """The whole address of every row of `master.address`, as the register writes its parts."""
    parts = ["province", "city", "district", "street", "community", "road", "house_number", "estate", "building",
             "unit", "room"]  # fmt: skip
    return table.select(pl.concat_str(pl.col(parts).fill_null("")))["province"].to_list()


def _decision(answer: dict[str, object]) -> Decision:
    values = {name: answer[name] for name in Decision.__dataclass_fields__}
    listed = values["candidates"]
    values["candidates"] = orjson.loads(listed) if isinstance(listed, str) else []
    return Decision(**values)  # type: ignore[arg-type]


def explain_table(texts: Sequence[str], register: Register) -> pl.DataFrame:
    """Answers for many texts, in their order.

    Args:
        texts: as delivered; each distinct one is worked out once.
        register: the register that they are held against.

    Returns:
        One row a text: text, normal, steps, parts (`小区=翠湖雅居 楼栋=3 …`), status, level, code, address (the
        register's writing of the code), confidence, method, reason, reason_zh, next_zh, candidates (codes joined by
        `,`, empty for none). Null where the answer has none.
    """
    explainer = Explainer(register)
    clean = pl.Series("text", [_writable(text) for text in texts], pl.String)
    asked = clean.unique(maintain_order=True).to_frame("address_text")
    asked = asked.with_columns(pl.lit(None, pl.String).alias(hint) for hint in HINTS)
    answers = pl.concat([asked.select("address_text"), resolve_texts(asked, register)], how="horizontal")
    rows = [explainer.line(answer) for answer in answers.iter_rows(named=True)]
    table = pl.DataFrame(rows, schema=TABLE, orient="row")
    return clean.to_frame().join(table, on="text", how="left", maintain_order="left")
