from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from city_reading import checksum_holds, decode, delivered_files, register_of, rows_of

from pipelines.city import CityReport, deliver, generate_city
from pipelines.city.error_model import Style
from pipelines.errors import StreetlakeError

FEEDS = {
    "police/addresses", "police/residents", "police/incidents", "civil_affairs/benefits", "civil_affairs/elderly",
    "civil_affairs/marriages", "housing/properties", "housing/leases", "property/occupants", "property/workorders",
    "sensors/devices", "sensors/events", "street_office/disputes", "street_office/participation",
    "street_office/surveys", "street_office/readiness", "market_regulation/enterprises",
}  # fmt: skip


CODES = {"不动产单元号", "统一社会信用代码", "人员编号", "警情编号", "地址编码"}


def digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_all_seventeen_feeds_arrive_on_the_first_night(city: CityReport) -> None:
    assert {"/".join(f.split("/")[:2]) for f in city.nights[0].files} == FEEDS


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        generate_city(tmp_path / name, tmp_path / f"{name}_truth", residents=400, nights=2, seed=3)
        made.append({**digests(tmp_path / name), **digests(tmp_path / f"{name}_truth")})
    assert made[0] == made[1]
    generate_city(tmp_path / "c", tmp_path / "c_truth", residents=400, nights=2, seed=4)
    other = digests(tmp_path / "c")
    assert other["police/residents/2026-03-01/实有人口.csv"] != made[0]["police/residents/2026-03-01/实有人口.csv"]


def test_every_file_reads_and_has_the_rows_the_truth_counts(city: CityReport) -> None:
    counted = dict(pl.read_parquet(city.truth / "truth_row.parquet").select("file", "rows").iter_rows())
    read = {name: len(rows_of(name, content)) for name, content in delivered_files(city.landing)}
    assert read == counted


def test_formats_are_those_of_the_departments(city: CityReport) -> None:
    contents = dict(delivered_files(city.landing))
    residents = contents["police/residents/2026-03-01/实有人口.csv"]
    assert b"\r\n" in residents
    with pytest.raises(UnicodeDecodeError):
        residents.decode("utf-8")
    assert contents["housing/leases/2026-03-01/leases.csv"].startswith(b"\xef\xbb\xbf")
    assert contents["sensors/events/2026-03-02/events.jsonl.gz"].startswith(b"\x1f\x8b")
    assert contents["civil_affairs/elderly/2026-03-01/老年人名册.xlsx"].startswith(b"PK")
    assert decode("police/residents/x.csv", residents).splitlines()[0].startswith("人员编号,姓名")


def test_no_number_or_phone_can_be_a_living_persons(city: CityReport) -> None:
    seen = valid = 0
    for name, content in delivered_files(city.landing):
        if name.startswith("sensors/"):
            continue
        for row in rows_of(name, content):
            for header, cell in row.items():
                if header in CODES:
                    continue
                for number in re.findall(r"(?<![0-9A-Z])\d{17}[0-9Xx](?![0-9])", str(cell)):
                    assert number.startswith("9901"), header
                    seen += 1
                    valid += checksum_holds(number.upper())
                for phone in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", str(cell)):
                    assert phone.startswith("142"), header
    assert seen > 1_000
    assert 0.9 < valid / seen < 1.0, "most numbers hold, some have a wrong digit"


def test_addresses_in_the_register_are_unique_and_complete(city: CityReport) -> None:
    rows = register_of(city.landing)
    codes = [r["地址编码"] for r in rows]
    assert len(set(codes)) == len(codes)
    keys = [tuple(r[c] for c in ("社区", "街路巷", "门牌号", "小区", "楼栋", "单元", "户室")) for r in rows]
    assert len(set(keys)) == len(keys), "no two addresses read alike"
    assert {r["省"] for r in rows} == {"云岭省"}


def test_a_road_gets_a_new_name_and_keeps_the_old_as_alias(city: CityReport) -> None:
    first, second = register_of(city.landing), register_of(city.landing, "2026-03-02")
    renamed = {r["地址编码"]: r for r in second if r["街路巷"] == "云溪大道"}
    assert renamed
    before = {r["地址编码"]: r["街路巷"] for r in first}
    assert all(before[code] in r["别名"] for code, r in renamed.items())


