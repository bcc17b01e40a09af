"""Blocks of text cut into chunks of whole lines, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

# A line longer than this is cut: what follows up to its end is dropped, and its row is refused as too long.
LINE_CHARACTERS = 64 * 2**20


def line_chunks(text_blocks: Iterable[str], rows: int) -> Iterator[list[str]]:
    r"""Yield lists of about `rows` lines without their ``\n`` (a ``\r`` before it stays).

    A text without a single ``\n`` but with ``\r`` has those for line ends.
    """
    held: list[str] = []
    rest, alone = "", False
    for number, block in enumerate(text_blocks):
        if number == 0:
            alone = "\n" not in block and "\r" in block
        text = rest + (block.replace("\r", "\n") if alone else block)
        *whole, rest = text.split("\n")
        held.extend(whole)
        rest = rest[:LINE_CHARACTERS]
        while len(held) >= rows:
            yield held[:rows]
            held = held[rows:]
    if rest:
        held.append(rest)
    if held:
        yield held
