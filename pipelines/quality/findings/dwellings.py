"""Parcels, leases and enterprises that contradict themselves or each other."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.quality.findings.candidate import as_candidates, joined
from pipelines.quality.findings.night import Night

_PROPERTIES: Final = "housing_properties"
_LEASES: Final = "housing_leases"
_ENTERPRISES: Final = "market_regulation_enterprises"
_NONE: Final = pl.DataFrame(schema={"feed": pl.String})
# GB 32100-2015: signs without I, O, S, V and Z, weights 3^i mod 31, check sign (31 - sum mod 31) mod 31.
_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_LENGTH: Final = 18
_FORCE: Final = "有效"


def find_parcel_faults(night: Night) -> pl.DataFrame:
    """Find doors with two parcels in force, and parcels with more numbers than owners."""
    table = night.current(_PROPERTIES)
    if table is None:
        return as_candidates(_NONE)
    rows = table.select("record_key", "parcel_unit_no", "owners", "owner_id_numbers", "status").collect()
    return joined([_two_parcels(rows, night), _more_numbers(rows, night)])


def _two_parcels(rows: pl.DataFrame, night: Night) -> pl.DataFrame:
    if night.address_match is None:
        return _NONE
    doors = night.address_match.filter(
        (pl.col("feed") == _PROPERTIES) & (pl.col("status") == "matched") & (pl.col("matched_level") == "room")
    ).select("record_key", door=pl.coalesce("room_code", "address_code"), reason="reason")
    in_force = rows.filter(pl.col("status").fill_null(_FORCE) == _FORCE).join(doors, on="record_key")
    same = in_force.filter(pl.col("door").is_not_null() & (pl.col("parcel_unit_no").n_unique().over("door") > 1))
    told = same.with_columns(others=pl.col("parcel_unit_no").sort().str.join("、").over("door"))
    owners = pl.col("owners").n_unique().over("door")
    return told.with_columns(
        feed=pl.lit(_PROPERTIES),
        problem=pl.lit("parcel_shares_door"),
        case=pl.when(owners > 1).then(pl.lit("owners_differ")).otherwise(pl.lit("same_owners")),
        evidence_zh=pl.format("同一户室登记了多个有效不动产单元（{}），请核实", "others"),
        evidence_en=pl.format("Several parcels in force stand at one door ({}); please verify", "others"),
    )


def _more_numbers(rows: pl.DataFrame, night: Night) -> pl.DataFrame:
    owners = night.witnesses.filter((pl.col("feed") == _PROPERTIES) & (pl.col("person_role") == "owner"))
    counted = owners.group_by("record_key").agg(named=pl.len())
    listed = rows.filter(pl.col("owner_id_numbers").is_not_null()).with_columns(
        numbers=pl.col("owner_id_numbers").str.extract_all(r"[0-9]{14}[0-9Xx*]{1,4}|[0-9]{6}\*+[0-9Xx]*").list.len()
    )
    found = listed.join(counted, on="record_key").filter(pl.col("numbers") > pl.col("named"))
    return found.with_columns(
        feed=pl.lit(_PROPERTIES),
        column=pl.lit("owner_id_numbers"),
        problem=pl.lit("more_numbers_than_owners"),
        case=pl.lit("counted"),
        evidence_zh=pl.format("产权人{}名，证件号{}个", "named", "numbers"),
        evidence_en=pl.format("{} owners, {} numbers", "named", "numbers"),
    )


def find_lease_faults(night: Night) -> pl.DataFrame:
    """Find leases whose parcel is unknown to the register of parcels, or stands at another door than the lease says."""
    leases, parcels = night.current(_LEASES), night.current(_PROPERTIES)
    if leases is None or parcels is None or night.address_match is None:
        return as_candidates(_NONE)
    rows = leases.filter(pl.col("parcel_unit_no").is_not_null()).select("record_key", "parcel_unit_no").collect()
    doors = night.address_match.filter(pl.col("status") == "matched").select(
        "feed", "record_key", door=pl.coalesce("room_code", "address_code"), level="matched_level"
    )
    known = parcels.select("parcel_unit_no", parcel_key="record_key").unique("parcel_unit_no").collect()
    told = rows.join(known, on="parcel_unit_no", how="left")
    unknown = told.filter(pl.col("parcel_key").is_null()).with_columns(
        feed=pl.lit(_LEASES),
        column=pl.lit("parcel_unit_no"),
        problem=pl.lit("lease_parcel_unknown"),
        case=pl.lit("not_in_register"),
        evidence_zh=pl.lit("房屋楼盘表中没有此不动产单元号"),
        evidence_en=pl.lit("The register of parcels has no such number"),
    )
    lease_doors = doors.filter((pl.col("feed") == _LEASES) & (pl.col("level") == "room")).drop("feed")
    parcel_doors = doors.filter((pl.col("feed") == _PROPERTIES) & (pl.col("level") == "room"))
    both = told.join(lease_doors, on="record_key").join(
        parcel_doors.select(parcel_key="record_key", parcel_door="door"), on="parcel_key"
    )
    elsewhere = both.filter(pl.col("door") != pl.col("parcel_door")).with_columns(
        feed=pl.lit(_LEASES),
        column=pl.lit("parcel_unit_no"),
        problem=pl.lit("lease_parcel_elsewhere"),
        case=pl.lit("doors_differ"),
        evidence_zh=pl.lit("该不动产单元在楼盘表中是另一户室"),
        evidence_en=pl.lit("The register of parcels has this number at another door"),
    )
    return joined([unknown, elsewhere])


def find_credit_code_faults(night: Night) -> pl.DataFrame:
    """Find credit codes whose length, signs or check sign (GB 32100-2015) are wrong."""
    table = night.current(_ENTERPRISES)
    if table is None:
        return as_candidates(_NONE)
    rows = table.select("record_key", "credit_code").collect().filter(pl.col("credit_code").is_not_null())
    code = pl.col("credit_code").str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
    rows = rows.with_columns(code=code).with_columns(right=_check_sign(pl.col("code")))
    shaped = pl.col("code").str.contains(rf"^[{_SIGNS}]{{{_CODE_LENGTH}}}$")
    wrong = rows.filter(~shaped | (pl.col("code").str.tail(1) != pl.col("right")))
    return as_candidates(
        wrong.with_columns(
            feed=pl.lit(_ENTERPRISES),
            column=pl.lit("credit_code"),
            problem=pl.lit("credit_code_impossible"),
            case=pl.when(shaped).then(pl.lit("check_sign")).otherwise(pl.lit("shape")),
            evidence_zh=pl.when(shaped)
            .then(pl.lit("校验码不符（GB 32100）"))
            .otherwise(pl.lit("不是18位合法字符（GB 32100）")),
            evidence_en=pl.when(shaped)
            .then(pl.lit("The check sign is wrong (GB 32100)"))
            .otherwise(pl.lit("Not 18 permitted signs (GB 32100)")),
        )
    )  # fmt: skip


def _check_sign(code: pl.Expr) -> pl.Expr:
    total = pl.sum_horizontal(
        code.str.slice(place, 1).replace_strict(list(_SIGNS), list(range(31)), default=None, return_dtype=pl.Int64)
        * pow(3, place, 31)
        for place in range(_CODE_LENGTH - 1)
    )
    return ((31 - total % 31) % 31).replace_strict(dict(enumerate(_SIGNS)), return_dtype=pl.String)
