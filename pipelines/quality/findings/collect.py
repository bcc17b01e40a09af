"""All findings of a night: every family in its turn, then the rows, titles and confidences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import polars as pl

from pipelines.contracts.model import Contract
from pipelines.quality.findings.addresses import find_address_faults
from pipelines.quality.findings.births import find_birth_slips, find_sex_slips
from pipelines.quality.findings.broken_rules import find_broken_rules
from pipelines.quality.findings.candidate import joined
from pipelines.quality.findings.departed import find_departed
from pipelines.quality.findings.devices import find_misplaced
from pipelines.quality.findings.door import find_unknown_codes, find_unread_cells
from pipelines.quality.findings.dwellings import find_credit_code_faults, find_lease_faults, find_parcel_faults
from pipelines.quality.findings.finish import finish
from pipelines.quality.findings.misspelt import find_misspelt_places
from pipelines.quality.findings.names import find_name_slips
from pipelines.quality.findings.night import Night, Scan
from pipelines.quality.findings.numbers import (
    find_masked_numbers,
    find_number_slips,
    find_old_numbers,
    find_tail_slips,
)
from pipelines.quality.findings.owners import find_numbers_of_others
from pipelines.quality.findings.phones import find_phones_of_others
from pipelines.quality.findings.refused import find_refused_rows
from pipelines.quality.findings.register_gaps import find_register_gaps
from pipelines.quality.findings.residence import find_missing_rooms, find_moved_persons
from pipelines.quality.findings.twice import find_entered_twice
from pipelines.quality.findings.unregistered import find_unregistered
from pipelines.quality.specs import Suite

Finder = Callable[[Night], pl.DataFrame]

FINDERS: Final[tuple[tuple[str, Finder], ...]] = (
    ("unread cells", find_unread_cells),
    ("unknown codes", find_unknown_codes),
    ("broken rules", find_broken_rules),
    ("impossible numbers", find_number_slips),
    ("old numbers", find_old_numbers),
    ("masked numbers", find_masked_numbers),
    ("parts of numbers", find_tail_slips),
    ("numbers of others", find_numbers_of_others),
    ("birth dates", find_birth_slips),
    ("sexes", find_sex_slips),
    ("names", find_name_slips),
    ("addresses", find_address_faults),
    ("misspelt places", find_misspelt_places),
    ("coordinates", find_misplaced),
    ("register", find_register_gaps),
    ("unregistered", find_unregistered),
    ("entered twice", find_entered_twice),
    ("residences", find_moved_persons),
    ("rooms not written", find_missing_rooms),
    ("departed", find_departed),
    ("phones", find_phones_of_others),
    ("parcels", find_parcel_faults),
    ("leases", find_lease_faults),
    ("credit codes", find_credit_code_faults),
)
"""Every family of findings, in the order in which they are looked for."""


def collect_candidates(night: Night) -> pl.DataFrame:
    """Return what every finder tells, before confidence decides what is said: frame of `CANDIDATE_SCHEMA`."""
    return joined(find(night) for _, find in FINDERS).filter(pl.col("record_key").is_not_null())


def collect_findings(
    scan: Scan, contracts: Mapping[str, Contract], suites: Mapping[str, Suite], as_of: date
) -> pl.DataFrame:
    """Tell every department which of its delivered rows to correct.

    Args:
        scan: returns a table by its name (raw, ops, master and internal ones); LakeError for one that is absent, of
            which nothing is found.
        contracts: by `<department>_<feed>`.
        suites: hand-written expectations by table.
        as_of: the newest delivery date.

    Returns:
        `FINDING_SCHEMA`, one row per `FINDING_GRAIN`, worst first; the same tables give the same bytes in any order of
        their rows. Evidence tells counts, dates and departments that keep no sensitive list; a proposal is for a column
        that the department delivers, in the form in which it delivers it.
    """
    night = Night(scan, contracts, suites, as_of)
    return finish(collect_candidates(night), find_refused_rows(night), night)
