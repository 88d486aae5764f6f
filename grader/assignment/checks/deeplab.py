"""Part C's network as the notebook left it, read from the answer to `finetune.state`."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.model import NoAnswer, Outcome, Replies, Reply, StudentError

HEAD = "classifier.4"
CLASSIFIER = "classifier"
NAME_LIMIT = 80  # characters; torch's own are shorter
OLD_CLASSES, CLASSES = 21, 2  # of the pretrained last layer, and of the new one


@dataclass(frozen=True)
class Parameter:
    """One parameter: its shape, whether it requires a gradient, the norm of its values."""

    shape: tuple[int, ...]
    learns: bool
    norm: float | None

    def same(self, other: Parameter | None) -> bool:
        """Return whether the values are those of `other`, as far as shape and norm can tell."""
        return (
            other is not None
            and self.shape == other.shape
            and self.norm is not None
            and other.norm is not None
            and math.isclose(self.norm, other.norm, rel_tol=1e-9)
        )


@dataclass(frozen=True)
class LastLayer:
    """What stands at `classifier[4]`, and how many layers the classifier has."""

    layers: int
    type: str
    is_conv: bool
    shape: tuple[int, ...]  # of its weight
    bias: bool = True


@dataclass(frozen=True)
class DeepLab:
    """The parameters by name, and what `classifier[4]` is; None if there is no classifier."""

    parameters: Mapping[str, Parameter]
    head: LastLayer | None
    idle: tuple[str, ...]  # what looks like freezing and is not

    def under(self, place: str) -> list[str]:
        """Return the names of the parameters of the module `place`."""
        return [name for name in self.parameters if name.startswith(f"{place}.")]

    def learning(self) -> list[str]:
        """Return the names of the parameters that require gradients."""
        return [name for name, parameter in self.parameters.items() if parameter.learns]

    def untouched(self, other: DeepLab, names: Collection[str]) -> bool:
        """Return whether all these parameters have the values that they have in `other`."""
        return all(self.parameters[n].same(other.parameters.get(n)) for n in names)

    @property
    def old_head(self) -> bool:
        """Whether `classifier[4]` still tells the 21 pretrained classes apart."""
        return self.head is not None and self.head.shape[:1] == (OLD_CLASSES,)

    @property
    def misplaced(self) -> str | None:
        """The place of a convolution to two channels, if there is one elsewhere than it should."""
        for name, parameter in self.parameters.items():
            place, _, kind = name.rpartition(".")
            two = kind == "weight" and len(parameter.shape) == 4 and parameter.shape[0] == CLASSES
            if two and not name.startswith(f"{HEAD}."):
                return place
        return None


def read(replies: Replies) -> DeepLab:
    """Return what the answer to `finetune.state` says. Raises NoAnswer for one of no use."""
    reply = replies["finetune.state"]
    try:
        return _read(reply.values)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise unusable(reply, replies) from None


def _read(values: Mapping[str, Any]) -> DeepLab:
    head, idle = values["head"], values.get("idle") or []
    found = head and LastLayer(
        int(head["layers"]),
        str(head["type"]),
        bool(head["is_conv"]),
        tuple(map(int, head["shape"])),
        bool(head.get("bias", True)),
    )
    return DeepLab(
        {str(row[0]): _parameter(*row[1:]) for row in values["parameters"]},
        found or None,
        tuple(map(str, idle)),
    )


def _parameter(shape: Any, learns: Any, norm: Any) -> Parameter:
    return Parameter(tuple(map(int, shape)), bool(learns), None if norm is None else float(norm))


def unusable(reply: Reply, replies: Replies) -> NoAnswer:
    """Return the exception for an answer that came in another form than the agent gives it."""
    error = StudentError("Refused", f"the answer to {reply.id} has another form")
    return NoAnswer(replace(reply, outcome=Outcome.REFUSED, error=error), replies)


def classifier_replaced(mine: DeepLab, reference: DeepLab, handed: Collection[str]) -> bool:
    """Return whether the whole classifier is another one than the pretrained.

    Values show it, where the rest is still as it was pretrained and the classifier was not
    handed to an optimizer: `handed` are the names that were.
    """
    if mine.head is None or mine.head.layers < int(HEAD[-1]) + 1:
        return True
    inside = [n for n in reference.under(CLASSIFIER) if not n.startswith(f"{HEAD}.")]
    rest = [n for n in reference.parameters if not n.startswith(f"{CLASSIFIER}.")]
    if set(handed) & set(inside) or not set(rest) <= set(mine.parameters):
        return False
    if not mine.untouched(reference, rest):
        return False
    return not (set(inside) <= set(mine.parameters) and mine.untouched(reference, inside))


def shown(names: Collection[str]) -> str:
    """Return names as a report shows them: how many, and the first three."""
    first = ", ".join(name[:NAME_LIMIT] for name in list(names)[:3])
    return f"{len(names)}: {first}{', ...' if len(names) > 3 else ''}" if names else "none"
