"""What `train(args, model)` gave its optimizer, read from the answer to `finetune.train`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.checks.deeplab import CLASSIFIER, HEAD, shown
from grader.model import Finding, Reply

WHAT = "the parameters that train(args, model) gives its optimizer"
AUXILIARY = "aux_classifier"


@dataclass(frozen=True)
class Handover:
    """The tensors of an optimizer: names in the network, and those that it does not hold."""

    names: frozenset[str]
    strangers: tuple[str, ...]  # what each tensor is called that the network does not hold
    parameters: bool  # whether the strangers are parameters, such as those of a former layer

    def __str__(self) -> str:
        """Return the names as a report shows them."""
        return shown([*sorted(self.names), *self.strangers])


def read(reply: Reply) -> Handover | None:
    """Return what the optimizers hold that stepped, or that were made; None if none was."""
    groups = reply.values.get("groups") or []
    if not groups:
        return None
    tensors = [tensor for group in groups for tensor in group]
    strangers = [t for t in tensors if not t["name"]]
    return Handover(
        frozenset(t["name"] for t in tensors if t["name"]),
        tuple(f"a tensor of shape {tuple(t['shape'])} outside the network" for t in strangers),
        all(t.get("kind") == "Parameter" for t in strangers),
    )


def refusal(values: Mapping[str, Any], want: str) -> Finding:
    """Return the finding for a loop that never had an optimizer: what it tried to make one of."""
    given, error = values.get("given") or [], values.get("raised") or {}
    raised = f"{error.get('name')}: {error.get('message')}" if error else ""
    if not given:
        got = f"no optimizer: it raises {raised}" if raised else "no optimizer was made"
        return Finding(WHAT, want, got, "raises" if raised else "selects_nothing")
    kinds, count = given[-1].get("kinds", []), given[-1].get("count", 0)
    if count == 0:
        return Finding(
            WHAT, want, f"an empty list; the optimizer raises {raised}", "selects_nothing"
        )
    if set(kinds) <= {"Parameter", "Tensor", "dict"}:
        return Finding(WHAT, want, f"an optimizer that raises {raised}", "raises")
    got = f"{count} of type {', '.join(kinds)}; the optimizer raises {raised}"
    return Finding(WHAT, want, got, "selects_names")


def mistakes(mine: Handover, want: frozenset[str]) -> list[str]:
    """Return what is wrong with a selection: what is missing, then what is too much."""
    extra = mine.names - want
    if not mine.names & want:
        return [_nothing_of_the_layer(mine)]
    found = []
    if not want <= mine.names:
        weight = f"{HEAD}.weight" in mine.names
        found.append("selects_weight_only" if weight else "selects_bias_only")
    if extra:
        found.append(_too_much(extra))
    return found


def _nothing_of_the_layer(mine: Handover) -> str:
    if mine.strangers:
        return "selects_old_layer" if mine.parameters else "selects_names"
    return "selects_other_layer" if mine.names else "selects_nothing"


def _too_much(extra: frozenset[str]) -> str:
    if all(name.startswith(f"{AUXILIARY}.4.") for name in extra):
        return "selects_aux_head"
    if all(name.startswith((f"{CLASSIFIER}.", f"{AUXILIARY}.")) for name in extra):
        return "selects_whole_classifier"
    return "selects_everything"
