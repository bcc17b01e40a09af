"""The measures themselves, against figures worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.city.evaluate import evaluate, render
from pipelines.city.evaluate.persons import best_clusters, cluster_figures
from pipelines.errors import StreetlakeError
from pipelines.home import Home
from pipelines.lake.lock import RunLock
from pipelines.lake.store import Lake

FEED, FILE, SHA = "police_residents", "police/residents/2026-03-01/a.csv", "0" * 64


def test_pairs_and_b_cubed_by_hand() -> None:
    # clusters: A = {1, 1, 2}, B = {2}; people: 1 twice, 2 twice. Pairs found 3, true pairs 2, right 1.
    given = pl.DataFrame({"person": [1, 1, 2, 2], "person_id": ["A", "A", "A", "B"]})
    figures = cluster_figures(given)
    assert figures["precision"] == pytest.approx(1 / 3, abs=1e-5)
    assert figures["recall"] == pytest.approx(1 / 2, abs=1e-5)
    assert figures["b3_precision"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4, abs=1e-5)
    assert figures["b3_recall"] == pytest.approx((1 + 1 + 0.5 + 0.5) / 4, abs=1e-5)
    assert (figures["mixed_clusters"], figures["split_persons"]) == (1, 1)


def test_the_majority_names_a_cluster_and_ties_go_to_the_smaller_person() -> None:
    given = pl.DataFrame({"person": [3, 3, 9, 8, 7], "person_id": ["A", "A", "A", "B", "B"]})
    assert dict(best_clusters(given).iter_rows()) == {"A": 3, "B": 7}


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    """Three people in two rooms of one building; the third row's text names the building only."""
    folder = tmp_path / "truth"
    folder.mkdir()
    key = {
        "feed": [FEED] * 3,
        "delivered_on": [date(2026, 3, 1)] * 3,
        "file": [FILE] * 3,
        "row_number": [1, 2, 3],
        "record_no": [0, 1, 2],
    }
    tables = {
        "mention": {
            **key,
            "person_role": ["self"] * 3,
            "person_seq": [1] * 3,
            "person": [1, 2, 3],
            "name_only": [False] * 3,
            "number_damage": ["none"] * 3,
        },
        "address": {
            **key,
            "address_role": ["residence"] * 3,
            "address_code": ["R1", "R1", "R2"],
            "supported_level": ["room", "room", "building"],
            "supported_code": ["R1", "R1", "B"],
            "damage": ["none", "wrong_digit", "missing_room"],
            "division_code": [None] * 3,
        },
        "row": {"feed": [FEED], "delivered_on": [date(2026, 3, 1)], "file": [FILE], "night": [0], "rows": [3]},
        "person": {
            "person": [1, 2, 3],
            "name": ["张三", "李四", "买买提·艾力"],
            "sex": [1, 2, 1],
            "birth_date": [date(1990, 1, 1)] * 3,
            "residence_code": ["R1", "R1", "R2"],
            "is_alive": [True, True, False],
        },
        "household": {"household": [5, 5], "person": [1, 2], "address_code": ["R1", "R1"]},
        "place": {
            "address_code": ["R1", "R2", "B", "E"],
            "building_code": ["B", "B", "B", None],
            "estate_code": ["E", "E", "E", "E"],
        },
    }
    for name, columns in tables.items():
        casts = (
            {"person_seq": pl.Int32} if name == "mention" else {"division_code": pl.String} if name == "address" else {}
        )
        pl.DataFrame(columns).cast(casts).write_parquet(folder / f"truth_{name}.parquet")  # type: ignore[arg-type]
    return folder


