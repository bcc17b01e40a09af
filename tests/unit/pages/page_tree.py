"""A page read into nodes, and what of its visible words stands there in one language alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
VOID = {"meta", "link", "br", "input", "hr", "img"}
NAMES = {"Streetlake", "English"}
TABLE_NAME = re.compile(r"(raw|master|marts|ops)\.[a-z_]+")


@dataclass
class Node:
    tag: str
    attributes: dict[str, str | None]
    children: list[Node | str] = field(default_factory=list)

    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def walk(self) -> list[Node]:
        below = [node for child in self.children if isinstance(child, Node) for node in child.walk()]
        return [self, *below]

    def classes(self) -> list[str]:
        return (self.attributes.get("class") or "").split()


class Tree(HTMLParser):
    """Reads a page into nodes, and complains where tags do not match."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("document", {})]
        self.feed(page)
        assert len(self.open) == 1, f"never closed: {[node.tag for node in self.open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, dict(attrs))
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag.lower() or self.open[-1].tag == tag, f"{tag} closes {self.open[-1].tag}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def untranslated(node: Node, found: list[str]) -> list[str]:
    """Visible words outside of a span of one language, and names."""
    if node.tag in ("script", "style", "title", "symbol") or {"zh", "en", "name"} & set(node.classes()):
        return found
    for child in node.children:
        if isinstance(child, Node):
            untranslated(child, found)
        elif HAN.search(child) or (LATIN_WORD.search(child) and not TABLE_NAME.fullmatch(child.strip())):
            found.append(child.strip())
    return found
