"""A network as it ran, as inline SVG: the assignment's block diagram with the departures marked.

Each block is a row of boxes; a skip runs down at the right, from the row that it comes from to
the sign of the join that takes it in. What departs has a sign and a dashed border, not a colour
alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from grader.model.assignment import chosen
from grader.reports.html.markup import visible
from grader.reports.html.nouns import Block, Layer, Network

WIDTH = 400
LEFT, CHIPS_END = 6, 322  # the boxes; the skips run to the right of them, if there are any
ALONE = WIDTH - 6  # where the boxes end if there are none
LANE, LANES = 20, 346  # between skips, and where the first one runs
LABEL, CHIP, GAP, BELOW = 22, 34, 6, 20  # heights of a label and a box, between boxes, below
CHARACTER, BOLD = 6.7, 7.6  # widths at 12 pixels
CONVOLUTIONS = {chosen().handed_out, "nn.Conv2d", "ConvTranspose"}
SIGNS = {
    "changed": "\u2260 {}",
    "extra": "+ {}",
    "moved": "\u21c4 {}",
    "place": "{} here",
    "missing": "\u2212 {}",
}
LEGEND = {
    "changed": "\u2260 other numbers than the diagram's",
    "extra": "+ not in the diagram",
    "moved": "\u21c4 stands elsewhere in the diagram",
    "place": "dashed, \u201chere\u201d: where the diagram has it",
    "missing": "\u2212 missing",
}


def draw(network: Network) -> Markup:
    """Return the drawing of a network."""
    rows, y = list[_Row](), 40.0
    end = CHIPS_END if any(b.skips or b.wanted for b in network.blocks) else ALONE
    for block in network.blocks:
        rows.append(_Row(block, y, end))
        y += rows[-1].height + BELOW
    height = y + 16
    body = [_terminal("input", 8), *_skips(rows), *(part for row in rows for part in row.draw())]
    body += [*_arrows(rows, y), _terminal("output", y)]
    label = f"{network.name} as it ran. {in_words(network)}"
    return Markup(
        '<svg class="net" viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, height, label, Markup("").join(body))


def legend(network: Network) -> list[str]:
    """Return what the signs of a drawing mean, those that it has."""
    used = {layer.mark for block in network.blocks for layer in block.layers}
    return [words for mark, words in LEGEND.items() if mark in used]


def in_words(network: Network) -> str:
    """Return a network as a sentence a block, for whoever does not see the drawing."""
    return " ".join(_said(block, network.blocks) for block in network.blocks)


def _said(block: Block, blocks: Sequence[Block]) -> str:
    layers = ", ".join(_sign(layer) for layer in block.layers)
    text = f"{block.label}: {layers}"
    if block.joined:
        sources = " and ".join(_source(n, blocks) for n in block.skips) or "other tensors"
        text += f"; takes in {sources} ({'added' if block.joined == 'add' else 'concatenated'})"
    if block.wanted:
        text += f"; missing: {' and '.join(_source(n, blocks) for n in block.wanted)}"
    return f"{text}."


def _source(number: int, blocks: Sequence[Block]) -> str:
    return "the network's input" if number < 0 else f"{blocks[number].label}'s output"


def _sign(layer: Layer) -> str:
    return f"{_text(layer)} ({layer.detail})" if layer.detail else _text(layer)


def _text(layer: Layer) -> str:
    """Return what stands in a box; an operation's name may be whatever the kernel said."""
    return str(visible(SIGNS.get(layer.mark, "{}").format(layer.name)))


class _Row:
    """One block: where its boxes and its label stand."""

    def __init__(self, block: Block, y: float, end: float) -> None:
        self.block, self.y = block, y
        self.boxes: list[tuple[Layer, float, float, float]] = []
        x, line = float(LEFT), y + LABEL
        for layer in block.layers:
            width = self._width(layer)
            if self.boxes and x + width > end:
                x, line = LEFT + 20.0, line + CHIP + GAP
            self.boxes.append((layer, x, line, width))
            x += width + GAP
        self.height = line + CHIP - y

    def _width(self, layer: Layer) -> float:
        longest = max(len(_text(layer)), 0.86 * len(layer.detail))
        wide = BOLD if layer.mark in ("changed", "extra", "moved") else CHARACTER
        return min(wide * longest + 14, CHIPS_END - LEFT)

    @property
    def end(self) -> tuple[float, float]:
        """Where the block's output leaves to a skip: the right edge of its last box."""
        _, x, y, width = self.boxes[-1]
        return x + width, y + CHIP / 2

    @property
    def joint(self) -> tuple[float, float]:
        """Where a skip comes in: the sign of the join."""
        return CHIPS_END, self.y + LABEL / 2

    def draw(self) -> Iterator[Markup]:
        block = self.block
        yield Markup('<text class="name" x="{}" y="{:.1f}">{}</text>').format(
            LEFT, self.y + 15, block.label
        )
        x = LEFT + CHARACTER * len(block.label) + 18
        for number in block.departures[:6]:
            yield Markup(
                '<circle class="badge" cx="{:.1f}" cy="{:.1f}" r="9"/>'
                '<text class="number" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
            ).format(x, self.y + 11, x, self.y + 15, number)
            x += 22
        if block.joined or block.wanted:
            yield self._join()
        yield from (_chip(*box) for box in self.boxes)

    def _join(self) -> Markup:
        x, y = self.joint
        word = self.block.joined or "no skip"
        width = 16 + CHARACTER * len(word)
        kind = "join" if self.block.joined and not self.block.wanted else "join off"
        return Markup(
            '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="18" rx="9"/>'
            '<text class="small" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
        ).format(kind, x - width, y - 9, width, x - width / 2, y + 4, word)


def _chip(layer: Layer, x: float, y: float, width: float) -> Markup:
    kind = "conv" if layer.name in CONVOLUTIONS else "op"
    middle, text = x + width / 2, _text(layer)
    lines = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
        middle, y + (15 if layer.detail else 21), text
    )
    if layer.detail:
        lines += Markup(
            '<text class="small" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>'
        ).format(middle, y + 28, layer.detail)
    return Markup(
        '<g class="chip {} {}">'
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" rx="7"/>{}</g>'
    ).format(kind, layer.mark or "same", x, y, width, CHIP, lines)


def _terminal(text: str, y: float) -> Markup:
    return Markup('<text class="name muted" x="{}" y="{:.1f}">{}</text>').format(LEFT, y + 12, text)


def _arrows(rows: Sequence[_Row], end: float) -> Iterator[Markup]:
    """Yield the way from the input through the rows to the output."""
    tops = [row.y for row in rows] + [end]
    ends = [22.0, *(row.y + row.height for row in rows)]
    for start, stop in zip(ends, tops, strict=True):
        yield Markup('<path class="flow" d="M 40 {:.1f} V {:.1f} m -4 -5 l 4 5 l 4 -5"/>').format(
            start + 2, stop - 1
        )


def _skips(rows: Sequence[_Row]) -> Iterator[Markup]:
    found = [(n, row, "") for row in rows for n in row.block.skips]
    found += [(n, row, " off") for row in rows for n in row.block.wanted]
    for lane, (source, row, kind) in enumerate(sorted(found, key=lambda f: -f[0])):
        x = LANES + LANE * min(lane, 2)
        start = (54.0, 16.0) if source < 0 else rows[source].end
        stop_x, stop_y = row.joint
        yield Markup(
            '<path class="skip-line{}" '
            'd="M {:.1f} {:.1f} H {:.1f} V {:.1f} H {:.1f} m 5 -4 l -5 4 l 5 4"/>'
        ).format(kind, *start, x, stop_y, stop_x + 2)
