"""Building SVG safely: every attribute and every text is escaped."""

from __future__ import annotations

from markupsafe import Markup, escape


def element(tag: str, *children: Markup | str, **attributes: str | float) -> Markup:
    """Return an element; `_` in attribute names is `-`, a trailing one is dropped (`class_`); text is escaped."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(number(value))}"' for name, value in attributes.items()
    )
    if not children:
        return Markup(f"<{tag}{written}/>")  # noqa: S704 - a tag of ours, values escaped
    inside = "".join(escape(child) for child in children)
    return Markup(f"<{tag}{written}>{inside}</{tag}>")  # noqa: S704 - a tag of ours, values and children escaped


def picture(width: float, height: float, *children: Markup | str, name: str) -> Markup:
    """Return an SVG picture of that size in CSS pixels, of class `name`, hidden from screen readers."""
    return element(
        "svg",
        *(children or (Markup(""),)),
        class_=f"picture {name}",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        aria_hidden="true",
        focusable="false",
    )


def hover(text: str) -> Markup:
    """Return the text that a pointer shows; numbers only, because a title has no second language."""
    return element("title", text)


def number(value: str | float) -> str:
    """Write a coordinate with at most two decimals, so that equal pictures have equal bytes."""
    if isinstance(value, str):
        return value
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written
