"""Names against the names of the register: exact, old name, nickname, homophone, one wrong character, short form.

Work is done once per distinct unknown name, against the few hundred names of the jurisdiction, never per text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pypinyin import Style, lazy_pinyin
from rapidfuzz import process
from rapidfuzz.distance import OSA, Levenshtein

# Characters that tell two neighbours apart (`钟楼路` and `钟楼西路`, `一期` and `二期`): never a slip of the pen.
DISTINCT: Final = frozenset(
    "东西南北中上下前后左右内外大小老新一二三四五六七八九十0123456789甲乙丙丁ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
# Shapes that a hand or a scanner takes for one of them: `恒太新苑` for `恒大新苑`, as a homophone would be.
_LOOKS_LIKE: Final = frozenset(
    {"大太", "大天", "大犬", "东车", "西酉", "中申", "上土", "上止", "下卞", "北比", "左在", "右石", "右古", "小少"}
    | {"新斯", "内肉", "七匕", "八人", "九丸", "九几", "十千", "十干", "甲申"}
)
GENERIC: Final = re.compile(
    r"(?:住宅小区|小区|花园|家园|花苑|嘉苑|佳苑|嘉园|雅苑|雅居|公寓|新村|新苑|名城|名苑|名邸|大厦|广场|家属院|大院|宿舍|公馆|府邸|华府|苑|园|府|城|院|里|庭|居|湾|郡)$"
)
ROAD_SUFFIX: Final = re.compile(r"(?:大道|胡同|路|街|巷|弄|道|里|条|线)$")

ENDINGS: Final = frozenset("苑园府城院里庭居湾村邸郡")
VAGUE: Final = re.compile(r"(?:小区|家属院|大院|宿舍)$")

_DOUBLED: Final = re.compile(r"(.)\1")
_PHASE_TAIL: Final = re.compile(r"[0-9一二三四五六七八九十]+期$")
_SHORT_STEM: Final = 3
_LONGEST_NAME: Final = 24
_LONGEST_ENDING: Final = 4  # of `GENERIC`: what is longer than every name by more is neither a slip nor a form of one

EXACT: Final = 0.0
ALIAS: Final = 0.1
HOMOPHONE: Final = 0.5
ONE_SLIP: Final = 0.6
SHORT_FORM: Final = 0.7
CORE: Final = 0.9
LOST_SIGN: Final = 0.95
TWO_SLIPS: Final = 1.0
OTHER_ENDING: Final = 0.98  # `翠湖花园` may well be another place than `翠湖雅居`: only with a number that it has


@dataclass(frozen=True, slots=True)
class Guess:
    """A register name that a written name may mean; `cost` 0 is certain, 1 is the worst that is still considered."""

    name: str
    cost: float
    method: str


@lru_cache(maxsize=50_000)
def pinyin(text: str) -> tuple[str, ...]:
    """Syllables without tones."""
    return tuple(lazy_pinyin(text, style=Style.NORMAL))


@lru_cache(maxsize=50_000)
def blurred_pinyin(text: str) -> tuple[str, ...]:
    """Syllables as a southern ear hears them: zh/z, ch/c, sh/s, n/l, and -ng/-n are one."""
    return tuple(
        re.sub(r"ng$", "n", re.sub(r"^([zcs])h", r"\1", re.sub(r"^n(?=[aeiouv])", "l", syllable)))
        for syllable in pinyin(text)
    )


def _tells_apart(left: str, right: str) -> bool:
    """Whether the two names differ in a character that distinguishes neighbours; `冬` for `东` is only a homophone."""
    if sorted(left) == sorted(right):
        return False
    for operation in Levenshtein.editops(left, right):
        old = left[operation.src_pos : operation.src_pos + 1] if operation.tag != "insert" else ""
        new = right[operation.dest_pos : operation.dest_pos + 1] if operation.tag != "delete" else ""
        distinct = (old in DISTINCT) + (new in DISTINCT)
        if distinct == 2 or (distinct == 1 and not _same_to_eye_or_ear(old, new)):
            return True
    return False


def _same_to_eye_or_ear(old: str, new: str) -> bool:
    return bool(old and new) and (pinyin(old) == pinyin(new) or bool({old + new, new + old} & _LOOKS_LIKE))


def _is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(sign in rest for sign in short)


@lru_cache(maxsize=50_000)
def core_of(name: str) -> str:
    """The name without its generic ending: `翠湖雅居` is `翠湖`; too short a core is left alone."""
    core = GENERIC.sub("", name)
    return core if len(core) >= 2 else name


def slip_cost(written: str, name: str) -> float | None:
    """Cost of `written` as a slip for `name`: homophone, one wrong, missing, extra or swapped character; else null."""
    if abs(len(written) - len(name)) > 1 or min(len(written), len(name)) < 2:
        return None
    if written == name:
        return EXACT
    if len(written) > len(name) and _DOUBLED.sub(r"\1", written) == name:
        return ONE_SLIP  # `东东街`: a sign twice tells nothing apart
    distance = OSA.distance(written, name, score_cutoff=2)
    if distance > 2:
        return None
    cost = _slip(written, name, distance)
    return None if cost is None or _tells_apart(written, name) else cost


def _slip(written: str, name: str, distance: int) -> float | None:
    same_length, longest = len(written) == len(name), max(len(written), len(name))
    if same_length and pinyin(written) == pinyin(name):
        return HOMOPHONE
    if core_of(written) == core_of(name):
        return OTHER_ENDING  # `橡树花苑` for `橡树佳苑`
    if distance == 1 and min(len(written), len(name)) >= 3:
        if same_length and written[-1] in ENDINGS and name[-1] in ENDINGS and written[-1] != name[-1]:
            return OTHER_ENDING
        return ONE_SLIP if longest >= 4 else ONE_SLIP + 0.15
    if same_length and blurred_pinyin(written) == blurred_pinyin(name):
        return ONE_SLIP + 0.1
    return TWO_SLIPS if distance == 2 and longest >= 6 and not _other_stem(written, name) else None


def _other_stem(written: str, name: str) -> bool:
    """Whether both slips fall on a short stem: `玫瑰小区二期` is not `丽景小区二期`."""
    one, other = (core_of(_PHASE_TAIL.sub("", text)) for text in (written, name))
    return min(len(one), len(other)) <= _SHORT_STEM and OSA.distance(one, other) >= 2


def short_cost(written: str, name: str) -> float | None:
    """Cost of `written` as a short form: the beginning, the core with another ending, or some signs in order."""
    if len(written) < 2 or written == name:
        return None
    if name.startswith(written):
        return SHORT_FORM
    costs = []
    core, other = core_of(name), core_of(written)
    if core == other and len(core) < len(name):
        costs.append(CORE if written == core or VAGUE.search(written) else OTHER_ENDING)
    if len(written) >= 3 and written[0] == name[0] and _is_subsequence(written, name):
        costs.append(CORE)
    if len(name) - len(written) == 1 and _lost_sign(written, name):
        costs.append(LOST_SIGN)
    if len(name) >= 4 and written == name[2:] + name[:2]:
        costs.append(SHORT_FORM)  # `雅居翠湖`
    if written == initials(name):
        costs.append(LOST_SIGN)
    return min(costs, default=None)


def initials(name: str) -> str:
    """The first signs of the two words of a name of four: `翠雅` for `翠湖雅居`; else empty."""
    return name[0] + name[2] if len(name) == 4 else ""


def _lost_sign(written: str, name: str) -> bool:
    """`央嘉园` for `中央嘉园`, `江苑` for `江南苑`: one sign is gone, the others stand."""
    return written == name[1:] or (len(written) == 2 and written[0] == name[0] and written[-1] == name[-1])


class NameResolver:
    """Resolves unknown names of one kind; remembers every answer.

    Args:
        names: normal names of the register, each with its method (`parsed`, or `alias` for old names and nicknames).
        short_forms: whether short forms count (estates) or only slips (roads, divisions).
        variants: other writings of a name -> the name.
    """

    def __init__(self, names: dict[str, str], *, short_forms: bool, variants: Mapping[str, str] | None = None) -> None:
        self._known = names
        self._variants = {other: name for other, name in (variants or {}).items() if other not in names}
        self._names = sorted({*names, *self._variants})
        self._longest = min(max(map(len, self._names), default=0) + _LONGEST_ENDING, _LONGEST_NAME)
        self._short_forms = short_forms
        self._cache: dict[str, tuple[Guess, ...]] = {}
        self._index: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name in self._names:
            for key in self._keys(name):
                self._index[key].append(name)

    def _keys(self, name: str) -> list[tuple[str, str]]:
        """Keys under which a name is looked up beside edit distance; equal keys make a candidate, not yet a guess."""
        keys = [("sound", " ".join(pinyin(name))), ("blurred", " ".join(blurred_pinyin(name)))]
        if self._short_forms:
            keys += [("start", name[0]), ("core", core_of(name)), ("signs", "".join(sorted(name)))]
        return keys

    def _candidates(self, written: str) -> list[str]:
        cutoff = 2 if len(written) >= 5 else 1
        near = process.extract(written, self._names, scorer=OSA.distance, score_cutoff=cutoff, limit=None)
        found = {name for name, _, _ in near}
        for key in self._keys(written):
            found.update(self._index.get(key, ()))
        return sorted(found)

    def resolve(self, written: str) -> tuple[Guess, ...]:
        """Guesses for `written`, best first, then by name; empty when nothing is near enough."""
        found = self._cache.get(written)
        if found is None:
            found = self._cache[written] = self._search(written)
        return found

    def _search(self, written: str) -> tuple[Guess, ...]:
        written = self._variants.get(written, written)
        if written in self._known:
            method = self._known[written]
            return (Guess(written, EXACT if method == "parsed" else ALIAS, method),)
        if not 2 <= len(written) <= _LONGEST_NAME:
            return ()
        half = written[: len(written) // 2]
        if len(half) > 1 and written == half * 2:
            return self._search(half)  # `翠湖翠湖`
        costs: dict[str, float] = {}
        for name in self._candidates(written):
            cost = self._cost(written, name)
            if cost is not None:
                meant = self._variants.get(name, name)
                costs[meant] = min(cost, costs.get(meant, cost))
        if any(cost >= OTHER_ENDING and core_of(name) == core_of(written) for name, cost in costs.items()):
            # The stem stands in the register with another ending: `银桂公寓` is no slip for `金桂公寓` then.
            costs = {n: c if core_of(n) == core_of(written) else max(c, OTHER_ENDING) for n, c in costs.items()}
        guesses = [Guess(name, cost, "fuzzy") for name, cost in costs.items()]
        return tuple(sorted(guesses, key=lambda guess: (guess.cost, guess.name)))

    def _cost(self, written: str, name: str) -> float | None:
        costs = [slip_cost(written, name)]
        if self._short_forms:
            costs.append(short_cost(written, name))
        elif written == name[1:] and len(written) >= 3:
            costs.append(LOST_SIGN)  # `风北街` for `东风北街`
        possible = [cost for cost in costs if cost is not None]
        if not possible:
            return None
        return min(possible) + (ALIAS if self._known[self._variants.get(name, name)] == "alias" else 0.0)
