"""What the texts of a column look like, as shares: of an ID number, a phone, a name, an address, a date, a number."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.ingest.dates import parse_dates, parse_timestamps
from pipelines.ingest.numbers import parse_booleans, parse_integers, parse_numbers
from pipelines.normalise.names import parse_names
from pipelines.normalise.organisations import is_organisation
from pipelines.normalise.reference import reference

_PLACE_PART = (
    r"\d(?:号|栋|幢|单元|室|楼|弄|座|组|#)|[一二三四五六七八九十](?:号|栋|幢|单元|室|楼|组)|^(?:\d{1,2}-){1,2}\d{3,4}$"
)
_PLACE_NAME = (
    r"(?:省|市|区|县|街道|镇|乡|社区|村|居委会|路|街|巷|大道|小区|花园|家园|新村|苑|府|城|园|公寓|广场|里|湾|庭|邸|轩)$"
)
_NUMBERED = r"^[\dA-Za-z甲乙丙丁东南西北一二三四五六七八九十-]+(?:号楼|栋|幢|单元|号|室|座|组|楼|层)?$"
_PLATE = r"^\p{Han}[A-Z][·.\s]?[A-Z0-9]{5,6}$"
_OFFICE = r"..(?:局|科|处|办|所|站|中心|公司|队|委员会|居委会|厂|店|部|大队|中队|联盟|集团|物业)$"
_BORN = r"(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])"
_ID = (
    rf"\d{{6}}(?:18|19|20)\d\d{_BORN}\d{{3}}[\dXx]"  # GB 11643, whether or not its check character is right
    rf"|\d{{8}}{_BORN}\d{{3}}"  # fifteen digits
    r"|\d{3,10}[*×○●]{4,12}[\dXx]{0,6}|\d\.\d{1,14}[Ee]\+?1[47]"  # masked; a spreadsheet's float
)
_PHONE = r"1[3-9][\d*]{9}|1[3-9]\d-?[\d*]{4}-?[\d*]{4}|\(?0\d{2,3}\)?-?[2-8]\d{6,7}|1\.[3-9]\d{0,9}[Ee]\+?10"
# One of several in a cell, with a remark behind: `142…(妻)`, `142…、0990-…`.
_ONE_OF_SEVERAL = r"^(?:[^\dA-Za-z*]*[、,，;；/|\s:：])?'?(?:{})(?:[^\dA-Za-z*-].*)?$"
_HAN_NAME = r"^\p{Han}[\p{Han}\s·•.]+(?:[(（].*[)）])?$"
_DATE_LOOK = r"^\d{4}[-/.年]\d{1,2}|^(?:19|20)\d{6}(?:\D|$)|^\d{4}年"
_DOTTED_MONTH = r"^(?:19|20)\d{2}\.(?:0?[1-9]|1[0-2])$"
_CLOCK = r"\d{1,2}[:时点]\d{1,2}"
_MIDNIGHT = r"\s0{1,2}:00(?::00)?(?:\.0+)?$"
_EPOCH = r"^1\d{9}(?:\d{3})?$"
_SENTENCE = r"[，。；！？,;]"
_ITEMS = r"[、，,；;]"
_ENUMERATED = r"^[^，。；！？,;]+、[^，。；！？,;]+$"


@dataclass(frozen=True)
class Shapes:
    """Shares of the filled rows of a column, 0..1, but `distinct` (values) and `length` (mean of characters).

    `rows` are the filled ones. `dates` read as a date and look like one; `instants` have a clock; `months` lack the
    day; `offices` and `places` are names of offices and of places, `numbered` such as 3栋. `name_like` is the share of
    the distinct texts that could be names, though they may be too few to tell.
    """

    rows: int
    distinct: int
    length: float
    ids: float
    tails: float
    phones: float
    names: float
    name_like: float
    plates: float
    addresses: float
    places: float
    numbered: float
    offices: float
    sentences: float
    wordy: float
    listed: float
    enumerated: float
    dates: float
    clocks: float
    instants: float
    months: float
    epochs: float
    numbers: float
    integers: float
    leading_zeros: float
    booleans: float

    @property
    def is_personal(self) -> bool:
        """Whether values must not be shown: names, numbers, phones, plates, addresses, sentences."""
        shares = (self.ids, self.phones, self.names, self.plates)
        return max(shares) >= PERSONAL_SHARE or self.is_address or self.is_free_text

    @property
    def is_address(self) -> bool:
        """Whether the column holds addresses rather than names of places."""
        return self.addresses >= PERSONAL_SHARE and self.length >= ADDRESS_LENGTH

    @property
    def is_free_text(self) -> bool:
        """Whether somebody wrote sentences, or different long texts in nearly every row."""
        varied = self.distinct > self.rows / 2 and self.rows >= FEW
        return self.sentences >= PERSONAL_SHARE or (varied and self.wordy >= PERSONAL_SHARE and not self.is_address)


# A column of 10,000 rows in which one cell in three looks like a name is a column of names with remarks in it.
PERSONAL_SHARE = 0.3
ADDRESS_LENGTH = 5
TEXT_LENGTH = 18
WORDY = 12
FEW = 20
# Names repeat little: a category of four words that all begin with a surname is still a category.
_NAME_SHARE, _NAME_VARIETY = 0.85, 12


def shapes_of(texts: pl.Series) -> Shapes:
    """Return the shapes of a column; each distinct text is looked at once.

    Args:
        texts: trimmed, null tokens null.
    """
    counts = texts.drop_nulls().alias("text").value_counts(name="count").sort("text")
    text = counts["text"]
    rows = int(counts["count"].sum() or 0)
    table = pl.DataFrame(_flags(text)).with_columns(counts["count"]) if rows else pl.DataFrame()

    def share(name: str) -> float:
        return float((table[name].fill_null(value=False) * table["count"]).sum()) / rows if rows else 0.0

    name_like = _mean(table["names"]) if rows else 0.0
    names = share("names") if name_like >= _NAME_SHARE and text.len() >= _NAME_VARIETY else 0.0
    measured = {name: share(name) for name in _FLAGS if name != "names"} | {"name_like": name_like}
    length = float((text.str.len_chars() * counts["count"]).sum()) / rows if rows else 0.0
    return Shapes(rows=rows, distinct=text.len(), length=length, names=names, **measured)


_FLAGS = (
    "ids", "tails", "phones", "names", "plates", "addresses", "places", "numbered", "offices", "sentences", "wordy",
    "listed", "enumerated", "dates", "clocks", "instants", "months", "epochs", "numbers", "integers", "leading_zeros",
    "booleans",
)  # fmt: skip


def _flags(text: pl.Series) -> list[pl.Series]:
    dates = parse_dates(text)
    dated = text.str.contains(_DATE_LOOK) & dates["value"].is_not_null()
    has_clock = text.str.contains(_CLOCK)
    number = parse_numbers(text)
    plain = text.str.normalize("NFKC").str.replace_all(r"(\d) +(\d)", "$1$2")
    flags = {
        "ids": plain.str.contains(_ONE_OF_SEVERAL.format(_ID)),
        "tails": text.str.contains(r"^\d{5}[\dXx]$"),
        "phones": plain.str.contains(_ONE_OF_SEVERAL.format(_PHONE)) & ~dated,
        "names": _looks_like_name(text),
        "plates": text.str.contains(_PLATE),
        "addresses": text.str.contains(_PLACE_PART) & ~dated,
        "places": text.str.contains(_PLACE_NAME),
        "numbered": text.str.contains(_NUMBERED) & text.str.contains(r"[号栋幢元室座组楼层]$"),
        "offices": text.str.contains(_OFFICE) | is_organisation_of(text),
        "sentences": text.str.contains(_SENTENCE) & (text.str.len_chars() >= TEXT_LENGTH),
        "wordy": text.str.count_matches(r"\p{Han}") >= WORDY,
        "listed": text.str.contains(_ITEMS),
        "enumerated": text.str.contains(_ENUMERATED),
        "dates": dated,
        "clocks": dated & has_clock,
        "instants": dated & has_clock & ~text.str.contains(_MIDNIGHT),
        "months": (dated & (dates["precision"] != "day")) | text.str.contains(_DOTTED_MONTH),
        "epochs": text.str.contains(_EPOCH) & parse_timestamps(text).is_not_null(),
        "numbers": number.is_not_null(),
        "integers": parse_integers(text).is_not_null() & ~text.str.contains(r"\d\.\d"),
        "leading_zeros": text.str.contains(r"^0\d"),
        "booleans": parse_booleans(text).is_not_null() & ~text.str.contains(r"^\d+(?:\.0)?$"),
    }
    return [flag.alias(name) for name, flag in flags.items()]


def is_organisation_of(text: pl.Series) -> pl.Series:
    """Say of each text whether it is the name of an organisation."""
    return text.to_frame("text").select(is_organisation(pl.col("text"))).to_series()


def _looks_like_name(text: pl.Series) -> pl.Series:
    """A Han name of two to four characters that begins with a surname and does not end like a place or an office."""
    parsed = parse_names(text)
    surnames = reference("surnames")
    known = parsed["surname"].is_in([*surnames["single"], *surnames["compound"]])
    han = (parsed["name_kind"] == "han") & known & parsed["name"].str.len_chars().is_between(2, 4)
    dotted = (parsed["name_kind"] == "minority") & text.str.contains(r"[·•.]")
    other = dotted | ((parsed["name_kind"] == "titled") & known)
    return (han | other) & text.str.contains(_HAN_NAME) & ~text.str.contains(_PLACE_NAME) & ~text.str.contains(_OFFICE)


def _mean(flags: pl.Series) -> float:
    return float(flags.fill_null(value=False).sum()) / len(flags) if len(flags) else 0.0
