"""`tqdm.notebook` without widgets, which need a browser: bars are printed."""

from __future__ import annotations

from tqdm.std import tqdm, trange

__all__ = ["tnrange", "tqdm", "tqdm_notebook", "trange"]

IProgress = tqdm  # tqdm.autonotebook looks whether there is one
WARN_NOIPYW = ""
tqdm_notebook, tnrange = tqdm, trange
