"""The frames that identity takes over from the last snapshot and the frames it hands on, with their schemas."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import polars as pl

UTC_INSTANT = pl.Datetime("us", "UTC")

MENTION_KEY = ["feed", "record_key", "person_role", "person_seq"]
MENTION_KEY_SCHEMA: dict[str, pl.DataType] = {
    "feed": pl.String(),
    "record_key": pl.String(),
    "person_role": pl.String(),
    "person_seq": pl.Int32(),
}
WEIGHT_COLUMNS = [
    "weight_name",
    "weight_birth",
    "weight_sex",
    "weight_id",
    "weight_phone",
    "weight_address",
    "weight_kin",
]
LEVEL_COLUMNS = [name.replace("weight_", "level_") for name in WEIGHT_COLUMNS]
PAIR_KEY_SCHEMA: dict[str, pl.DataType] = {
    f"{side}_{name}": dtype for side in ("left", "right") for name, dtype in MENTION_KEY_SCHEMA.items()
}

MENTION_LEDGER_SCHEMA = pl.Schema(
    {
        **MENTION_KEY_SCHEMA,
        "person_id": pl.String(),
        "valid_from": UTC_INSTANT,
        "valid_to": UTC_INSTANT,
        "from_run": pl.String(),
        "to_run": pl.String(),
    }
)
HISTORY_SCHEMA = pl.Schema(
    {
        "person_id": pl.String(),
        "event": pl.String(),
        "other_person_id": pl.String(),
        "at": UTC_INSTANT,
        "run_id": pl.String(),
        "reason": pl.String(),
        "cause_feed": pl.String(),
    }
)
MENTION_CONTENT_SCHEMA = pl.Schema(
    {**MENTION_KEY_SCHEMA, "row_hash": pl.UInt64(), "place_hash": pl.UInt64(), "kin_hash": pl.UInt64()}
)
VERSION_SCHEMA = pl.Schema(
    {
        "version": pl.Int64(),
        "at": UTC_INSTANT,
        "run_id": pl.String(),
        "model_sha256": pl.String(),
        "rules_sha256": pl.String(),
        "adoption_id": pl.String(),
        "adopted_by": pl.String(),
        "note": pl.String(),
        "model": pl.String(),
    }
)
REFUSAL = pl.Struct({"left": pl.UInt32(), "right": pl.UInt32(), "linkage": pl.Float64(), "constraint": pl.String()})
FINGERPRINT = ["fingerprint_1", "fingerprint_2"]
FINGERPRINT_SCHEMA = pl.Schema({name: pl.UInt64() for name in FINGERPRINT})
COMPONENT_SCHEMA = pl.Schema(
    {
        **FINGERPRINT_SCHEMA,
        "labels": pl.List(pl.UInt32()),
        "refusals": pl.List(REFUSAL),
    }
)
CROSSWALK_SCHEMA = pl.Schema(
    {**MENTION_KEY_SCHEMA, "person_id": pl.String(), "probability": pl.Float64(), "method": pl.String()}
)


def _golden(name: str, dtype: pl.DataType) -> dict[str, pl.DataType]:
    """A golden value with where it comes from, of when it is, and its share of the trust of all claims (0..1)."""
    return {
        name: dtype,
        f"{name}_source": pl.String(),
        f"{name}_on": pl.Date(),
        f"{name}_confidence": pl.Float64(),
    }


PERSON_SCHEMA = pl.Schema(
    {
        "person_id": pl.String(),
        **_golden("name", pl.String()),
        **_golden("sex", pl.String()),
        **_golden("birth_date", pl.Date()),
        "birth_date_precision": pl.String(),
        "id_tokens": pl.List(pl.String()),
        "phones": pl.List(pl.String()),
        "phones_source": pl.String(),
        "phones_on": pl.Date(),
        **_golden("residence_address_code", pl.String()),
        "residence_level": pl.String(),
        "residence_since": pl.Date(),
        **_golden("hukou_address_code", pl.String()),
        "residence_type": pl.String(),
        "residence_type_source": pl.String(),
        "residence_type_on": pl.Date(),
        "status": pl.String(),
        "status_source": pl.String(),
        "status_on": pl.Date(),
        "sources": pl.List(pl.String()),
        "mention_count": pl.Int64(),
        "first_seen": pl.Date(),
        "last_seen": pl.Date(),
        "household_id": pl.String(),
    }
)
HOUSEHOLD_SCHEMA = pl.Schema(
    {
        "household_id": pl.String(),
        "basis": pl.String(),
        "address_code": pl.String(),
        "member_count": pl.Int64(),
        "head_person_id": pl.String(),
        "is_collective": pl.Boolean(),
        "since": pl.Date(),
        "until": pl.Date(),
        "evidence": pl.List(pl.String()),
        "lives_alone": pl.Boolean(),
        "lives_alone_confidence": pl.Float64(),
    }
)
HOUSEHOLD_MEMBER_SCHEMA = pl.Schema(
    {
        "household_id": pl.String(),
        "address_code": pl.String(),
        "person_id": pl.String(),
        "role": pl.String(),
        "basis": pl.String(),
        "since": pl.Date(),
        "until": pl.Date(),
    }
)
HOUSEHOLD_HISTORY_SCHEMA = pl.Schema(
    {
        "household_id": pl.String(),
        "basis": pl.String(),
        "person_id": pl.String(),
        "event": pl.String(),
        "on": pl.Date(),
        "at": UTC_INSTANT,
        "run_id": pl.String(),
        "reason": pl.String(),
    }
)
DECISION_SCHEMA = pl.Schema(
    {
        "decision_id": pl.String(),
        **PAIR_KEY_SCHEMA,
        "answer": pl.String(),
        "reason_code": pl.String(),
        "decided_by": pl.String(),
        "decided_at": UTC_INSTANT,
    }
)
REVIEW_SCHEMA = pl.Schema(
    {
        "review_id": pl.String(),
        "rank": pl.Int64(),
        "kind": pl.String(),
        **PAIR_KEY_SCHEMA,
        "left_person_id": pl.String(),
        "right_person_id": pl.String(),
        "probability": pl.Float64(),
        "match_weight": pl.Float64(),
        "value": pl.Float64(),
        "reason_code": pl.String(),
        "reason_en": pl.String(),
        "reason_zh": pl.String(),
    }
)
LINK_SCHEMA = pl.Schema(
    {
        **PAIR_KEY_SCHEMA,
        "probability": pl.Float64(),
        "match_weight": pl.Float64(),
        **{name: pl.Float64() for name in WEIGHT_COLUMNS},
        "weight_household": pl.Float64(),
        **{name: pl.String() for name in LEVEL_COLUMNS},
        "rule": pl.String(),
        "is_linked": pl.Boolean(),
        "constraint": pl.String(),
    }
)


@dataclass(frozen=True)
class PreviousIdentity:
    """What the last snapshot knew: the only memory of identity.

    Attributes:
        mention_ledger: ``internal.person_mention_ledger``, one row per spell of a mention with a person.
        history: ``master.person_history``.
        household_member: ``master.household_member``; only ids are taken from it.
        household_history: ``master.household_history``: created, joined, left, ended; all events so far.
        mention_content: ``internal.mention_content``: what every mention of the last night said, as hashes.
        decisions: ``master.steward_decision``: the answers that the last night obeyed.
        version: ``internal.identity_version``: the models and rules so far, one row a change.
        component: ``internal.identity_component``: how components were cut, by their content; only time rests on it.
        form: ``internal.mention_form``: what rows were read as, by their content (``known_rows``); only time rests on
            it, and its other columns are those of the reader.
        value: ``internal.person_value``: own golden values by the content of a person's rows (``known_values``); only
            time rests on it.
        value_attribute: ``internal.person_value_attribute``: beside it.
    """

    mention_ledger: pl.DataFrame
    history: pl.DataFrame
    household_member: pl.DataFrame
    household_history: pl.DataFrame
    mention_content: pl.DataFrame
    decisions: pl.DataFrame
    version: pl.DataFrame
    component: pl.DataFrame
    form: pl.DataFrame
    value: pl.DataFrame
    value_attribute: pl.DataFrame

    @classmethod
    def empty(cls) -> PreviousIdentity:
        """The memory before the first night."""
        return cls(
            mention_ledger=pl.DataFrame(schema=MENTION_LEDGER_SCHEMA),
            history=pl.DataFrame(schema=HISTORY_SCHEMA),
            household_member=pl.DataFrame(schema=HOUSEHOLD_MEMBER_SCHEMA),
            household_history=pl.DataFrame(schema=HOUSEHOLD_HISTORY_SCHEMA),
            mention_content=pl.DataFrame(schema=MENTION_CONTENT_SCHEMA),
            decisions=pl.DataFrame(schema=DECISION_SCHEMA),
            version=pl.DataFrame(schema=VERSION_SCHEMA),
            component=pl.DataFrame(schema=COMPONENT_SCHEMA),
            form=pl.DataFrame(schema=FINGERPRINT_SCHEMA),
            value=pl.DataFrame(schema={"person_id": pl.String(), **FINGERPRINT_SCHEMA}),
            value_attribute=pl.DataFrame(schema={"person_id": pl.String()}),
        )

    def without_shortcuts(self) -> PreviousIdentity:
        """The same memory without what only saves time: a night with it is worked out from the ground up."""
        empty = PreviousIdentity.empty()
        return replace(
            self,
            component=empty.component,
            form=empty.form,
            value=empty.value,
            value_attribute=empty.value_attribute,
        )


@dataclass(frozen=True)
class IdentityTables:
    """All tables of identity for one night; every frame is sorted, so equal content gives equal bytes."""

    person: pl.DataFrame
    person_attribute: pl.DataFrame
    person_crosswalk: pl.DataFrame
    person_history: pl.DataFrame
    person_link: pl.DataFrame
    match_review: pl.DataFrame
    steward_decision: pl.DataFrame
    household: pl.DataFrame
    household_member: pl.DataFrame
    household_history: pl.DataFrame
    person_mention_ledger: pl.DataFrame
    mention_content: pl.DataFrame
    identity_version: pl.DataFrame
    identity_component: pl.DataFrame
    mention_form: pl.DataFrame
    person_value: pl.DataFrame
    person_value_attribute: pl.DataFrame

    def by_table(self) -> dict[str, pl.DataFrame]:
        """Frames by table name: ``master.<name>``, and what is memory only under ``internal``."""
        internal = {
            "person_mention_ledger",
            "mention_content",
            "identity_version",
            "identity_component",
            "mention_form",
            "person_value",
            "person_value_attribute",
        }
        names = [field.name for field in fields(self)]
        return {f"{'internal' if name in internal else 'master'}.{name}": getattr(self, name) for name in names}

    def as_previous(self) -> PreviousIdentity:
        """The memory that the next night takes over."""
        return PreviousIdentity(
            mention_ledger=self.person_mention_ledger,
            history=self.person_history,
            household_member=self.household_member,
            household_history=self.household_history,
            mention_content=self.mention_content,
            decisions=self.steward_decision,
            version=self.identity_version,
            component=self.identity_component,
            form=self.mention_form,
            value=self.person_value,
            value_attribute=self.person_value_attribute,
        )
