"""Several persons in one cell: joint owners, split without breaking a name that has a space or a dot inside."""

from __future__ import annotations

import polars as pl

from pipelines.normalise.name_text import DOTS, compound_surnames, words
from pipelines.normalise.reference import reference

MIN_JOINED = 5  # 张和平 is one man
_KEPT_COMMA = "\x01"
_TELEPHONE = r"^\+?\d[\d\-* ]{6,}$"
_LATIN_WORD, _LATIN = r"[A-Za-z'.\-]+", r"[A-Za-z' .\-]+"
_SEPARATORS = r"[、,，;；/|\\\n]+"
_PLACE_SEPARATORS = r"[、,，;；]"
_NOTHING = r"^(?:无|暂无|不详|未知|空|NULL|null|None|[-—/\\*\s]*)$"


def split_names(texts: pl.Series) -> pl.Series:
    """Split every cell into the texts of its names, in the order written; blank parts are dropped.

    A space separates only when every part is a whole Han name: `张三 李四` is two persons, `张 三` and `JOHN SMITH`
    are one. A comma in a Latin name stays (`SMITH, JOHN`), unless whole names stand on both sides of it
    (`TANAKA YUKI,JOHN SMITH`).

    Args:
        texts: one cell a row, a text or a list of texts; null where empty.

    Returns:
        A list of texts a row; empty where the cell is. A telephone number beside a name is none of them.

    Example:
        >>> split_names(pl.Series(["张三、李四", "张 三"])).to_list()
        [['张三', '李四'], ['张 三']]
    """
    named = ~pl.element().str.contains(_TELEPHONE)
    return (
        split_cells(texts)
        .rename("cell")
        .to_frame()
        .select(pl.col("cell").list.eval(pl.element().filter(named)))["cell"]
    )


def split_cells(texts: pl.Series) -> pl.Series:
    """Split every cell as `split_names` does, numbers included: the cells that stand beside joint names.

    Example:
        >>> split_cells(pl.Series(["990101198001010014、99010119800101003X"])).to_list()
        [['990101198001010014', '99010119800101003X']]
    """
    cells = texts.list.join("、") if isinstance(texts.dtype, pl.List) else texts.cast(pl.String)
    frame = cells.rename("cell").to_frame().with_columns(text=_one_blank(pl.col("cell")))
    frame = frame.with_columns(text=_latin_commas_kept(pl.col("text"))).with_columns(parts=_parted(pl.col("text")))
    part = pl.element().str.replace_all(_KEPT_COMMA, ",").str.strip_chars()
    lists = frame.select(pl.col("parts").fill_null("").str.split("、").list.eval(part).alias("cell"))
    return lists.select(pl.col("cell").list.eval(pl.element().filter(pl.element() != "")))["cell"]


def _one_blank(cell: pl.Expr) -> pl.Expr:
    return cell.str.replace_all(r"[\u3000\u00a0\t]", " ").str.strip_chars()


def _latin_commas_kept(text: pl.Expr) -> pl.Expr:
    """`SMITH, JOHN、张三`: a comma behind a single Latin word belongs to the name, unless whole names follow both."""
    alone = text.str.contains(rf"^(?:{_LATIN_WORD} *, *{_LATIN}|{_LATIN}, *{_LATIN_WORD})$")
    among = text.str.replace_all(
        rf"(^|[、;；/|\n]) *({_LATIN_WORD}) *, *([A-Za-z])", f"${{1}}${{2}}{_KEPT_COMMA} ${{3}}"
    )
    return pl.when(alone).then(text.str.replace(",", _KEPT_COMMA, literal=True)).otherwise(among)


def _parted(text: pl.Expr) -> pl.Expr:
    """The names of a cell with `、` between them."""
    compound = compound_surnames()
    han_list = text.str.contains(r"^\p{Han}{2,4}(?: +\p{Han}{2,4})+$") & ~text.str.contains(
        rf"^(?:{compound}) +\p{{Han}}{{1,2}}$"
    )
    joined = text.str.contains(r"^\p{Han}{2,4}[和与及]\p{Han}{2,4}$") & (text.str.len_chars() >= MIN_JOINED)
    one = text.str.contains("|".join(reference("surnames")["transliterated"]))  # 艾力 赛买提: a dot was lost
    return (
        pl.when(han_list & ~one)
        .then(text.str.replace_all(r" +", "、"))
        .when(joined)
        .then(text.str.replace(r"^(\p{Han}{2,4})[和与及](\p{Han}{2,4})$", "$1、$2"))
        .otherwise(text.str.replace_all(_SEPARATORS, "、"))
    )