def test_mentions_cover_every_row_of_feeds_that_name_people(city: CityReport) -> None:
    mentions = pl.read_parquet(city.truth / "truth_mention.parquet")
    rows = pl.read_parquet(city.truth / "truth_row.parquet")
    for feed in ("police_residents", "civil_affairs_elderly", "property_occupants", "housing_properties"):
        expected = int(rows.filter(pl.col("feed") == feed)["rows"].sum())
        covered = mentions.filter(pl.col("feed") == feed).select("file", "row_number").n_unique()
        assert covered == expected, feed
    roles = set(mentions["person_role"].unique())
    people = {"self", "head", "owner", "landlord", "tenant", "husband", "wife", "contact", "participant"}
    assert roles == people | {"legal_representative"}
    assert not set(mentions["file"]) - set(rows["file"])


def test_the_true_person_of_a_clean_number_is_the_one_who_bears_it(city: CityReport) -> None:
    rows = rows_of("police/x.csv", (city.landing / "police/residents/2026-03-01/实有人口.csv").read_bytes())
    mentions = pl.read_parquet(city.truth / "truth_mention.parquet").filter(
        (pl.col("file") == "police/residents/2026-03-01/实有人口.csv") & (pl.col("number_damage") == "none")
    )
    numbers = dict(pl.read_parquet(city.truth / "truth_person.parquet").select("person", "id_number").iter_rows())
    shown = {n: rows[n - 1]["公民身份号码"].upper() for n in mentions["row_number"]}
    assert len(shown) > 1_000
    assert all(numbers[p] == shown[n] for n, p in mentions.select("row_number", "person").iter_rows())


def test_the_true_address_of_a_clean_text_is_in_the_text(city: CityReport) -> None:
    register = {r["地址编码"]: r for r in register_of(city.landing)}
    full_width = str.maketrans("0123456789", "０１２３４５６７８９")
    rows = rows_of("x.csv", (city.landing / "market_regulation/enterprises/2026-03-01/enterprises.csv").read_bytes())
    truth = pl.read_parquet(city.truth / "truth_address.parquet").filter(
        (pl.col("file") == "market_regulation/enterprises/2026-03-01/enterprises.csv") & (pl.col("damage") == "none")
    )
    assert len(truth) > 20
    for number, code in truth.select("row_number", "address_code").iter_rows():
        text, true = rows[number - 1]["住所"], register[code]
        assert (true["小区"] or true["街路巷"]) in text
        assert true["户室"] in text or true["户室"].translate(full_width) in text


def test_nights_are_delivered_one_by_one_and_late_files_later(city: CityReport, tmp_path: Path) -> None:
    arrived: set[str] = set()
    for night in city.nights:
        files = deliver(city, night.night, tmp_path)
        assert len(files) == len(night.files)
        assert not arrived & set(night.files)
        arrived |= set(night.files)
    assert digests(tmp_path) == digests(city.landing)
    assert [n.day for n in city.nights] == [date(2026, 3, d) for d in (1, 2, 3)]


def test_a_file_of_the_first_night_comes_again(city: CityReport) -> None:
    first = (city.landing / "civil_affairs/marriages/2026-03-01/marriages.csv").read_bytes()
    assert (city.landing / "civil_affairs/marriages/2026-03-02/marriages_again.csv").read_bytes() == first


@pytest.mark.parametrize(
    ("residents", "nights", "inside", "told"),
    [(50, 3, False, "too few"), (500, 0, False, "one night"), (500, 1, True, "outside the landing")],
)
def test_impossible_cities_are_refused(tmp_path: Path, residents: int, nights: int, inside: bool, told: str) -> None:
    truth = tmp_path / "landing" / "truth" if inside else tmp_path / "truth"
    with pytest.raises(StreetlakeError, match=told):
        generate_city(tmp_path / "landing", truth, residents=residents, nights=nights)
    assert not (tmp_path / "landing").exists()


@pytest.mark.parametrize("style", ["mild", "hard"])
def test_a_city_of_one_night_has_all_feeds(tmp_path: Path, style: Style) -> None:
    report = generate_city(tmp_path / "landing", tmp_path / "truth", residents=300, nights=1, seed=9, style=style)
    assert {"/".join(f.split("/")[:2]) for f in report.nights[0].files} == FEEDS
