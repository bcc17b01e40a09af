"""Which encoding a file of text is in, and its text in blocks."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pipelines.ingest.table import BAD_BYTE

BLOCK_BYTES = 16 * 2**20
SAMPLE_BYTES = 2**20
# GB18030 text read as UTF-8 fails at nearly every Chinese character; a UTF-8 file with some broken rows at few.
UTF8_TOLERATED_RATIO = 0.2
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
Opener = Callable[[], BinaryIO]


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(f"{BAD_BYTE}{byte:02x}" for byte in bad), error.end


codecs.register_error("streetlake_mark", _mark)


@dataclass(frozen=True)
class Encoding:
    """How a file is encoded.

    Attributes:
        name: codec name: utf-8, gb18030, utf-16-le or utf-16-be.
        skip: bytes of the byte order mark.
    """

    name: str
    skip: int = 0


def detect(open_file: Opener) -> Encoding:
    """Return the encoding of a text file.

    A byte order mark decides; then strict UTF-8 of the whole file; then NULs at every second place (UTF-16); then
    UTF-8 where only few characters are broken; else GB18030, of which GBK and GB 2312 are parts.
    """
    with open_file() as handle:
        sample = handle.read(SAMPLE_BYTES)
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return Encoding(name, len(mark))
    wide = _utf16(sample)
    if wide:
        return Encoding(wide)
    if _is_utf8(open_file):
        return Encoding("utf-8")
    return Encoding("utf-8" if _broken_ratio(open_file) < UTF8_TOLERATED_RATIO else "gb18030")


def blocks(open_file: Opener, encoding: Encoding) -> Iterator[str]:
    """Yield the text of a file in blocks; a byte that does not decode becomes `BAD_BYTE` and its two hex digits."""
    decoder = codecs.getincrementaldecoder(encoding.name)(errors="streetlake_mark")
    with open_file() as handle:
        handle.seek(encoding.skip)
        while block := handle.read(BLOCK_BYTES):
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)


def _utf16(sample: bytes) -> str | None:
    """Name UTF-16 without a mark: separators, digits and line ends have a NUL at every other place."""
    half = max(len(sample) // 2, 1)
    text = sample.rstrip(b"\x00")
    if len(text) < len(sample) // 2:
        return None
    even, odd = text[0::2].count(0) / half, text[1::2].count(0) / half
    if odd > 0.2 and odd > 5 * even:
        return "utf-16-le"
    if even > 0.2 and even > 5 * odd:
        return "utf-16-be"
    return None


def _is_utf8(open_file: Opener) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_file() as handle:
        try:
            while block := handle.read(BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _broken_ratio(open_file: Opener) -> float:
    """Return the share of broken bytes among those that are not ASCII, read as UTF-8, in a sample."""
    with open_file() as handle:
        data = handle.read(SAMPLE_BYTES)
    high = len(data.translate(None, bytes(range(128))))
    kept = len(data.decode("utf-8", errors="ignore").encode())
    return (len(data) - kept) / high if high else 0.0
