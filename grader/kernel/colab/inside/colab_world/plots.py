"""What matplotlib called otherwise in 2018 to 2020: arguments, methods, colour maps, settings."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from .packages import after_import
from .patches import like, replace
from .renamed import Words, understand

HELD: Words = {"hold": None}  # all that is drawn is kept
DRAWN: Mapping[str, Words] = {
    "annotate": {"s": "text"}, "bar": {"left": "x"}, "boxplot": {"labels": "tick_labels"},
    "hist": {"normed": "density", **HELD}, "hist2d": {"normed": "density"}, "imshow": HELD,
    "plot": HELD, "stem": {"use_line_collection": None},
}  # fmt: skip
COLOURS = {
    "spectral": "nipy_spectral", "Vega10": "tab10", "Vega20": "tab20", "Vega20b": "tab20b",
    "Vega20c": "tab20c",
}  # fmt: skip
CYCLE = "axes.color_cycle"
SETTINGS = frozenset(
    {
        "axes.hold", "examples.directory", "mathtext.fallback_to_cm", "savefig.frameon",
        "savefig.jpeg_quality", "text.latex.preview", "text.latex.unicode", "verbose.level",
    }
)  # fmt: skip


def install() -> None:
    """Let matplotlib be used as it was, whenever it is imported."""
    after_import("matplotlib", _backends)
    after_import("matplotlib", _settings)
    after_import("matplotlib.style", _styles)
    after_import("matplotlib", _colours)
    after_import("matplotlib.pyplot", _pyplot)


def _backends(module: ModuleType) -> None:
    def make(original: Callable[..., None]) -> Callable[..., None]:
        @like(original, module)
        def use(backend: Any, warn: bool = False, **kwargs: Any) -> None:  # noqa: ARG001
            try:
                original(backend, **kwargs)
            except (ImportError, ValueError):
                print(f"matplotlib: no window here, {backend!r} is not used")

        return use

    replace(module, "use", make)


def _settings(module: ModuleType) -> None:
    def make(original: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(original)
        def __setitem__(self: Any, name: str, value: Any) -> None:  # noqa: N807
            if name == CYCLE:
                name, value = "axes.prop_cycle", module.cycler(color=value)
            if name not in SETTINGS:
                original(self, name, value)

        return __setitem__

    replace(module.RcParams, "__setitem__", make)


def _styles(module: ModuleType) -> None:
    """Give seaborn's styles, which were renamed, their old names too."""
    styles = module.library
    for name in [*styles]:
        old = name.replace("seaborn-v0_8", "seaborn")
        styles.setdefault(old, styles[name])


def _colours(module: ModuleType) -> None:
    known, maps = module.colormaps, vars(importlib.import_module("matplotlib.cm"))
    both = {**COLOURS, **{f"{old}_r": f"{new}_r" for old, new in COLOURS.items()}}
    for old, new in both.items():
        if old not in known:
            known.register(known[new], name=old)
        maps.setdefault(old, known[new])

    def register_cmap(name: str | None = None, cmap: Any = None) -> None:
        known.register(cmap, name=name, force=True)

    def get_cmap(*args: Any, **kwargs: Any) -> Any:
        return importlib.import_module("matplotlib.pyplot").get_cmap(*args, **kwargs)

    maps.setdefault("register_cmap", register_cmap)
    maps.setdefault("get_cmap", get_cmap)


def _pyplot(module: ModuleType) -> None:
    """Change pyplot and the classes behind it."""
    axes = importlib.import_module("matplotlib.axes")
    understand({f"Axes.{name}": words for name, words in DRAWN.items()}, axes)
    understand(DRAWN, module)
    kinds = {"Figure.savefig": {"frameon": None, "papertype": None}}
    understand(kinds, importlib.import_module("matplotlib.figure"))
    subplot: Words = {"axisbg": "facecolor"}
    understand({"subplot": subplot, "axes": subplot, "Figure.add_subplot": subplot}, module)
    replace(module, "gca", functools.partial(_gca, module))
    replace(module.Figure, "gca", _gca_of_figure)
    for kind, names in _methods(module).items():
        for name, value in names.items():
            if not hasattr(kind, name):
                setattr(kind, name, value)


def _gca(module: ModuleType, original: Callable[..., Any]) -> Callable[..., Any]:
    @like(original, module)
    def gca(**kwargs: Any) -> Any:
        return module.gcf().gca(**kwargs)

    return gca


def _gca_of_figure(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def gca(self: Any, **kwargs: Any) -> Any:
        return self.add_subplot(**kwargs) if kwargs else original(self)

    return gca


def _methods(module: ModuleType) -> dict[Any, dict[str, Any]]:
    """Return the functions and methods that are gone, by module or class."""
    canvas = importlib.import_module("matplotlib.backend_bases").FigureCanvasBase
    axis, legend, colorbar = (
        importlib.import_module(f"matplotlib.{name}") for name in ("axis", "legend", "colorbar")
    )
    return {
        module: {
            "hold": _nothing,
            "plot_date": lambda *a, **k: module.gca().plot_date(*a, **k),
            "register_cmap": module.cm.register_cmap,
        },
        module.Axes: {
            "hold": _nothing,
            "plot_date": _plot_date,
            "get_axis_bgcolor": module.Axes.get_facecolor,
            "set_axis_bgcolor": module.Axes.set_facecolor,
        },
        canvas: {"set_window_title": _nothing},
        axis.Tick: {"label": property(lambda tick: tick.label1)},
        legend.Legend: {"legendHandles": property(lambda shown: shown.legend_handles)},
        colorbar.Colorbar: {
            "draw_all": _nothing,
            "set_clim": lambda bar, *limits: bar.mappable.set_clim(*limits),
        },
    }


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing: it is so anyway, or there is no window."""


def _plot_date(self: Any, x: Any, y: Any, fmt: str = "o", **kwargs: Any) -> Any:
    """Draw points over dates, which any plot does today."""
    kept = {name: v for name, v in kwargs.items() if name not in ("tz", "xdate", "ydate")}
    return self.plot(x, y, fmt, **kept)
