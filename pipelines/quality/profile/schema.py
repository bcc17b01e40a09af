"""The columns of `ops.feed_profile`: grain (department, feed, delivered_on, column); '' is the file as a whole.

Counts, shares and days; never a value of a person's column. A share lies between 0 and 1; null means not counted, or
nothing to compare with. `usual_*` are medians over up to eight earlier comparable deliveries, `*_least` and `*_most`
the band outside which a rule of drift fails (`bands`).
"""

from __future__ import annotations

import polars as pl

PROFILE_GRAIN = ("department", "feed", "delivered_on", "column")

_INT, _FLOAT, _DATE, _TEXT, _FLAG = pl.Int64(), pl.Float64(), pl.Date(), pl.String(), pl.Boolean()

KEYS: dict[str, pl.DataType] = {
    "department": _TEXT,
    "feed": _TEXT,
    "delivered_on": _DATE,
    "column": _TEXT,
    "run_id": _TEXT,  # of the load that took the files
    "is_full": _FLAG,  # a full list; such deliveries are compared with such
    "is_scoped": _FLAG,  # a full list of some parts of the city only
    "is_tonight": _FLAG,  # taken by the newest load
    "is_newest": _FLAG,  # the feed's newest delivery
}
# On the row '' of the file as a whole.
FILE: dict[str, pl.DataType] = {
    "rows": _INT,  # read, of all files of that day; on a column's row: those whose cells are counted
    "files": _INT,
    "files_repeated": _INT,  # with the bytes of an earlier file
    "fresh": _INT,  # rows that are new or changed
    "repeated": _INT,  # rows that stand twice in the files; null where a later delivery hides it
    "quarantined": _INT,
    "unchanged": _INT,  # deliveries in a row, this one the last, without a fresh row
    "new_columns": _INT,  # headers that the contract does not know
    "missing_columns": _INT,  # contract columns filled earlier and now empty; 0 or 1 on its row
    "newest_event_on": _DATE,  # newest date in the rows that is not after the delivery
    "lag_days": _INT,  # from there to the delivery
    "gap_days": _INT,  # from the delivery before to this one
    "age_days": _INT,  # from this delivery to the newest of all feeds; on the newest only
    "newest_before": _DATE,  # newest_event_on of the delivery before
    "old_files": _INT,  # full lists with the bytes of one that was followed by another since
    "keys_new": _INT,  # records named for the first time
    "keys_gone": _INT,  # records of the full list before that this one lacks
    "copies": _INT,  # rows alike in everything but their key
    "scopes": _INT,  # communities or estates with rows
    "scopes_usual": _INT,
    "scopes_vanished": _INT,
    "scopes_appeared": _INT,
    "scopes_moved": _INT,  # whose number of rows left its band
}
# On the row of each column.
CELLS: dict[str, pl.DataType] = {
    "nulls": _INT,  # empty as delivered; unread ones are not among them
    "unread": _INT,  # could not be read as their type
    "unknown_codes": _INT,  # outside the code list
    "distinct": _INT,  # different values
    "top_rows": _INT,  # rows of the most frequent value
    "share_top": _FLOAT,  # their share of filled cells
    "changed": _INT,  # records known before whose cell differs now
    "masked": _INT,  # text cells with an asterisk
    "rounded": _INT,  # texts that a spreadsheet made a number of: 1.42E+10, or digits that end in zeros
    "garbled": _INT,  # texts with characters of a wrong encoding
    "tests": _INT,  # cells that say they are a test
    "digits": _INT,  # text cells with a digit in them
    "chars": _FLOAT,  # mean characters of a text cell
    "mean": _FLOAT,  # numbers; dates as days before the delivery; null for direct and quasi columns
    "low": _FLOAT,
    "high": _FLOAT,
    "median": _FLOAT,
    "spread": _FLOAT,  # distance of the quartiles
    "far": _INT,  # values far outside what is usual
    "code_counts": pl.List(pl.Int64()),  # rows by code, in the order of the contract
    "codes_moved": _INT,  # codes whose number of rows left its band
}
USUAL: dict[str, pl.DataType] = {
    "earlier": _INT,  # comparable deliveries before this one, eight at most
    "usual_rows": _FLOAT,
    "rows_least": _FLOAT,
    "rows_most": _FLOAT,
    "usual_fresh": _FLOAT,
    "unchanged_most": _INT,
    "repeated_most": _FLOAT,
    "quarantined_most": _FLOAT,
    "keys_new_most": _FLOAT,
    "keys_gone_most": _FLOAT,
    "copies_most": _FLOAT,
    "usual_lag_days": _FLOAT,
    "lag_days_most": _INT,
    "usual_gap_days": _FLOAT,
    "age_days_most": _INT,
    "usual_new_columns": _FLOAT,
    "new_columns_most": _INT,
    "usual_null_share": _FLOAT,
    "nulls_most": _FLOAT,
    "unread_most": _FLOAT,
    "unknown_codes_most": _FLOAT,
    "usual_distinct": _FLOAT,
    "distinct_least": _FLOAT,
    "usual_share_top": _FLOAT,
    "top_rows_most": _FLOAT,
    "changed_most": _FLOAT,
    "masked_least": _FLOAT,
    "masked_most": _FLOAT,
    "rounded_most": _FLOAT,
    "garbled_most": _FLOAT,
    "tests_most": _FLOAT,
    "usual_digit_share": _FLOAT,
    "digits_least": _FLOAT,
    "digits_most": _FLOAT,
    "usual_chars": _FLOAT,
    "chars_least": _FLOAT,
    "chars_most": _FLOAT,
    "usual_median": _FLOAT,
    "usual_spread": _FLOAT,
    "median_least": _FLOAT,
    "median_most": _FLOAT,
    "far_most": _FLOAT,
}
PROFILE_SCHEMA: dict[str, pl.DataType] = KEYS | FILE | CELLS | USUAL


def no_profile() -> pl.DataFrame:
    """Return `ops.feed_profile` before anything was delivered."""
    return pl.DataFrame(schema=PROFILE_SCHEMA)
