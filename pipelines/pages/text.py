"""Words in both languages: a page carries Chinese and English, and the reader chooses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import escape

HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Text:
    """The same words in Chinese and in English.

    In a template it becomes two spans, of which the style sheet shows one. Words that are equal in both, such as the
    name of an estate, become one span that is always shown.

    Attributes:
        zh, en: plain text; it is escaped where it is drawn.
    """

    zh: str
    en: str

    def __html__(self) -> str:
        """Return both languages as markup."""
        if self.zh != self.en:
            zh, en = escape(self.zh), escape(self.en)
            return f'<span class="zh" lang="zh-Hans">{zh}</span><span class="en" lang="en">{en}</span>'
        if HAN.search(self.zh):
            return f'<span class="name" lang="zh-Hans">{escape(self.zh)}</span>'
        return escape(self.zh)

    def fill(self, **values: Text | str) -> Text:
        """Return the words with `{name}` replaced, by the fitting language of a `Text` or by a plain value."""
        return Text(
            self.zh.format(**{key: _zh(value) for key, value in values.items()}),
            self.en.format(**{key: _en(value) for key, value in values.items()}),
        )


def both(zh: str, en: str) -> Text:
    """Return a `Text`; the short form for templates."""
    return Text(zh, en)


def same(name: str) -> Text:
    """Return a name or number that is written alike in both languages."""
    return Text(name, name)


def translated(zh: str | None, en: str | None, fallback: str) -> Text:
    """Return a name of which one language may be missing: the other stands in, else `fallback`."""
    known = zh or en or fallback
    return Text(zh or known, en or known)


def _zh(value: Text | str) -> str:
    return value.zh if isinstance(value, Text) else value


def _en(value: Text | str) -> str:
    return value.en if isinstance(value, Text) else value
