"""Files that broke on the way: bytes, encodings, separators."""

from __future__ import annotations

import re
from collections.abc import Callable

from mutation.case import Case, Damage, Rng, family
from mutation.export import Files, files_of

Break = Callable[[bytes], bytes]


def _one_broken(case: Case, rng: Rng, change: Break, note: str, suffix: str = "") -> Damage | None:
    """Break one file of the delivery, drawn among those whose name ends with `suffix`."""
    files = files_of(case.exports)
    names = sorted(name for name in files if name.endswith(suffix))
    if not names:
        return None
    name = names[int(rng.integers(0, len(names)))]
    broken = change(files[name])
    return None if broken == files[name] else Damage({**files, name: broken}, note)


@family
def cut_at_a_random_byte(case: Case, rng: Rng) -> Damage | None:
    """The transfer broke off at some byte."""
    share = float(rng.uniform(0.05, 0.95))
    return _one_broken(case, rng, lambda content: content[: int(len(content) * share)], f"first {share:.0%} of bytes")


@family
def cut_in_half(case: Case, rng: Rng) -> Damage | None:
    """The second half of the file is missing."""
    return _one_broken(case, rng, lambda content: content[: len(content) // 2], "first half of the bytes")


@family
def hole_in_the_middle(case: Case, rng: Rng) -> Damage | None:
    """A block in the middle was overwritten with zeros by a failing disk."""
    share = float(rng.uniform(0.1, 0.4))

    def zeros(content: bytes) -> bytes:
        start, size = int(len(content) * 0.4), int(len(content) * share)
        return content[:start] + bytes(size) + content[start + size :]

    return _one_broken(case, rng, zeros, f"{share:.0%} of bytes zero")


def _text_of(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


@family
def decoded_wrongly_and_saved(case: Case, rng: Rng) -> Damage | None:
    """Opened with the wrong encoding and saved: 锟斤拷 and its like."""

    def garble(content: bytes) -> bytes:
        if content.startswith(b"\xff\xfe"):
            return content.decode("utf-16").encode("utf-8").decode("gb18030", errors="replace").encode("utf-8")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("utf-8", errors="replace").encode("utf-8")
        return text.encode("utf-8").decode("gb18030", errors="replace").encode("utf-8")

    return _one_broken(case, rng, garble, "wrong encoding", ".csv")


@family
def saved_without_han(case: Case, rng: Rng) -> Damage | None:
    """Saved in a code page without Han: question marks."""

    def questions(content: bytes) -> bytes:
        if content.startswith(b"\xff\xfe"):
            return content.decode("utf-16").encode("latin-1", errors="replace")
        return _text_of(content).encode("latin-1", errors="replace")

    return _one_broken(case, rng, questions, "question marks for Han", ".csv")


@family
def separator_changed_below(case: Case, rng: Rng) -> Damage | None:
    """From some row on another separator stands between the cells."""
    mark = [";", "\t", "|"][int(rng.integers(0, 3))]
    share = float(rng.uniform(0.1, 0.8))

    def change(content: bytes) -> bytes:
        if content.startswith(b"\xff\xfe"):
            return content
        lines = content.split(b"\n")
        start = max(1, int(len(lines) * share))
        return b"\n".join([*lines[:start], *(line.replace(b",", mark.encode()) for line in lines[start:])])

    return _one_broken(case, rng, change, f"another separator after {share:.0%} of lines", ".csv")


@family
def commas_unquoted(case: Case, rng: Rng) -> Damage | None:
    """A share of rows has one cell too many, from a comma in a text that was not quoted."""
    every = int(rng.integers(3, 15))

    def change(content: bytes) -> bytes:
        if content.startswith(b"\xff\xfe"):
            return content
        lines = content.split(b"\n")
        return b"\n".join(
            re.sub(rb",", b",,", line, count=1) if n and n % every == 0 else line for n, line in enumerate(lines)
        )

    return _one_broken(case, rng, change, f"every {every}th row has a cell too many", ".csv")


@family
def header_only(case: Case, _rng: Rng) -> Damage | None:
    """The query found nothing: a header and no row."""
    return Damage(files_of([export.with_frame(export.frame.clear()) for export in case.exports]), "no rows")


@family
def zero_bytes(case: Case, rng: Rng) -> Damage | None:
    """The file is there and empty."""
    return _one_broken(case, rng, lambda _content: b"", "no bytes")


@family
def error_page_saved(case: Case, rng: Rng) -> Damage | None:
    """What was saved is the login page of the department's system."""
    page = "<html><head><title>登录超时</title></head><body>请重新登录</body></html>".encode()
    return _one_broken(case, rng, lambda _content: page, "a web page")


def renamed_files(files: Files, old: str, new: str) -> Files:
    """Return the files under other paths."""
    return {path.replace(old, new): content for path, content in files.items()}
