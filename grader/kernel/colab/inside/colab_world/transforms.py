"""The changes made to each cell before it runs, each in a module that gives its reason."""

from __future__ import annotations

import builtins
from typing import Any

from .batches import FEW, Batches
from .batches import HELPER as BATCHES
from .budget import HELPER as EPOCHS
from .budget import Budget
from .config import Config
from .demands import Demands
from .folders import COLAB
from .grids import Grids
from .imports import HELPER as PLACEHOLDER
from .imports import Imports
from .missing import Missing
from .mounts import Mounts
from .notes import applied
from .ordering import HELPER as ORDER
from .ordering import Ordering, order
from .paths import Paths
from .python2 import DIVIDE, METHOD, Python2, divide, method
from .rows import ROWS, Rows, rows_in

__all__ = ["applied", "install"]


def install(shell: Any, config: Config) -> None:
    """Have IPython's `shell` change every cell in the ways that `config` asks for."""
    python2 = Python2()
    shell.input_transformers_post.append(python2.lines)
    shell.ast_transformers.append(Mounts(config.content))
    if config.content.as_posix() != COLAB:
        shell.ast_transformers.append(Paths(config.content))
    if not config.full:
        budget = Budget(config.max_epochs)
        setattr(builtins, EPOCHS, budget.helper)
        shell.ast_transformers.append(budget)
    rows = rows_in(config.data)
    if rows < ROWS:
        shell.ast_transformers.append(Rows(rows))
    if not config.full:
        quick = config.max_batches is not None
        batches = Batches(config.max_batches or FEW, quick=quick)
        setattr(builtins, BATCHES, batches.helper)
        shell.ast_transformers.append(batches)
    missing = Missing(config.content)
    setattr(builtins, PLACEHOLDER, missing.placeholder)
    shell.events.register("pre_run_cell", lambda info: missing.begin(info.raw_cell or ""))
    for name, helper in {ORDER: order, METHOD: method, DIVIDE: divide}.items():
        setattr(builtins, name, helper)
    shell.ast_transformers.extend([Imports(), python2, Ordering(), Grids()])
    if config.device == "cpu":
        shell.ast_transformers.append(Demands())
