"""`ops.feed_profile`: the deliveries that a load took, counted, beside those of earlier nights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import orjson
import polars as pl

from pipelines.contracts.model import Contract
from pipelines.quality.profile.bands import HISTORY, usual_values, with_bands
from pipelines.quality.profile.cells import count_cells, newest_event
from pipelines.quality.profile.churn import count_changes, count_keys
from pipelines.quality.profile.contained import contained
from pipelines.quality.profile.schema import PROFILE_GRAIN, PROFILE_SCHEMA, USUAL, no_profile
from pipelines.quality.profile.scopes import Before, before_full, before_increment, count_scopes, scope_column

Scan = Callable[[str], pl.LazyFrame]
TAKEN = ("loaded", "duplicate")


def profile_deliveries(
    scan: Scan,
    contracts: Mapping[str, Contract],
    deliveries: pl.DataFrame,
    run_id: str,
    earlier: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return the whole of `ops.feed_profile` after a load, sorted by its grain.

    Reads raw tables of the feeds that the load brought files of, and of these what the deliveries contained. A delivery
    that gets one more file in a later load is counted anew.

    Args:
        scan: returns a raw table by its name.
        contracts: by `<department>_<feed>`.
        deliveries: the whole of `ops.delivery`, this load's rows among them.
        run_id: of the load.
        earlier: the table before; None on the first night.
    """
    # A column that an earlier version did not count yet is null there.
    known = no_profile() if earlier is None else pl.concat([no_profile(), earlier], how="diagonal_relaxed")
    known = known.select(pl.col(name).cast(kind) for name, kind in PROFILE_SCHEMA.items())
    taken = deliveries.filter(pl.col("status").is_in(TAKEN))
    fresh = taken.filter(pl.col("run_id") == run_id).select("delivered_on", "department", "feed").unique()
    for on, department, feed in fresh.sort("delivered_on", "department", "feed").iter_rows():
        contract = contracts.get(f"{department}_{feed}")
        if contract is None:
            continue
        own = taken.filter((pl.col("department") == department) & (pl.col("feed") == feed))
        rows = profile_batch(scan(f"raw.{contract.name}"), contract, on, own, known, run_id=run_id)
        known = pl.concat([known.join(rows, on=PROFILE_GRAIN, how="anti"), rows])
    return _with_ages(known, taken, run_id).sort(PROFILE_GRAIN)


def profile_batch(
    rows: pl.LazyFrame,
    contract: Contract,
    on: date,
    deliveries: pl.DataFrame,
    earlier: pl.DataFrame,
    *,
    run_id: str,
) -> pl.DataFrame:
    """Return the profile of one feed's delivery of one day: a row for the file as a whole, then one a column.

    Args:
        rows: the raw table, all versions.
        contract: of the feed.
        on: the delivery date.
        deliveries: the feed's rows of `ops.delivery` that were taken, of every day.
        earlier: `ops.feed_profile` so far.
        run_id: of the load.
    """
    files = deliveries.filter(pl.col("delivered_on") == on)
    is_full = contract.mode == "full" or bool((files["mode"] == "full").any())
    is_newest = on == deliveries["delivered_on"].max()
    scopes = _scopes(files) if is_full else None
    inside = contained(rows, contract, on, is_full=is_full, is_newest=is_newest, scopes=scopes)
    past = earlier.filter(pl.col("delivered_on") < on)
    cells = count_cells(inside, contract, on, usual_values(past, contract.department, contract.feed))
    own = past.filter((pl.col("department") == contract.department) & (pl.col("feed") == contract.feed))
    counted = cells[0]["rows"] if cells and is_newest else None
    file = _of_files(files, on, counted, deliveries, own, is_full=is_full)
    file |= {"newest_event_on": newest_event(inside, contract, on)}
    before = _before(rows, contract, on, deliveries, own, is_full=is_full)
    if before is not None:
        compared, changes = _compare(rows, inside, before, contract, on, is_full=is_full)
        file |= compared
        cells = [cell | {"changed": changes[cell["column"]]} for cell in cells]
    keys = {"department": contract.department, "feed": contract.feed, "delivered_on": on, "run_id": run_id}
    marks = {"is_full": is_full, "is_scoped": scopes is not None}
    return _framed([keys | marks | row for row in ({"column": ""} | file, *_with_log(cells, files))], past)


def _compare(
    rows: pl.LazyFrame, inside: pl.LazyFrame, before: Before, contract: Contract, on: date, *, is_full: bool
) -> tuple[dict[str, Any], dict[str, int]]:
    """Return what the row of the file, and what each column's row says of the delivery beside those before."""
    file: dict[str, Any] = count_keys(rows, inside, before.rows if is_full else None, contract, on)
    column = scope_column(contract)
    if column is not None:
        file |= count_scopes(inside, before, column, is_full=is_full)
    near = pl.concat([before.rows, rows.filter(pl.col("delivered_on") == on)])
    return file, count_changes(near if contract.mode == "append" else rows, contract, on)


