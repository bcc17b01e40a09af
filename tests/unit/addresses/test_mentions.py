"""Which column of which feed mentions an address, and in what role."""

from __future__ import annotations

import polars as pl

from pipelines.addresses.mentions import SCHEMA, collect_address_mentions, declared_sources
from pipelines.contracts.loader import load_contracts


def test_roles_and_hints() -> None:
    raw = {
        "raw.police_residents": pl.LazyFrame(
            {
                "record_key": ["1", "2"],
                "residence_address": ["甲", None],
                "hukou_address": ["乙", "丙"],
                "is_current": [True, False],
            }
        ),
        "raw.housing_properties": pl.LazyFrame(
            {"record_key": ["p"], "address": ["丁"], "building": ["2"], "unit": [None], "room": ["502"]},
            schema_overrides={"unit": pl.String},
        ),
        "property_occupants": pl.LazyFrame({"record_key": ["o"], "estate": ["戊"], "room_text": ["3-2-501"]}),
        "raw.police_incidents": pl.LazyFrame({"record_key": ["i"], "address": ["己"], "lon": [100.1], "lat": [30.0]}),
        "raw.sensors_events": pl.LazyFrame({"record_key": ["e"]}),
    }  # fmt: skip
    found = collect_address_mentions(raw)
    assert found.schema == SCHEMA
    assert found.select("feed", "record_key", "address_role", "address_text").rows() == [
        ("housing_properties", "p", "dwelling", "丁"),
        ("police_incidents", "i", "location", "己"),
        ("police_residents", "1", "hukou", "乙"),
        ("police_residents", "1", "residence", "甲"),
        ("property_occupants", "o", "dwelling", "3-2-501"),
    ]
    assert found.select("hint_estate", "hint_building", "hint_room", "lon").rows() == [
        (None, "2", "502", None), (None, None, None, 100.1), (None, None, None, None), (None, None, None, None),
        ("戊", None, None, None),
    ]  # fmt: skip


def test_no_feeds_no_mentions() -> None:
    assert collect_address_mentions({}).schema == SCHEMA
    assert collect_address_mentions({}).is_empty()


def test_a_contract_declares_where_its_feed_mentions_an_address() -> None:
    incidents = load_contracts()["police_incidents"]
    mention = incidents.address_mentions[0].model_copy(update={"text": "outcome", "community": "category", "lon": None})
    changed = {"police_incidents": incidents.model_copy(update={"address_mentions": [mention]})}
    raw = {
        "raw.police_incidents": pl.LazyFrame({"record_key": ["i"], "outcome": ["甲"], "category": ["乙"], "lon": [1.0]})
    }
    found = collect_address_mentions(raw, changed)
    assert found.select("address_role", "address_text", "hint_community", "lon").rows() == [
        ("location", "甲", "乙", None)
    ]
    silent = {"police_incidents": incidents.model_copy(update={"address_mentions": []})}
    assert collect_address_mentions(raw, silent).is_empty()


def test_the_declared_columns_are_those_of_the_feeds_that_have_addresses() -> None:
    # feed, role, text and what counts beside it, as the feeds' specification describes their columns
    assert [(s.feed, s.role, s.text, tuple(s.beside.values())) for s in declared_sources() if "police" in s.feed] == [
        ("police_incidents", "location", "address", ("lon", "lat")),
        ("police_residents", "residence", "residence_address", ()),
        ("police_residents", "hukou", "hukou_address", ()),
    ]
    assert "police_addresses" not in {source.feed for source in declared_sources()}, "it is the register itself"
