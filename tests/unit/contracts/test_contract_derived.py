"""Schemas and expectations that follow from a contract."""

from __future__ import annotations

import json
import re

import polars as pl
import pyarrow as pa
import pytest

from pipelines.contracts.expectations import ExpectationSpec, expectations_of
from pipelines.contracts.loader import load_contracts
from pipelines.contracts.model import METADATA_COLUMNS, Contract
from pipelines.contracts.schema import arrow_schema, column_schema, metadata_schema, polars_schema
from pipelines.contracts.table import table_columns

CONTRACTS = load_contracts()
every_contract = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.name)


def test_every_type_has_its_polars_type() -> None:
    assert column_schema(CONTRACTS["civil_affairs_elderly"])["birth_date"] == pl.Date()
    assert column_schema(CONTRACTS["civil_affairs_elderly"])["birth_date_precision"] == pl.String()
    assert column_schema(CONTRACTS["police_addresses"])["aliases"] == pl.List(pl.String())
    assert column_schema(CONTRACTS["police_addresses"])["floor"] == pl.Int64()
    assert column_schema(CONTRACTS["sensors_events"])["ts"] == pl.Datetime("us", "UTC")
    assert column_schema(CONTRACTS["sensors_events"])["value"] == pl.Float64()
    assert column_schema(CONTRACTS["street_office_readiness"])["realistic"] == pl.Boolean()
    assert column_schema(CONTRACTS["police_residents"])["sex"] == pl.String()


def test_a_precision_follows_its_date() -> None:
    names = list(polars_schema(CONTRACTS["police_residents"]))
    assert names[names.index("birth_date") + 1] == "birth_date_precision"


@every_contract
def test_metadata_columns_close_every_table(contract: Contract) -> None:
    assert tuple(polars_schema(contract))[-9:] == METADATA_COLUMNS == tuple(metadata_schema())


@every_contract
def test_polars_arrow_and_documented_columns_agree(contract: Contract) -> None:
    names = list(polars_schema(contract))
    assert arrow_schema(contract).names == names
    assert [column.name for column in table_columns(contract)] == names


@every_contract
def test_a_frame_goes_through_the_arrow_schema(contract: Contract) -> None:
    frame = pl.DataFrame({name: [] for name in polars_schema(contract)}, schema=polars_schema(contract))
    cast = frame.to_arrow().cast(arrow_schema(contract))
    assert pl.from_arrow(cast).schema == frame.schema  # type: ignore[union-attr]


def test_arrow_fields_tell_their_class_and_unit() -> None:
    schema: pa.Schema = arrow_schema(CONTRACTS["housing_leases"])
    assert schema.field("rent_cny").metadata == {b"data_class": b"sensitive", b"unit": b"cny_per_month"}


def of_column(contract: Contract, column: str) -> dict[str, ExpectationSpec]:
    return {spec.type: spec for spec in expectations_of(contract) if spec.column == column}


def test_a_key_is_filled_and_unique() -> None:
    specs = of_column(CONTRACTS["police_residents"], "resident_no")
    assert specs["expect_column_values_to_not_be_null"].severity == "critical"
    assert specs["expect_column_values_to_not_be_null"].kwargs == {"column": "resident_no"}
    assert specs["expect_column_values_to_be_unique"].dimension == "uniqueness"


def test_codes_ranges_patterns_and_past_dates_are_expected() -> None:
    sex = of_column(CONTRACTS["police_residents"], "sex")["expect_column_values_to_be_in_set"]
    assert sex.kwargs["value_set"] == ["0", "1", "2", "9"]
    lon = of_column(CONTRACTS["police_addresses"], "lon")["expect_column_values_to_be_between"]
    assert (lon.kwargs["min_value"], lon.kwargs["max_value"]) == (73, 136)
    parcel = of_column(CONTRACTS["housing_properties"], "parcel_unit_no")["expect_column_values_to_match_regex"]
    assert re.match(parcel.kwargs["regex"], "990102001000GB00000F00000000")
    born = of_column(CONTRACTS["police_residents"], "birth_date")
    assert born["expect_column_pair_values_a_to_be_greater_than_b"].kwargs["column_A"] == "last_delivered_on"
    filled = of_column(CONTRACTS["police_residents"], "phone")["expect_column_values_to_not_be_null"]
    assert (filled.severity, filled.kwargs["mostly"]) == ("warning", 0.6)


def test_a_feed_without_its_own_key_expects_a_unique_record_key_only() -> None:
    specs = expectations_of(CONTRACTS["property_occupants"])
    assert [s.column for s in specs if s.type == "expect_column_values_to_be_unique"] == ["record_key"]


@every_contract
def test_expectations_are_plain_named_in_both_tongues_and_about_columns_that_exist(contract: Contract) -> None:
    specs = expectations_of(contract)
    assert expectations_of(contract) == specs
    known = set(polars_schema(contract))
    for spec in specs:
        assert json.loads(json.dumps(dict(spec.kwargs))) == spec.kwargs
        assert spec.column is None or spec.column in known
        assert spec.title_en
        assert re.search(r"[\u4e00-\u9fff]", spec.title_zh)
    assert len({(s.type, s.column) for s in specs}) == len(specs)
