"""Curves as inline SVG, drawn in the colours of the page that they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from grader.reports.html.nouns import CurveBand, Learning

WIDTH, HEIGHT = 360, 212
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 22, 34
ROOM = 1.25  # how far above the band a loss may be drawn; higher ones are cut off at the edge
Curve = Sequence[float | None]


def loss_chart(learning: Learning, band: CurveBand | None, title: str) -> Markup:
    """Return the losses of each run over the steps, in front of the reference's band."""
    drawn = [curve for curve in learning.student if curve]
    steps = max(len(curve) for curve in [*drawn, *([band.high] if band else []), (0.0, 0.0)])
    scale = _Scale(steps, _top(drawn, band))
    body = [*_axes(scale), *(_band(band, scale) if band else ())]
    body += [
        Markup('<polyline class="mine mine-{}" points="{}"/>').format(i, piece)
        for i, curve in enumerate(drawn)
        for piece in _pieces(curve, scale)
    ]
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, title, Markup("").join(body))


def said(learning: Learning, band: CurveBand | None) -> str:
    """Return what a chart shows, in words."""
    ends = [curve[-1] for curve in learning.student if curve]
    if any(value is None for curve in learning.student for value in curve):
        return "The loss does not stay finite."
    told = " and ".join(f"{end:.2f}" for end in ends if end is not None)
    text = f"Loss after {max(len(c) for c in learning.student)} steps: {told}."
    if band is not None:
        text += f" The reference ends between {band.low[-1]:.2f} and {band.high[-1]:.2f}."
    return text


class _Scale:
    def __init__(self, steps: int, top: float) -> None:
        self.steps, self.top = max(2, steps), top

    def x(self, step: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * step / (self.steps - 1)

    def y(self, loss: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(max(loss, 0.0), self.top) / self.top)

    def points(self, values: Sequence[float], start: int = 0) -> str:
        return " ".join(f"{self.x(start + i):.1f},{self.y(v):.1f}" for i, v in enumerate(values))


def _top(curves: Sequence[Curve], band: CurveBand | None) -> float:
    most = max((v for curve in curves for v in curve if v is not None), default=1.0)
    return max(0.1, min(most, ROOM * max(band.high)) if band else most) * 1.02


def _axes(scale: _Scale) -> Iterator[Markup]:
    step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 1e9) if scale.top / s <= 5)
    for i in range(int(scale.top / step) + 1):
        y = scale.y(i * step)
        yield Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
            LEFT, WIDTH - RIGHT, y, y
        )
        yield _label(LEFT - 6, y + 4, f"{i * step:g}", "end")
    for step_ in (1, scale.steps // 2, scale.steps):
        anchor = "end" if step_ == scale.steps else "middle"
        yield _label(scale.x(step_ - 1), HEIGHT - BOTTOM + 15, str(step_), anchor)
    yield _label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, "step of the training", "middle")
    yield _label(LEFT - 6, TOP - 8, "loss", "end")  # above the plot: no curve comes there


def _label(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, text
    )


def _band(band: CurveBand, scale: _Scale) -> Iterator[Markup]:
    upper = scale.points(band.high)
    lower = " ".join(reversed(scale.points(band.low).split(" ")))
    yield Markup('<polygon class="band" points="{} {}"/>').format(upper, lower)
    yield Markup('<polyline class="median" points="{}"/>').format(scale.points(band.median))


def _pieces(curve: Curve, scale: _Scale) -> Iterator[str]:
    """Yield the points of each stretch of a curve that is finite."""
    start, held = 0, list[float]()
    for i, value in enumerate([*curve, None]):
        if value is not None:
            start = start if held else i
            held.append(value)
        elif held:
            yield scale.points(held, start)
            held = []
