"""Several persons in one cell: joint owners, split without breaking a name that has a space or a dot inside."""

from __future__ import annotations

import polars as pl

from pipelines.normalise.reference import reference

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
        A list of texts a row; empty where the cell is.

    Example:
        >>> split_names(pl.Series(["张三、李四", "张 三"])).to_list()
        [['张三', '李四'], ['张 三']]
    """
    cells = texts.list.join("、") if isinstance(texts.dtype, pl.List) else texts.cast(pl.String)
    compound = "|".join(reference("surnames")["compound"])
    text = pl.col("cell").str.replace_all(r"[\u3000\u00a0\t]", " ").str.strip_chars()
    han_list = text.str.contains(r"^\p{Han}{2,4}(?: +\p{Han}{2,4})+$") & ~text.str.contains(
        rf"^(?:{compound}) +\p{{Han}}{{1,2}}$"
    )
    joined = text.str.contains(r"^\p{Han}{2,4}[和与及]\p{Han}{2,4}$") & (text.str.len_chars() >= 5)
    latin = text.str.contains(rf"^(?:{_LATIN_WORD} *, *{_LATIN}|{_LATIN}, *{_LATIN_WORD})$")
    parts = (
        pl.when(latin)
        .then(text)
        .when(han_list)
        .then(text.str.replace_all(r" +", "、"))
        .when(joined)
        .then(text.str.replace(r"^(\p{Han}{2,4})[和与及](\p{Han}{2,4})$", "$1、$2"))
        .otherwise(text.str.replace_all(_SEPARATORS, "、"))
    )
    return (
        cells.rename("cell")
        .to_frame()
        .select(parts.fill_null("").str.split("、").list.eval(pl.element().str.strip_chars()).alias("cell"))
        .select(pl.col("cell").list.eval(pl.element().filter(pl.element() != "")))["cell"]
    )


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
        filled=split_names(frame["cell"]).list.eval(_told(pl.element()).drop_nulls()),
    )
    in_place = pl.col("parts").list.len() == pl.col("wanted")
    placed = pl.col("parts").list.eval(_told(pl.element().str.strip_chars()))
    return frame.select(numbers=pl.when(in_place).then(placed).otherwise("filled"))["numbers"]


def _told(part: pl.Expr) -> pl.Expr:
    return pl.when(~part.str.contains(_NOTHING)).then(part)