def lake_with(home: Home, codes: list[str | None], ids: list[str]) -> None:
    """Commit the tables that evaluate reads, with these address codes and person ids for the three rows."""
    keys = {"feed": [FEED] * 3, "record_key": ["a", "b", "c"]}
    levels = [None if c is None else "building" if c == "B" else "room" for c in codes]
    tables = {
        "raw.police_residents": pl.DataFrame(
            {"record_key": ["a", "b", "c"], "file_sha256": [SHA] * 3, "row_number": [1, 2, 3], "is_current": [True] * 3}
        ),
        "ops.delivery": pl.DataFrame(
            {
                "path": [FILE],
                "sha256": [SHA],
                "status": ["loaded"],
                "rows_read": [3],
                "rows_loaded": [3],
                "rows_duplicate": [0],
                "rows_quarantined": [0],
            }
        ),
        "master.address_match": pl.DataFrame(
            {
                **keys,
                "address_role": ["residence"] * 3,
                "address_code": codes,
                "matched_level": levels,
                "status": ["matched"] * 3,
                "confidence": [1.0] * 3,
                "building_code": [None if c is None else "B" for c in codes],
                "division_code": ["990102"] * 3,
            }
        ),
        "master.person_crosswalk": pl.DataFrame(
            {
                **keys,
                "person_role": ["self"] * 3,
                "person_seq": [1] * 3,
                "person_id": ids,
                "probability": [0.99] * 3,
                "method": ["model"] * 3,
            }
        ),
        "master.person": pl.DataFrame(
            {
                "person_id": ids,
                "name": ["张三", "李四", "买买提艾力"],
                "sex": ["1", "2", "1"],
                "birth_date": [date(1990, 1, 1)] * 3,
                "birth_date_precision": ["day"] * 3,
                "residence_address_code": codes,
            }
        ).unique("person_id", keep="first", maintain_order=True),
        "master.household_member": pl.DataFrame(
            {"household_id": ["H", "H"], "person_id": ids[:2], "basis": ["residence"] * 2, "until": [None, None]},
            schema_overrides={"until": pl.Date},
        ),
    }
    with RunLock(home):
        transaction = Lake(home).begin("one")
        for name, frame in tables.items():
            transaction.replace(name, frame)
        transaction.commit(inputs={}, checks={})


def test_a_perfect_home_is_perfect(tmp_path: Path, truth: Path) -> None:
    home = Home.resolve(tmp_path / "home").ensure()
    lake_with(home, ["R1", "R1", "B"], ["p1", "p2", "p3"])
    found = evaluate(home, truth)
    assert found.addresses.overall["coverage"] == 1.0
    assert found.addresses.overall["wrong"] == 0
    assert found.persons.all_mentions["mixed_clusters"] == found.persons.all_mentions["split_persons"] == 0
    assert found.golden.values["name"]["accuracy"] == 1.0, "a middle dot is no difference of names"
    assert found.golden.values["residence"]["persons"] == 2, "the dead live nowhere"
    assert found.golden.households["f1"] == 1.0
    assert (found.conservation.rows_written, found.conservation.rows_read, found.conservation.miscounted_files) == (
        3,
        3,
        0,
    )
    assert found.stability is None
    assert found.to_dict()["persons"]["missing"] == 0
    assert len(render(found).renderables) == 10


def test_wrong_and_missing_answers_are_counted(tmp_path: Path, truth: Path) -> None:
    home = Home.resolve(tmp_path / "home").ensure()
    lake_with(home, [None, "R2", "B"], ["p1", "p1", "p3"])
    found = evaluate(home, truth)
    overall = found.addresses.overall
    assert (overall["texts"], overall["covered"], overall["wrong"], overall["wrong_without_digit_errors"]) == (
        3,
        1,
        1,
        0,
    )
    assert overall["wrong_share"] == 0.5
    assert found.persons.numbers_merged == 1
    assert found.persons.all_mentions["precision"] == 0.0


def test_without_snapshot_or_truth_it_says_what_to_do(tmp_path: Path, truth: Path) -> None:
    home = Home.resolve(tmp_path / "home").ensure()
    with pytest.raises(StreetlakeError, match="streetlake load"):
        evaluate(home, truth)
    lake_with(home, ["R1", "R1", "B"], ["p1", "p2", "p3"])
    with pytest.raises(StreetlakeError, match="truth_mention"):
        evaluate(home, tmp_path)
