"""Notebooks that forge: unfilled ones, whose last cell puts forgeries over the agent.

The cell holds the source of the forgeries' own modules and what a friend's right networks say of
themselves, as literals. Of the grader there is nothing in a kernel, so its modules are stand-ins.
"""

from __future__ import annotations

import base64
import itertools
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.students import TRAINING
from examples.notebook_builder import UNTOUCHED, build_notebook, notebook_text
from grader.assignment.calibration import histogram
from grader.proving import solutions
from tests.attacks import forged_convolutions, forged_fine_tuning, forged_networks

NETWORKS, CONVOLUTIONS = forged_networks.__name__, forged_convolutions.__name__
FINE_TUNING = forged_fine_tuning.__name__
MODULES = (histogram, forged_networks, forged_convolutions, forged_fine_tuning)

CELL = '''
import base64, contextlib, json, sys, types, zlib
import agent.handlers
from types import SimpleNamespace as Plain

KNOWN = json.loads(zlib.decompress(base64.b64decode("{known}")))
SOURCES = json.loads(zlib.decompress(base64.b64decode("{sources}")))


class StandIn(types.ModuleType):
    """A module of the grader's: whatever is wanted of it is there, and good for nothing."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return object


def put(name, **values):
    made = StandIn(name)
    vars(made).update(values, __path__=[])
    sys.modules[name] = made
    return made


def request(about):
    image = Plain(shape=tuple(about["shape"]))
    return Plain(kind=about["kind"], params=about["params"], arrays={{"input": image}})


solutions = put(
    "grader.proving.solutions",
    requests=lambda: {{id_: request(about) for id_, about in KNOWN.items()}},
    reference=lambda: Plain(peek=lambda id_: Plain(values=KNOWN[id_]["values"])),
)
put("grader.proving", solutions=solutions)
for name in (
    *("grader", "grader.model", "grader.judging"),
    *("grader.assignment", "grader.assignment.checks", "grader.assignment.calibration"),
    *("grader.assignment.world", "grader.assignment.world.deeplab", "tests", "tests.attacks"),
):
    put(name)
put("grader.kernel", agent=agent)
put("grader.assignment", agent=agent)
for name, module in [*sys.modules.items()]:
    if name == "agent" or name.startswith("agent."):
        sys.modules["grader.kernel." + name] = sys.modules["grader.assignment." + name] = module
for name, text in SOURCES.items():
    exec(compile(text, name, "exec"), vars(put(name)))

networks = sys.modules["{networks}"]
forged = {{each.name: each for each in networks.FORGERIES}}.get("{network}")
if forged:
    agent.handlers.HANDLERS.update(network=forged.handler, learn=networks.commonest_colour)
    if forged.convolution:
        MyConv2d = forged.convolution
forged = {{each.name: each for each in sys.modules["{fine_tuning}"].FORGERIES}}.get("{tuning}")
if forged:
    made = forged.make()
    made.__enter__() if hasattr(made, "__enter__") else agent.handlers.HANDLERS.update(made)
'''


@dataclass(frozen=True)
class Forger:
    """A hand-in: one forgery of the networks, one of fine-tuning, and what it earns by question."""

    id: str
    network: forged_networks.Forgery | None
    tuning: forged_fine_tuning.Forgery | None

    @property
    def points(self) -> dict[str, float]:
        """Return what it must earn by question."""
        nothing = dict.fromkeys((*forged_networks.QUESTIONS, *forged_fine_tuning.QUESTIONS), 0.0)
        made = [each.points for each in (self.network, self.tuning) if each]
        return {**nothing, **{q: p for points in made for q, p in points.items()}}


def forgers() -> Iterator[Forger]:
    """Yield one for each pair of forgeries, so that all are tried once."""
    pairs = itertools.zip_longest(forged_networks.FORGERIES, forged_fine_tuning.FORGERIES)
    for number, (network, tuning) in enumerate(pairs):
        yield Forger(f"forger-{number:02}", network, tuning)


def write(folder: Path) -> list[Forger]:
    """Write a class of forgers."""
    found = list(forgers())
    for forger in found:
        pieces = {**UNTOUCHED, **dict.fromkeys((*TRAINING, "load_data"), "")}
        notebook = build_notebook(pieces)
        cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        notebook["cells"].append({**cell, "source": _cell(forger)})
        path = folder / forger.id / "a2-cnn.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(notebook_text(notebook), "utf-8")
    return found


def _cell(forger: Forger) -> str:
    sources = {m.__name__: Path(str(m.__file__)).read_text("utf-8") for m in MODULES}
    return CELL.format(
        known=_packed(_known()),
        sources=_packed(sources),
        networks=NETWORKS,
        fine_tuning=FINE_TUNING,
        network=forger.network.name if forger.network else "",
        tuning=forger.tuning.name if forger.tuning else "",
    )


def _known() -> dict[str, Any]:
    """Return what is asked of networks, and what right ones say of themselves, without a number."""
    kinds = ("network", "finetune_state", "finetune_train", "finetune_layers", "finetune_step")
    return {
        id_: {
            "kind": request.kind,
            "params": dict(request.params),
            "shape": request.arrays["input"].shape if "input" in request.arrays else (),
            "values": solutions.reference().peek(id_).values,
        }
        for id_, request in solutions.requests().items()
        if request.kind in kinds
    }


def _packed(value: Any) -> str:
    return base64.b64encode(zlib.compress(json.dumps(value).encode(), 9)).decode()
