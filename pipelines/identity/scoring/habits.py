"""The model of one night: what the city itself shows of how persons agree with themselves and strangers with strangers.

How many share a room depends on the size of the city, and how often people change their phones differs between cities
more than any other habit (one resident in fifty here, four in ten there). Both are counted afresh each night, in
coarse steps; all else is the trained model's.
"""

from __future__ import annotations

import polars as pl

from pipelines.identity.scoring.frequency import Night
from pipelines.identity.scoring.model import ComparisonModel, LevelModel, Model
from pipelines.identity.scoring.steps import SHARE_STEP

MIN_CHANGED, MAX_CHANGED = 0.02, 0.6
# A night with few numbered persons leans on the model as if by this many more pairs.
LEANING = 30.0


def tonight(model: Model, night: Night) -> Model:
    """Return the model with the night's chances among strangers, and its share of changed phones."""
    return model.model_copy(update={"comparisons": tuple(_part(part, night) for part in model.comparisons)})


def _part(part: ComparisonModel, night: Night) -> ComparisonModel:
    levels = [
        level.model_copy(update={"u": night.chances.get((part.name, level.label), level.u)}) for level in part.levels
    ]
    if part.name == "phone":
        levels = _with_changed(levels, night)
    return part.model_copy(update={"levels": tuple(levels)})


def _with_changed(levels: list[LevelModel], night: Night) -> list[LevelModel]:
    """Let the last level, on which nothing agrees, have the night's share, and the others the rest as before."""
    trained = levels[-1].m or MIN_CHANGED
    changed, pairs = night.phones
    share = (changed + LEANING * trained) / (pairs + LEANING)
    share = min(max(round(share / SHARE_STEP) * SHARE_STEP, MIN_CHANGED), MAX_CHANGED)
    kept = [level.model_copy(update={"m": level.m and level.m * (1 - share) / (1 - trained)}) for level in levels[:-1]]
    return [*kept, levels[-1].model_copy(update={"m": share})]


def changed_phones(mentions: pl.DataFrame, nodes: pl.DataFrame) -> tuple[int, int]:
    """Count how often two departments know no common phone of a person whom one valid number names.

    Args:
        mentions: frame of `MENTION_SCHEMA`.
        nodes: `mention_index, node`.

    Returns:
        Pairs of rows without a common phone (masked ones compared by what they show), and all pairs. A pair is two
        rows of different feeds that follow each other in the person's node.
    """
    phones = pl.concat_list("phones", "phone_masks").list.eval(
        pl.concat_str(pl.element().str.head(3), pl.element().str.tail(4))
    )
    rows = (
        mentions.filter(pl.col("id_kind") == "valid")
        .select("mention_index", "feed", "id_number", ends=phones)
        .filter(pl.col("ends").list.len() > 0)
        .join(nodes, on="mention_index")
        .sort("node", "id_number", "feed", "mention_index")
    )
    before = [pl.col(name).shift(1).over("node", "id_number").alias(f"{name}_before") for name in ("feed", "ends")]
    pairs = rows.with_columns(before).filter(pl.col("feed") != pl.col("feed_before"))
    shared = pairs["ends"].list.set_intersection(pairs["ends_before"]).list.len() > 0
    return int((~shared).sum()), pairs.height
