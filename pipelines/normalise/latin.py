"""Latin names that are the pinyin of a Han name: syllables parted, and the surname put first.

Passports and foreign forms write 王小明 as WANG XIAOMING, Xiaoming Wang or WANG Xiao Ming (GB/T 28039 puts the surname
first, and writes the given name in one word).
"""

from __future__ import annotations

from functools import cache

import polars as pl

from pipelines.normalise.han import spell
from pipelines.normalise.name_text import known_surnames

_FIRST, _LAST = (0xB0, 0xA1), (0xD7, 0xFE)  # GB 2312, first level: every syllable of Mandarin has a character there
_SYLLABLES_OF_A_NAME = (2, 4)
_LONGEST_SYLLABLE = 6


def order_pinyin(names: pl.Series) -> pl.Series:
    """Return Latin names as syllables with the surname first, in lower case; null stays null.

    A name that is not made of two to four syllables of Mandarin keeps its words. Where first and last word both could
    be the surname, the order stays.

    Example:
        >>> order_pinyin(pl.Series(["XIAOMING WANG", "WANG XIAO MING", "JOHN SMITH"])).to_list()
        ['wang xiao ming', 'wang xiao ming', 'john smith']
    """
    ordered = {name: _ordered(name) for name in sorted(names.drop_nulls().unique().to_list())}
    return names.to_frame("name").select(
        pl.col("name").replace_strict(ordered, default=None, return_dtype=pl.String).alias("pinyin")
    )["pinyin"]


def _ordered(name: str) -> str:
    words = name.lower().replace("'", "").replace("-", "").split()
    parted = [_syllables(word) for word in words]
    if not all(parted) or not _SYLLABLES_OF_A_NAME[0] <= sum(map(len, parted)) <= _SYLLABLES_OF_A_NAME[1]:
        return " ".join(words)
    first, last = (" ".join(parted[place]) in _surname_sounds() for place in (0, -1))
    turned = [parted[-1], *parted[:-1]] if last and not first else parted
    return " ".join(syllable for word in turned for syllable in word)


@cache
def _syllables(word: str) -> tuple[str, ...]:
    """The syllables that make the word, as few as can be; empty where none do.

    A syllable inside a word that begins with a vowel would have an apostrophe before it (GB/T 16159): na na, not nan a.
    """
    found: list[tuple[str, ...]] = [(word,)] if word in _mandarin() else []
    for cut in range(min(_LONGEST_SYLLABLE, len(word) - 1), 0, -1):
        rest = _syllables(word[cut:]) if word[:cut] in _mandarin() else ()
        if rest:
            found.append((word[:cut], *rest))
    return min(found, key=lambda parts: (sum(part[0] in "aoe" for part in parts[1:]), len(parts)), default=())


@cache
def _mandarin() -> frozenset[str]:
    rows = range(_FIRST[0], _LAST[0] + 1)
    codes = (bytes((row, cell)) for row in rows for cell in range(_FIRST[1], _LAST[1] + 1))
    signs = pl.Series([code.decode("gb2312", errors="ignore") for code in codes])
    signs = signs.filter(signs != "")
    return frozenset(spell(signs, pl.Series([None] * len(signs), dtype=pl.String)).to_list())


@cache
def _surname_sounds() -> frozenset[str]:
    surnames = pl.Series(sorted(known_surnames()))
    return frozenset(spell(surnames, surnames).to_list())
