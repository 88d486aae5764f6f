"""Part C's network as the notebook left it, read from the answer to `finetune.state`."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from grader.model import Reply

HEAD = "classifier.4"
CLASSIFIER = "classifier"
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
class DeepLab:
    """The parameters by name, and what `classifier[4]` is; None if there is no classifier."""

    parameters: Mapping[str, Parameter]
    head: Mapping[str, Any] | None
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
        return bool(self.head and self.head["shape"][:1] == [OLD_CLASSES])

    @property
    def misplaced(self) -> str | None:
        """The place of a convolution to two channels, if there is one elsewhere than it should."""
        for name, parameter in self.parameters.items():
            place, _, kind = name.rpartition(".")
            two = kind == "weight" and len(parameter.shape) == 4 and parameter.shape[0] == CLASSES
            if two and not name.startswith(f"{HEAD}."):
                return place
        return None


def read(reply: Reply) -> DeepLab:
    """Return what the answer says."""
    rows, head = reply.values["parameters"], reply.values["head"]
    parameters = {
        str(name): Parameter(tuple(shape), bool(learns), norm) for name, shape, learns, norm in rows
    }
    return DeepLab(parameters, head, tuple(map(str, reply.values.get("idle") or ())))


def classifier_replaced(mine: DeepLab, reference: DeepLab, handed: Collection[str]) -> bool:
    """Return whether the whole classifier is another one than the pretrained.

    Values show it, where the rest is still as it was pretrained and the classifier was not
    handed to an optimizer: `handed` are the names that were.
    """
    if mine.head is None or mine.head["layers"] < int(HEAD[-1]) + 1:
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
    first = ", ".join(list(names)[:3])
    return f"{len(names)}: {first}{', ...' if len(names) > 3 else ''}" if names else "none"
