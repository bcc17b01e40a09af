"""Cells that hold several values: names are split from telephone numbers, numbers are kept."""

import polars as pl

from pipelines.normalise.joint_names import split_cells, split_names


def test_numbers_beside_joint_names_are_cells_and_no_names() -> None:
    cells = pl.Series(["990101198001010014", "990101198001010014、99010119800101003X", None])
    assert split_cells(cells).to_list() == [["990101198001010014"], ["990101198001010014", "99010119800101003X"], []]
    assert split_names(pl.Series(["张三、14200000000"])).to_list() == [["张三"]]
