"""A small made-up city of mentions, the same at every call: persons by number, written down with slips and gaps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from pipelines.identity.mentions.collect import MENTION_SCHEMA
from pipelines.normalise.ids import CHECK_CHARACTERS, WEIGHTS, parse_ids
from pipelines.normalise.names import parse_names

SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"
SOUNDS_ALIKE = {"伟": "玮", "静": "净", "丽": "莉", "明": "铭", "英": "瑛", "平": "萍", "军": "君"}


def number_of(born: date, sequence: int) -> str:
    """A number of division 990101, which belongs to nobody."""
    body = f"990101{born:%Y%m%d}{sequence:03d}"
    return body + CHECK_CHARACTERS[sum(int(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True)) % 11]


def small_city(persons: int = 300, seed: int = 7) -> pl.DataFrame:
    """Mentions of `persons` people; `truth` names the person, beside the columns of `MENTION_SCHEMA`."""
    random = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for person in range(persons):
        born = date(1940, 1, 1) + timedelta(days=int(random.integers(0, 25000)))
        sequence = int(random.integers(1, 999))
        name = str(random.choice(list(SURNAMES))) + "".join(random.choice(list(GIVEN), size=int(random.integers(1, 3))))
        home = person // 3
        told = {
            "truth": person,
            "name_text": name,
            "id_text": number_of(born, sequence),
            "birth_date": born,
            "birth_precision": "day",
            "birth_source": "column",
            "sex": "1" if sequence % 2 else "2",
            "sex_source": "column",
            "phones": [f"142{person:08d}"],
            "room_code": f"room-{home}",
            "unit_key": f"unit-{home // 6}",
            "building_code": f"building-{home // 12}",
            "estate_code": f"estate-{home // 40}",
            "community": f"社区{home // 60}",
            "kin_names": [],
        }
        rows.append(told | {"feed": "police_residents"})
        rows.extend(_written_down_again(told, random, int(random.integers(1, 4))))
    return _as_mentions(rows)


def _written_down_again(told: dict[str, Any], random: np.random.Generator, times: int) -> list[dict[str, Any]]:
    again = []
    for _ in range(times):
        row = dict(told, feed="property_occupants", birth_date=None, birth_precision=None, birth_source=None, sex=None)
        name, number = told["name_text"], told["id_text"]
        slip = random.integers(0, 8)
        if slip == 0:
            row["name_text"] = "".join(SOUNDS_ALIKE.get(sign, sign) for sign in name)
        elif slip == 1:
            row["name_text"] = name[0] + "女士"
        elif slip == 2 and len(name) == 3:
            row["name_text"] = name[:2]
        row["id_text"] = [None, number[-6:], number[:6] + "********" + number[-4:], number][int(random.integers(0, 4))]
        if random.random() < 0.3:
            row["phones"] = [f"142{int(random.integers(50000000, 99999999))}"]
        if random.random() < 0.3:
            row |= {"room_code": None, "unit_key": None}
        if random.random() < 0.3:
            row |= {
                "birth_date": told["birth_date"].replace(day=1),
                "birth_precision": "month",
                "birth_source": "column",
            }
        again.append(row)
    return again


def _as_mentions(rows: list[dict[str, Any]]) -> pl.DataFrame:
    texts = pl.DataFrame(rows, infer_schema_length=None)
    numbers, names = parse_ids(texts["id_text"]), parse_names(texts["name_text"])
    plain = texts.drop("id_text", "name_text").with_columns(
        record_key=pl.concat_str(pl.lit("r"), pl.int_range(pl.len()).cast(pl.String).str.zfill(6)),
        person_role=pl.lit("self"),
        person_seq=pl.lit(1),
        phone_masks=pl.lit([], dtype=pl.List(pl.String)),
    )
    full = pl.concat(
        [plain, numbers.drop("id_birth_precision"), names.drop("remark_former_name", "title_sex")], how="horizontal"
    )
    missing = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in MENTION_SCHEMA.items() if name not in full.columns
    ]
    ordered = (
        full.with_columns(missing)
        .sort("feed", "record_key")
        .drop("mention_index", strict=False)
        .with_row_index("mention_index")
    )
    return ordered.select([pl.col(name).cast(kind) for name, kind in MENTION_SCHEMA.items()] + [pl.col("truth")])