def _framed(told: list[dict[str, Any]], past: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of one delivery as a frame, with what follows from their counts and the bands."""
    frame = pl.DataFrame(told, schema=PROFILE_SCHEMA, orient="row")
    filled = pl.col("rows") - pl.col("nulls") - pl.col("unread")
    shaped = frame.with_columns(
        lag_days=(pl.col("delivered_on") - pl.col("newest_event_on")).dt.total_days(),
        share_top=pl.when(filled > 0).then(pl.col("top_rows") / filled),
    )
    banded = with_bands(shaped.drop(list(USUAL)), past)
    return banded.select(pl.col(name).cast(kind) for name, kind in PROFILE_SCHEMA.items())


def _of_files(
    files: pl.DataFrame, on: date, counted: int | None, deliveries: pl.DataFrame, own: pl.DataFrame, *, is_full: bool
) -> dict[str, Any]:
    """Count the files of a day. An increment's file with the bytes of an earlier one brings no rows of that day."""
    told = files if is_full else files.filter(pl.col("status") == "loaded")
    rows, fresh, quarantined = (int(told[name].sum()) for name in ("rows_read", "rows_loaded", "rows_quarantined"))
    before = own.filter(pl.col("column") == "").sort("delivered_on")
    last = before.tail(1).row(0, named=True) if before.height else None
    quiet = (last["unchanged"] or 0) if last is not None else 0
    return {
        "rows": rows,
        "files": files.height,
        "files_repeated": int((files["status"] == "duplicate").sum()),
        "fresh": fresh,
        "repeated": None if counted is None else max(0, rows - quarantined - counted),
        "quarantined": quarantined,
        "unchanged": 0 if fresh else quiet + 1,
        "new_columns": files["unknown_columns"].explode().drop_nulls().n_unique(),
        "newest_before": None if last is None else last["newest_event_on"],
        "old_files": _old_files(files, on, deliveries) if is_full else 0,
        "gap_days": None if last is None else (on - last["delivered_on"]).days,
    }


def _old_files(files: pl.DataFrame, on: date, deliveries: pl.DataFrame) -> int:
    """Count full lists of a day with the bytes of an earlier one that another list has followed since."""
    before = deliveries.filter(pl.col("delivered_on") < on)
    newest = before.filter(pl.col("delivered_on") == pl.col("delivered_on").max())["sha256"]
    if files["scopes"].null_count() < files.height:
        return 0  # one file an estate: each has followers of other estates
    old = set(before["sha256"]) - set(newest)
    return sum(sha in old for sha in files["sha256"])


def _before(
    rows: pl.LazyFrame, contract: Contract, on: date, deliveries: pl.DataFrame, own: pl.DataFrame, *, is_full: bool
) -> Before | None:
    """Return the rows that a delivery is compared with; None for a first one."""
    past = deliveries.filter(pl.col("delivered_on") < on)
    if is_full:
        past = past.filter((pl.col("mode") == "full") | (contract.mode == "full"))
    if past.height == 0:
        return None
    if is_full:
        fulls = past.select("delivered_on", pl.col("scopes").alias("scope")).explode("scope")
        return before_full(rows, contract, on, fulls, _scopes(deliveries.filter(pl.col("delivered_on") == on)))
    newest = own.filter(pl.col("column") == "")["delivered_on"].sort(descending=True).head(HISTORY)
    since = newest.min() if newest.len() else past["delivered_on"].min()
    return before_increment(rows, on, since) if isinstance(since, date) else None


def _scopes(files: pl.DataFrame) -> list[str] | None:
    """Return the scopes that the files of a day covered; None where one of them covered the whole feed."""
    if files["scopes"].null_count():
        return None
    return files["scopes"].explode().drop_nulls().unique().sort().to_list()


def _with_log(cells: list[dict[str, Any]], files: pl.DataFrame) -> list[dict[str, Any]]:
    """Add what the delivery log counted of the cells of all rows read, kept or not."""
    unread, unknown = (_by_column(files, name) for name in ("unread_cells", "unknown_codes"))
    told = []
    for cell in cells:
        name, rows = cell["column"], cell["rows"]
        lost = min(unread.get(name, 0), rows)
        # An unread cell is null in the raw table; as delivered it was not empty.
        told.append(
            cell | {"nulls": max(0, cell["nulls"] - lost), "unread": lost, "unknown_codes": unknown.get(name, 0)}
        )
    return told


def _by_column(files: pl.DataFrame, name: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for text in files[name].drop_nulls().to_list():
        for column, count in orjson.loads(text).items():
            counts[column] = counts.get(column, 0) + int(count)
    return counts


def _with_ages(profile: pl.DataFrame, taken: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """Mark what the newest load took and each feed's newest delivery, which ages while other feeds are delivered."""
    newest = pl.col("delivered_on") == pl.col("delivered_on").max().over("department", "feed")
    as_of = pl.lit(taken["delivered_on"].max(), pl.Date)
    age = (as_of - pl.col("delivered_on")).dt.total_days()
    return profile.with_columns(
        is_tonight=pl.col("run_id") == run_id,
        is_newest=newest,
        age_days=pl.when(newest & (pl.col("column") == "")).then(age),
    )
