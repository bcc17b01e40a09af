"""The truth tables of a generated city, as Parquet beside (never inside) the landing.

truth_mention: feed, delivered_on, file, row_number, record_no, person_role, person_seq, person, name_only,
    number_damage (`none` when the own number stands there whole; null when the feed has none), damage (of all cells:
    `name:homophone|phone:stale`; `none` where all are whole, null where the style does not tell).
truth_address: feed, delivered_on, file, row_number, record_no, address_role, address_code, supported_level,
    supported_code, damage (address_code is null for an address outside the city; then division_code names the county).
truth_row: feed, delivered_on, file, night, rows: data rows of every file, for the conservation check.
truth_person, truth_household, truth_dwelling, truth_place: as of the last night. truth_kpi: `pipelines.city.kpi`.
"""

from __future__ import annotations

import polars as pl

from pipelines.city.deliveries import Part
from pipelines.city.feeds.rows import FeedRows
from pipelines.city.life import FOREVER
from pipelines.city.world import World


def part_rows(feed: FeedRows, part: Part, night: int) -> pl.DataFrame:
    """Return one row a delivered file or member: feed, delivered_on, file, night of its arrival, rows."""
    return pl.DataFrame(
        {
            "feed": [feed.name],
            "delivered_on": [part.delivered_on],
            "file": [part.path],
            "night": [night],
            "rows": [len(part.rows)],
        }
    )


def part_mentions(feed: FeedRows, part: Part) -> pl.DataFrame | None:
    """Return the true person of every mention in a part, null where the feed names nobody."""
    base = _numbered(feed, part)
    frames = []
    for column in [c for c in part.rows.columns if c.startswith("_m.")]:
        role, seq = column.split(".")[1:]
        organisation = f"_o.{role}.{seq}"
        is_organisation = pl.col(organisation) if organisation in base.columns else pl.lit(value=False)
        found = base.filter(pl.col(column).is_not_null() | is_organisation)
        frames.append(
            found.select(
                *_KEY,
                pl.lit(role).alias("person_role"),
                pl.lit(int(seq), dtype=pl.Int32).alias("person_seq"),
                pl.col(column).alias("person"),
                pl.col(f"_n.{role}.{seq}").alias("name_only"),
                pl.col(f"_i.{role}.{seq}").alias("number_damage"),
                pl.col(f"_d.{role}.{seq}").alias("damage"),
            )
        )
    return pl.concat(frames) if frames else None


_KEY = ("feed", "delivered_on", "file", "row_number", "record_no")


def part_addresses(world: World, feed: FeedRows, part: Part) -> pl.DataFrame | None:
    """Return the true address behind every address text in a part, null where the feed has none."""
    base = _numbered(feed, part)
    codes = world.places.register["address_code"]
    counties = pl.Series([county[4] for county in world.outside])
    frames = []
    for column in [c for c in part.rows.columns if c.startswith("_a.") and c.endswith(".place")]:
        role = column.split(".")[1]
        outside = f"_a.{role}.outside"
        county = (
            base[outside].to_frame("o").select(pl.when(pl.col("o") >= 0).then("o"))["o"]
            if outside in base.columns
            else None
        )
        named = base.select(
            *_KEY,
            pl.lit(role).alias("address_role"),
            codes.gather(base[column]).alias("address_code"),
            pl.col(f"_a.{role}.level").alias("supported_level"),
            codes.gather(base[f"_a.{role}.target"]).alias("supported_code"),
            pl.col(f"_a.{role}.damage").alias("damage"),
            (
                counties.gather(county)
                if county is not None
                else pl.Series([None], dtype=pl.String).new_from_index(0, len(base))
            ).alias("division_code"),
        )
        frames.append(named.filter(pl.col("address_code").is_not_null() | pl.col("division_code").is_not_null()))
    return pl.concat(frames) if frames else None


def _numbered(feed: FeedRows, part: Part) -> pl.DataFrame:
    return part.rows.with_columns(
        pl.lit(feed.name).alias("feed"),
        pl.lit(part.delivered_on).alias("delivered_on"),
        pl.lit(part.path).alias("file"),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row_number"),
        pl.col("_record").alias("record_no"),
    )


def person_truth(world: World) -> pl.DataFrame:
    """Return one row a person: true attributes, residence and household as of the last night."""
    codes = world.places.register["address_code"]
    last = world.people.spells.filter(pl.col("to_night") == FOREVER).select(
        "person", "place", current_household="household"
    )
    persons = world.persons.join(last, on="person", how="left", maintain_order="left")
    hukou = persons.select(pl.when(pl.col("hukou_place") >= 0).then("hukou_place"))["hukou_place"]
    phones = world.people.phone_changes.sort("person", "night").unique("person", keep="last", maintain_order=True)
    persons = persons.join(phones.select("person", new_mobile="mobile"), on="person", how="left", maintain_order="left")
    return persons.select(
        "person",
        "name",
        "former_name",
        "sex",
        birth_date=pl.col("birth"),
        id_number="id_number",
        mobile=pl.coalesce("new_mobile", "mobile"),
        residence_code=codes.gather(persons["place"]),
        hukou_code=codes.gather(hukou),
        household=pl.col("current_household"),
        is_alive=pl.col("died_night") == FOREVER,
        is_migrant=pl.col("migrant"),
        father="father",
        mother="mother",
        kind=pl.col("kind").replace_strict({0: "han", 1: "minority", 2: "foreign"}, return_dtype=pl.String),
    )


def household_truth(world: World) -> pl.DataFrame:
    """Return one row a member of a current household: household, person, address_code."""
    codes = world.places.register["address_code"]
    now = world.people.spells.filter(pl.col("to_night") == FOREVER)
    return (
        now.select("household", "person")
        .with_columns(codes.gather(now["place"]).alias("address_code"))
        .sort("household", "person")
    )


def dwelling_truth(world: World) -> pl.DataFrame:
    """Return one row a home: address_code, owners on the first night, occupants on the last, rented."""
    codes = world.places.register["address_code"]
    owners = world.owners.group_by("place", maintain_order=True).agg(
        pl.col("person").drop_nulls().alias("owners"), pl.col("organisation").first(), pl.col("rented").first()
    )
    occupants = (
        world.people.spells.filter(pl.col("to_night") == FOREVER).group_by("place").agg(pl.len().alias("occupants"))
    )
    both = owners.join(occupants, on="place", how="left", maintain_order="left").with_columns(
        pl.col("occupants").fill_null(0)
    )
    return both.with_columns(codes.gather(both["place"]).alias("address_code")).drop("place").sort("address_code")


def place_truth(world: World) -> pl.DataFrame:
    """Return the register with the codes of each row's ancestors."""
    register = world.places.register
    codes = register["address_code"]
    return register.select(
        "address_code",
        "level",
        "kind",
        "unit_no",
        "community",
        "street",
        "district",
        "division_code",
        codes.gather(register["estate_place"]).alias("estate_code"),
        codes.gather(register["building_place"]).alias("building_code"),
    )
