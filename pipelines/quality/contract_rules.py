"""The expectations derived from a contract, with the owner and the reason that a department reads beside them."""

from __future__ import annotations

from pipelines.contracts.expectations import ExpectationSpec, expectations_of
from pipelines.contracts.model import Contract
from pipelines.quality.specs import RuleSpec

# Why each kind of rule stands in a contract, and what to do about a breach.
REASONS = {
    "expect_table_columns_to_match_set": (
        "Everything built on the table reads its columns by name; compare the export with the data contract."
    ),
    "expect_table_row_count_to_be_between": (
        "A list this short is an export that was cut off; deliver it again in full."
    ),
    "expect_column_values_to_not_be_null": (
        "What is left empty cannot be joined, counted or followed up; fill it in at the source."
    ),
    "expect_column_values_to_be_unique": (
        "Two records under one number overwrite each other; give each its own number at the source."
    ),
    "expect_compound_columns_to_be_unique": (
        "Two records under one key overwrite each other; tell them apart at the source."
    ),
    "expect_column_values_to_be_in_set": (
        "A value outside the code list is counted nowhere; use a listed one, or have the new one added to the contract."
    ),
    "expect_column_values_to_be_between": (
        "A value outside its plausible range is a slip of a digit or of a unit; check it against the source document."
    ),
    "expect_column_values_to_match_regex": (
        "A number that is not well-formed finds no partner in any other register; check it against the source document."
    ),
    "expect_column_pair_values_a_to_be_greater_than_b": (
        "What is said to have happened lies after the delivery; a year or a century is mistyped, check the date."
    ),
}


def contract_rules(contract: Contract) -> list[RuleSpec]:
    """Return what a contract expects of its feed, owned by the feed's owner, in the order of `expectations_of`."""
    return [_owned(spec, contract.owner) for spec in expectations_of(contract)]


def _owned(spec: ExpectationSpec, owner: str) -> RuleSpec:
    return RuleSpec(
        spec.type,
        spec.severity,
        spec.dimension,
        spec.title_zh,
        spec.title_en,
        spec.kwargs,
        owner=owner,
        reason=REASONS[spec.type],
        about=spec.column,
    )
