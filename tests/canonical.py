"""Two homes with the same city, made comparable: ids get the name of what they hold, clocks and run names go."""

from __future__ import annotations

import polars as pl

from pipelines.home import Home
from pipelines.lake.snapshot import Snapshot
from pipelines.lake.store import Lake

# What is told of the nights one by one: three at once are one batch, checked and answered once.
OF_THE_NIGHTS = {
    "marts.data_quality": ("metric", ["checked_values_as_expected", "returned_rows_corrected"]),
    "marts.kpi_monthly": ("indicator", ["returns_corrected"]),
}
SINCE_WHEN = [
    "opened_on",
    "changed_on",
    "first_run",
    "reopened",
]  # an entry of the return list opened, and by which run
# Which run profiled it; and rows that stand twice in a file, which nobody can count once a later delivery repeats them.
HIDDEN_LATER = ["is_tonight", "repeated", "repeated_most"]
MENTION = ["feed", "record_key", "person_role", "person_seq"]
# When and by which run a row was made; what the ledger's clock says; hashes of these.
CLOCKS = {
    "ingested_at", "batch_id", "first_seen_at", "started_at", "finished_at", "at", "run_id", "run", "snapshot",
    "snapshot_id", "created_at", "sha256", "bytes", "source_mtime_ns", "processed_at", "review_id",
}  # fmt: skip
# The ledgers tell each home's own story; the others in this list are about the runs themselves.
NOT_COMPARED = {
    "ops.audit", "ops.run", "master.person_history", "master.household_history", "marts.snapshot",
    "master.address_alias", "master.address_match_history", "marts.quality_check", "marts.return_summary",
}  # fmt: skip


def snapshot_of(home: Home) -> Snapshot:
    snapshot = Lake(home).current()
    assert snapshot is not None, "nothing was published"
    return snapshot


def names_of_ids(snapshot: Snapshot) -> dict[str, str]:
    """Map every person_id and household_id to the smallest mention it holds."""
    crosswalk = snapshot.scan("master.person_crosswalk").drop_nulls("person_id")
    told = crosswalk.select("person_id", name=pl.concat_str(MENTION, separator="|")).collect()
    persons = dict(told.group_by("person_id").agg(pl.col("name").min()).iter_rows())
    members = snapshot.scan("master.household_member").collect()
    named = members.select("household_id", "basis", name=pl.col("person_id").replace_strict(persons, default="gone"))
    houses = named.group_by("household_id").agg(
        pl.concat_str(pl.lit("household|"), pl.col("basis").first(), pl.lit("|"), pl.col("name").min())
    )
    return persons | dict(houses.iter_rows())


def canonical_tables(home: Home) -> dict[str, pl.DataFrame]:
    """Return every served table of `home`, free of the names of ids and of clocks, rows sorted."""
    snapshot = snapshot_of(home)
    names = names_of_ids(snapshot)
    tables = {
        table: canonical(snapshot.scan(table).collect(), names)
        for table in snapshot.served()
        if table not in NOT_COMPARED
    }
    for table, (column, told) in OF_THE_NIGHTS.items():
        tables[table] = tables[table].filter(~pl.col(column).is_in(told))
    standing = tables["marts.return_list"].filter(pl.col("status") == "open")
    tables["marts.return_list"] = standing.drop(SINCE_WHEN)
    tables["ops.feed_profile"] = tables["ops.feed_profile"].drop(HIDDEN_LATER)
    tables["marts.risk_cell"] = tables["marts.risk_cell"].drop("since")  # the night that first saw the cell built up
    return tables


def canonical(frame: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    kept = frame.select(column for column in frame.columns if column not in CLOCKS)
    ids = [name for name, dtype in kept.schema.items() if dtype == pl.String and name.endswith("_id")]
    lists = [name for name, dtype in kept.schema.items() if dtype == pl.List(pl.String) and name.endswith("_ids")]
    of_persons = pl.element().struct.with_fields(pl.field("person_id").replace(names))
    renamed = kept.with_columns(
        *(
            pl.col(name).list.eval(of_persons.struct.json_encode()).list.sort()
            for name, dtype in kept.schema.items()
            if isinstance(dtype, pl.List) and isinstance(dtype.inner, pl.Struct)
        ),
        *(pl.col(name).replace(names) for name in ids),
        *(pl.col(name).list.eval(pl.element().replace(names)).list.sort() for name in lists),
    )
    flat = renamed.with_columns(
        pl.col(name).cast(pl.List(pl.String)).list.join("|")
        for name, t in renamed.schema.items()
        if t.base_type() == pl.List
    )
    return flat.sort(flat.columns)


def differences(left: dict[str, pl.DataFrame], right: dict[str, pl.DataFrame]) -> list[str]:
    """Say which tables differ and in how many rows; no row is quoted."""
    told = [f"only in one: {table}" for table in sorted(set(left) ^ set(right))]
    for table in sorted(set(left) & set(right)):
        if left[table].equals(right[table]):
            continue
        mine, theirs = left[table], right[table]
        columns = [name for name in mine.columns if name in theirs.columns]
        apart = [name for name in columns if not mine[name].sort().equals(theirs[name].sort())]
        only = mine.join(theirs, on=columns, how="anti", nulls_equal=True).height
        told.append(f"{table}: {mine.height} and {theirs.height} rows, {only} differ; columns apart: {apart}")
    return told
