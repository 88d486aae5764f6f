"""Figures: small, drawn once for the file and the page, and closed behind the cell."""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .patches import replace

USUAL_DPI = 100
PLAIN = {"dpi", "format", "facecolor", "edgecolor"}  # what a picture may be asked to have


def install(shell: Any, *, full: bool) -> None:
    """Look after figures from now on; with `full` they are drawn as everywhere else."""
    shell.events.register("post_run_cell", close)
    shell.events.register("pre_run_cell", enlarge if full else draw_once)


def close(_event: Any = None) -> None:
    """Close every figure; the cell's output holds those that were shown."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


def enlarge(_event: Any = None) -> None:
    """Undo the small size, once: the process that kernels are forked from has read it."""
    matplotlib: Any = sys.modules.get("matplotlib")
    if matplotlib is not None and matplotlib.rcParams["figure.dpi"] < USUAL_DPI:
        matplotlib.rcParams["figure.dpi"] = USUAL_DPI


def draw_once(_event: Any = None) -> None:
    """Use the picture that `savefig` has made for the page too, if nothing has changed since."""
    backends = sys.modules.get("matplotlib.backend_bases")
    if backends is not None and not hasattr(backends.FigureCanvasBase.print_figure, "__wrapped__"):
        replace(backends.FigureCanvasBase, "print_figure", _remembering)


def _remembering(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def print_figure(self: Any, filename: Any, *args: Any, **kwargs: Any) -> Any:
        if hasattr(filename, "write"):
            kwargs.pop("bbox_inches", None)  # for 'tight', as on the page, it is drawn twice
        if args or not _is_plain_png(filename, kwargs):
            return original(self, filename, *args, **kwargs)
        figure = self.figure
        look, made = _look(figure, kwargs), getattr(figure, "_colab_picture", None)
        if made is None or figure.stale or made[0] != look:
            buffer = io.BytesIO()
            original(self, buffer, **{**kwargs, "format": "png"})
            made = look, buffer.getvalue()
            figure._colab_picture = made  # noqa: SLF001 - ours
            figure.stale = False  # only its colours were changed, and put back
        return _write(filename, made[1])

    return print_figure


def _is_plain_png(filename: Any, kwargs: dict[str, Any]) -> bool:
    named = isinstance(filename, (str, Path))
    form = kwargs.get("format") or (Path(filename).suffix[1:] if named else None) or "png"
    others = {name for name, value in kwargs.items() if value is not None} - PLAIN
    return form == "png" and not others


def _look(figure: Any, kwargs: dict[str, Any]) -> tuple[Any, ...]:
    dpi = kwargs.get("dpi")
    return (
        float(figure.dpi if dpi in (None, "figure") else dpi),
        str(kwargs.get("facecolor") or figure.get_facecolor()),
        str(kwargs.get("edgecolor") or figure.get_edgecolor()),
    )


def _write(filename: Any, picture: bytes) -> None:
    if hasattr(filename, "write"):
        filename.write(picture)
    else:
        path = Path(filename)
        path.with_name(path.name + ("" if path.suffix else ".png")).write_bytes(picture)
