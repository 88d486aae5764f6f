"""Known-bad and known-good solutions as first-class data, for the laws of the catalogue.

A case lives in `tests/mutants/` or `tests/right_variants/` and names what it replaces, which
checks must catch it, and what the diagnosis must be:

    @mutant("pool_after_relu", part="cnn", caught_by=["cnn.blocks", "cnn.values"])
    class PoolAfterReLU(CNN): ...
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from grader.model.assignment import chosen

C = TypeVar("C", bound=Callable[..., Any])


@dataclass(frozen=True)
class Case:
    """One solution with what is known of it.

    `make` is the class itself for the parts conv2d, cnn and unet; for other parts a function
    without arguments that returns the names which replace the reference's. For the parts handin
    and counts, which look at files, it returns {"submission": a Submission} and perhaps
    "notebook": the ExecutedNotebook.
    """

    name: str
    part: str
    make: Callable[..., Any]
    caught_by: frozenset[str] = frozenset()
    mistakes: frozenset[str] = frozenset()

    def names(self) -> Mapping[str, Any]:
        """Return the names that this case puts over the reference's; None takes one away."""
        if name := chosen().classes.get(self.part):
            absent = "missing" in self.mistakes
            return {name: None if absent else self.make}
        return dict(self.make())


def mutant(
    mistake: str | Iterable[str], *, part: str, caught_by: Iterable[str], name: str | None = None
) -> Callable[[C], C]:
    """Mark a class or function as a mutant.

    Args:
        mistake: the id, or ids, that the diagnosis must give, these and no others.
        part: "conv2d", "cnn", "unet", "finetune" ...: which requests it answers itself.
        caught_by: exactly the checks that must not pass, dependents that are skipped left out.
        name: of the case; by default the mistake's id.
    """
    mistakes = frozenset([mistake] if isinstance(mistake, str) else mistake)
    label = name or "+".join(sorted(mistakes))

    def mark(made: C) -> C:
        _mark(made, Case(f"{part}.{label}", part, made, frozenset(caught_by), mistakes))
        return made

    return mark


def right_variant(name: str, *, part: str, notes: Iterable[str] = ()) -> Callable[[C], C]:
    """Mark a class or function as a solution that must earn every point.

    Args:
        name: of the case, without its part.
        part: as for `mutant`.
        notes: the ids that are told all the same, at no price.
    """

    def mark(made: C) -> C:
        _mark(made, Case(f"{part}.{name}", part, made, mistakes=frozenset(notes)))
        return made

    return mark


def _mark(made: Any, case: Case) -> None:
    own = vars(made).get("cases", ())  # not inherited: a subclass is a case of its own
    made.cases = (*own, case)


def load(folder: Path) -> tuple[Case, ...]:
    """Return the cases of every module in `folder`, sorted by name.

    Modules that several of them share lie beside `folder`.

    Raises ValueError if two cases bear the same name.
    """
    found: dict[str, Case] = {}
    for path in sorted(folder.glob("*.py")):
        module = _module(path)
        for value in vars(module).values():
            for case in getattr(value, "__dict__", {}).get("cases", ()):
                if found.get(case.name, case) is not case:
                    raise ValueError(f"two cases are called {case.name!r} (in {path.name})")
                found[case.name] = case
    return tuple(found[name] for name in sorted(found))


def _module(path: Path) -> Any:
    name = f"_grader_cases_{path.parent.name}_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} cannot be imported")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        with _importable(*path.parents[1:3]):  # the tests' shared modules, and `examples`
            spec.loader.exec_module(module)
    return sys.modules[name]


@contextlib.contextmanager
def _importable(*folders: Path) -> Iterator[None]:
    sys.path[:0] = map(str, folders)
    try:
        yield
    finally:
        for folder in folders:
            sys.path.remove(str(folder))
