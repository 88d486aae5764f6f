"""The notebook's names as they were when it last used what is asked about.

Why: what was handed in to run is judged, not what is left at the end. Part C defines `train`,
`compute_loss`, `AttrDict` and `args` anew; helpers get other arguments for Part B; at the end
`del model`, `%reset -f` or a network that is loaded once more to count its parameters. Nothing is
asked until the last cell has run, so no cell can learn what will be asked.
"""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from torch import nn

from . import uses
from .weights import MOST_BYTES, weight

MODEL = "model"
LOOP = "train"
INPUTS = "In"  # the cells as IPython ran them, which tell what was meant to freeze the network
# IPython's own names; a student's helper may begin with an underscore too.
OURS = re.compile(r"In|Out|get_ipython|exit|quit|open|_+|_i+|_i?\d+|_[ido]h|_exit_code|__\w+__")
# What shows that a class is used, or a network trained: the more, the stronger.
MENTIONED, USED, ENDED_WELL = 0, 1, 2
Namespace = dict[str, Any]
_ABSENT = object()


@dataclass(frozen=True)
class Kept:
    """Names as they were at a moment, `subject` among them.

    `strength` says how surely that was a use of the subject; `state`, if any, has `restore()`.
    """

    subject: Any
    names: Namespace
    strength: int
    state: Any = None


class History:
    """Keeps the names of a namespace after each cell that uses a class, and at each training."""

    def __init__(self, namespace: Namespace, classes: Iterable[str]) -> None:
        self.namespace = namespace
        self.classes = tuple(classes)
        self.snapshots: dict[str, Kept] = {}
        self.asked = False  # what is made meanwhile is the grader's doing

    def after_cell(self, source: str, *, well: bool = True) -> None:
        """Keep the present names for each class that the cell used, or mentions in its code.

        Args:
            source: of the cell.
            well: whether it ended without an error.
        """
        made, code = frozenset(uses.made), re.sub(r"#.*", "", source)
        uses.made.clear()
        kept: Namespace | None = None
        for name in self.classes:
            strength = _strength(self.namespace.get(name), name, code, made, well=well)
            if strength is not None and self._is_news(name, self.namespace[name], strength):
                kept = self._names() if kept is None else kept
                self.snapshots[name] = Kept(self.namespace[name], kept, strength)
        model = self.namespace.get(MODEL)
        if isinstance(model, nn.Module) and self._is_news(MODEL, model, MENTIONED):
            self._keep_model(model, MENTIONED)

    def _is_news(self, name: str, subject: object, strength: int) -> bool:
        """Return whether a use counts for more than what is kept of the same subject."""
        before = self.snapshots.get(name)
        if before is None or strength >= before.strength:
            return True
        return name != MODEL and before.subject is not subject

    def trains(self, training: uses.Training) -> None:
        """Keep the present names, and the state of a network, at the beginning of a training."""
        strength = ENDED_WELL if training.asked else USED
        if not self.asked and self._is_news(MODEL, training.model, strength):
            self._keep_model(training.model, strength, training.loop)

    def _keep_model(self, model: nn.Module, strength: int, loop: Any = None) -> None:
        names = self._names() | {MODEL: model}
        if isinstance(inputs := self.namespace.get(INPUTS), list):
            names[INPUTS] = list(inputs)
        functions = [f for f in self.namespace.values() if isinstance(f, FunctionType)]
        own = [function for function in functions if function.__code__ is loop]
        if own:
            names[LOOP] = own[0]
        self.snapshots[MODEL] = Kept(model, names, strength, _state(model) if strength else None)

    def _names(self) -> Namespace:
        return {k: v for k, v in list(self.namespace.items()) if _is_kept(k, v)}

    @contextlib.contextmanager
    def as_of(self, name: str) -> Iterator[None]:
        """Put back, for as long as the context is entered, what is kept for `name`.

        `name` is that of a class, or "model". Names that came later stay; a subject of which
        nothing is kept changes nothing.
        """
        kept = self._kept(name)
        now = {key: self.namespace.get(key, _ABSENT) for key in kept.names}
        state = _state(kept.subject) if kept.state is not None else None
        self.namespace.update(kept.names)
        if state is not None:
            kept.state.restore()
        self.asked = True
        try:
            yield
        finally:
            self.asked = False
            uses.made.clear()
            if state is not None:
                state.restore()
            for key, value in now.items():
                if value is _ABSENT:
                    self.namespace.pop(key, None)
                else:
                    self.namespace[key] = value

    def _kept(self, name: str) -> Kept:
        kept = self.snapshots.get(name, Kept(None, {}, MENTIONED))
        last = self.namespace.get(name)
        if name == MODEL and isinstance(last, nn.Module) and last is not kept.subject:
            trained = kept.strength == ENDED_WELL and _is_segmenter(kept.subject)
            return kept if trained else Kept(None, {}, MENTIONED)
        return kept


def _strength(
    held: object, name: str, code: str, made: frozenset[type], *, well: bool
) -> int | None:
    """Return how surely a cell used a class; None: it did not, or the class is gone."""
    if not callable(held):
        return None
    if isinstance(held, type) and held in made:
        return ENDED_WELL if well else USED
    return MENTIONED if re.search(rf"\b{name}\b", code) else None


def _is_segmenter(model: Any) -> bool:
    """Tell Part C's network, which may stand in a wrapper, from one of Part A that is so called."""
    return hasattr(model, "classifier") or hasattr(getattr(model, "module", None), "classifier")


def _state(model: nn.Module) -> Any:
    # Imported here and not above: the agent lies beside this package in the kernel only.
    snapshot = importlib.import_module("agent.snapshot")
    return snapshot.Snapshot(model)


def _is_kept(name: str, value: object) -> bool:
    return not OURS.fullmatch(name) and weight(value) <= MOST_BYTES


_current: list[History] = []


def install(shell: Any, classes: Iterable[str]) -> None:
    """Keep the history of IPython's `shell` from now on, for these classes."""
    history = History(shell.user_ns, classes)
    _current[:] = [history]
    uses.install(shell.user_ns, history.trains)

    def after(result: Any) -> None:
        history.after_cell(result.info.raw_cell or "", well=bool(result.success))

    shell.events.register("post_run_cell", after)


def as_of(name: str) -> contextlib.AbstractContextManager[None]:
    """Return `History.as_of(name)` of the notebook; without a notebook, do nothing."""
    return _current[0].as_of(name) if _current else contextlib.nullcontext()