def first_person(texts: pl.Series, beside: pl.Series) -> pl.DataFrame:
    """Read cells that should name one person and at times name several: `崔军和李淑兰`, `黄丹洁;史亮`, `张威威 刘梅`.

    Args:
        texts: one cell a row; null where empty.
        beside: the name of the person that the row names beside; where it is the first of two, the second is meant.

    Returns:
        `person`, the text of the person whom the row speaks of (the whole cell where it names one), and `other`, the
        text of the other one, null where there is none. What is no whole name is a remark, and parts nothing.

    Example:
        >>> first_person(pl.Series(["崔军和李淑兰", "张三/户主"]), pl.Series([None, None])).rows()
        [('崔军', '李淑兰'), ('张三/户主', None)]
    """
    frame = pl.DataFrame({"text": texts.cast(pl.String), "beside": beside.cast(pl.String)})
    distinct = frame.unique(maintain_order=True)
    first, second = (pl.col("parts").list.get(place, null_on_oob=True) for place in (0, 1))
    split = distinct.with_columns(parts=split_names(distinct["text"])).with_columns(first=first, second=second)
    several = pl.col("parts").list.len() >= 2
    han = pl.col("parts").list.eval(is_whole_name(pl.element())).list.all()
    latin = pl.col("parts").list.eval(pl.element().str.contains(rf"^{_LATIN_WORD} {_LATIN}$")).list.all()
    swapped = (pl.col("first") == pl.col("beside")).fill_null(value=False)
    told = split.with_columns(two=(several & (han | latin)).fill_null(value=False)).select(
        "text",
        "beside",
        person=pl.when("two").then(pl.when(swapped).then("second").otherwise("first")).otherwise("text"),
        other=pl.when("two").then(pl.when(swapped).then("first").otherwise("second")),
    )
    return frame.join(told, on=["text", "beside"], how="left", nulls_equal=True, maintain_order="left").select(
        "person", "other"
    )


def is_whole_name(part: pl.Expr) -> pl.Expr:
    """A Han name of two to four signs with a surname that people bear, and no word such as 户主; or a dotted name."""
    surnames = "".join(sorted(reference("surnames")["single"]))
    name = part.str.contains(rf"^(?:(?:{compound_surnames()})\p{{Han}}{{1,2}}|[{surnames}]\p{{Han}}{{1,2}})$")
    word = part.str.contains(rf"^(?:{words(('remarks', 'no_name', 'relations', 'before_neutral'))})$")
    dotted = part.str.contains(rf"^\p{{Han}}{{2,}}(?:{DOTS}\p{{Han}}{{2,}})+$")
    return (name & ~word) | dotted


def split_places(texts: pl.Series, wanted: pl.Series) -> pl.Series:
    """Split every cell into parts that stand in the places of `wanted` names: the numbers of joint owners.

    Args:
        texts: one cell a row; null where empty.
        wanted: how many names the row has.

    Returns:
        A list a row. Where the cell has a part for every name, blank ones too, a part keeps its place and is null
        where it says nothing (`、9901...` is the second owner's, `无、9901...` as well); else the parts that say
        something, in the order written, which may be fewer.

    Example:
        >>> split_places(pl.Series(["、42", "42"]), pl.Series([2, 2])).to_list()
        [[None, '42'], ['42']]
    """
    frame = pl.DataFrame({"cell": texts.cast(pl.String), "wanted": wanted})
    frame = frame.with_columns(
        parts=pl.col("cell").fill_null("").str.replace_all(_PLACE_SEPARATORS, "、").str.split("、"),
        filled=pl.col("cell").fill_null("").str.replace_all(_SEPARATORS, "、").str.split("、"),
    )
    in_place = pl.col("parts").list.len() == pl.col("wanted")
    told = _told(pl.element().str.strip_chars())
    placed, filled = pl.col("parts").list.eval(told), pl.col("filled").list.eval(told).list.drop_nulls()
    return frame.select(numbers=pl.when(in_place).then(placed).otherwise(filled))["numbers"]


def _told(part: pl.Expr) -> pl.Expr:
    return pl.when(~part.str.contains(_NOTHING)).then(part)
