"""What matplotlib, tqdm, OpenCV and IPython have dropped, or cannot do here.

Why: to import them costs seconds that a notebook without them should not pay.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

from .patches import replace


def mend() -> None:
    """Mend what of `MENDED` has been imported since; called after the notebook's imports."""
    for name in [name for name in _waiting if name in sys.modules]:
        _waiting.pop(name)(sys.modules[name])


def _style(module: Any) -> None:
    """`plt.style.use("seaborn-...")`: the same styles bear a version now."""
    old = {name: name.replace("seaborn-v0_8", "seaborn") for name in module.library}
    for new, name in old.items():
        module.library.setdefault(name, module.library[new])


def _colour_maps(module: Any) -> None:
    if not hasattr(module, "get_cmap"):
        pyplot = functools.partial(sys.modules["matplotlib"].colormaps.get_cmap)
        module.get_cmap = lambda name=None, lut=None: (
            pyplot(name) if lut is None else pyplot(name).resampled(lut)
        )


def _figure(module: Any) -> None:
    """`figure.gca(projection="3d")` made axes of that kind."""

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def gca(self: Any, **options: Any) -> Any:
            return self.add_subplot(**options) if options else original(self)

        return gca

    replace(module.Figure, "gca", make)


def _progress(module: Any) -> None:
    """Progress bars of a notebook need widgets, which are not here: they are drawn as text."""
    plain = sys.modules["tqdm.std"]
    module.tqdm = module.tqdm_notebook = plain.tqdm
    module.trange = module.tnrange = plain.trange


def _one_thread(module: Any) -> None:
    module.setNumThreads(1)


def _display(module: Any) -> None:
    functions = sys.modules["IPython.core.display_functions"]
    for name in ("display", "clear_output"):
        if not hasattr(module, name):
            setattr(module, name, getattr(functions, name))


MENDED: dict[str, Callable[[Any], None]] = {
    "matplotlib.style": _style,
    "matplotlib.cm": _colour_maps,
    "matplotlib.figure": _figure,
    "tqdm.notebook": _progress,
    "cv2": _one_thread,
    "IPython.core.display": _display,
}
_waiting = dict(MENDED)
