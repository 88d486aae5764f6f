"""A text cell as plain pieces: Markdown is read, and nothing of it is ever markup of ours.

HTML stays text, links are written out, and pictures are taken only from the notebook itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import mistune

from grader.reports.html.nouns import Output, Prose, Run

MOST_PARSED = 20_000  # characters; longer cells are shown as they are
MOST_BLOCKS = 300
MOST_LEVELS = 6
MOST_ADDRESS = 200
DATA_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif);base64,([A-Za-z0-9+/=\s]*)\Z")
DATA_IN_SOURCE = re.compile(r"data:image/[a-z+.-]{1,20};base64,[A-Za-z0-9+/=]{200,}")
HELD = "held-picture:"
Take = Callable[[Any], Output]


def read(source: str, attachments: Mapping[str, Any], take: Take) -> tuple[Prose, ...]:
    """Return the pieces of a text cell.

    Args:
        source: Markdown.
        attachments: pictures that the cell carries, by name, as nbformat holds them.
        take: decodes one picture from Base64.
    """
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"{HELD}{len(held) - 1}"

    short = DATA_IN_SOURCE.sub(hold, source)  # the parser need not look at a megabyte of Base64
    if len(short) > MOST_PARSED:
        return (Prose("code", (Run("", short),)),)
    try:
        tree = mistune.create_markdown(renderer=None, plugins=["table", "strikethrough"])(short)
    except (RecursionError, ValueError):
        return (Prose("code", (Run("", short),)),)
    reader = _Reader(held, attachments, take)
    blocks = [block for node in tree if isinstance(node, dict) for block in reader.block(node, 0)]
    return tuple(blocks[:MOST_BLOCKS])


class _Reader:
    def __init__(self, held: list[str], attachments: Mapping[str, Any], take: Take) -> None:
        self.held, self.attachments, self.take = held, attachments, take

    def block(self, node: Mapping[str, Any], level: int) -> Iterator[Prose]:
        kind = str(node.get("type"))
        children = [c for c in node.get("children") or [] if isinstance(c, dict)]
        if level > MOST_LEVELS:
            return
        if kind in ("paragraph", "block_text", "heading"):
            depth = int(node.get("attrs", {}).get("level", 1)) if kind == "heading" else level
            yield from self._text("heading" if kind == "heading" else "text", children, depth)
        elif kind in ("block_code", "block_html"):
            yield Prose("code", (Run("", str(node.get("raw", ""))),))
        elif kind == "thematic_break":
            yield Prose("rule")
        elif kind in ("list_item", "task_list_item"):
            yield from self._item(children, level)
        elif kind in ("table_head", "table_row"):
            yield Prose("row", tuple(self._row(children)))
        else:  # lists, quotes, tables, and whatever else holds blocks
            deeper = level + (kind in ("list", "block_quote"))
            for child in children:
                yield from self.block(child, deeper)

    def _item(self, children: list[dict[str, Any]], level: int) -> Iterator[Prose]:
        for child in children:
            for piece in self.block(child, level):
                first = piece.kind == "text" and child is children[0]
                yield Prose("item", piece.runs, level, piece.picture) if first else piece

    def _row(self, cells: list[dict[str, Any]]) -> Iterator[Run]:
        for number, cell in enumerate(cells):
            if number:
                yield Run("", " | ")
            yield from self._runs(cell.get("children") or [], "", [])

    def _text(self, kind: str, children: list[dict[str, Any]], level: int) -> Iterator[Prose]:
        found: list[Output] = []
        if children and all(c.get("type") in ("inline_html", "softbreak") for c in children):
            yield Prose("code", (Run("", "".join(str(c.get("raw", " ")) for c in children)),))
            return
        runs = tuple(self._runs(children, "", found))
        if any(run.text.strip() for run in runs):
            yield Prose(kind, runs, level)
        for output in found:
            if output.picture is not None:
                yield Prose("picture", picture=output.picture)
            else:
                yield Prose("text", (Run("em", f"[{output.text}]"),), level)

    def _runs(self, nodes: list[Any], style: str, found: list[Output]) -> Iterator[Run]:
        for node in nodes:
            kind, raw = str(node.get("type")), str(node.get("raw", ""))
            inner = node.get("children") or []
            if kind in ("softbreak", "linebreak"):
                yield Run("", "\n" if kind == "linebreak" else " ")
            elif kind == "codespan":
                yield Run("code", raw)
            elif kind in ("strong", "emphasis"):
                yield from self._runs(inner, "strong" if kind == "strong" else "em", found)
            elif kind == "image":
                found.append(self._picture(str(node.get("attrs", {}).get("url", ""))))
            elif kind == "link":
                yield from self._runs(inner, style, found)
                address = str(node.get("attrs", {}).get("url", ""))[:MOST_ADDRESS]
                yield Run("link", f" ({unquote(address)})")
            elif inner:
                yield from self._runs(inner, style, found)
            else:
                yield Run(style, self._released(raw))

    def _released(self, text: str) -> str:
        return re.sub(rf"{HELD}\d+", "data:...", text)

    def _picture(self, address: str) -> Output:
        if address.startswith(HELD) and address[len(HELD) :].isdecimal():
            number = int(address[len(HELD) :])
            address = self.held[number] if number < len(self.held) else ""
        inline = DATA_PICTURE.match(address)
        if inline:
            return self.take(inline[1])
        if address.startswith("attachment:"):
            return self._attached(unquote(address.partition(":")[2]))
        shown = address[:MOST_ADDRESS]
        return Output("note", f"a picture from elsewhere is not loaded: {shown}")

    def _attached(self, name: str) -> Output:
        forms = self.attachments.get(name)
        if isinstance(forms, Mapping):
            for kind, data in forms.items():
                if kind in ("image/png", "image/jpeg", "image/gif"):
                    return self.take(data)
        return Output("note", f"an attached picture is not there: {name[:MOST_ADDRESS]}")
