"""Puts a drawn network in the place of the student's layers, all but the last one."""

from __future__ import annotations

from torch import Tensor, nn

from . import drawn
from .drawn import Drawn
from .segmenter import LAST, core, dtype_of, last_layer


class Place:
    """One drawn network in the place of the student's layers.

    Raises LookupError where there is no such place: no `backbone`, no list of five layers.
    """

    def __init__(self, model: nn.Module, plan: drawn.Plan, numbers: Tensor) -> None:
        self.model, self.core, self.numbers = model, core(model), numbers
        classifier = getattr(self.core, "classifier", None)
        keys = list(vars(classifier)["_modules"]) if isinstance(classifier, nn.Sequential) else []
        if len(keys) <= LAST or not isinstance(getattr(self.core, "backbone", None), nn.Module):
            raise LookupError("no backbone, or no classifier of five layers")
        learning = learning_places(self.core)
        last = last_layer(self.core)
        outputs = last.in_channels if isinstance(last, nn.Conv2d) else drawn.LAST
        self.drawn = Drawn(plan, numbers, outputs, dtype_of(last))
        held = [self.drawn.lift, *(nn.Identity() for _ in keys[1:LAST])]
        vars(classifier)["_modules"].update(zip(keys, held, strict=False))
        vars(self.core)["_modules"]["backbone"] = self.drawn.body
        self._auxiliary(learning)
        self.drawn.body.requires_grad_("backbone" in learning)
        self.drawn.lift.requires_grad_("classifier" in learning)
        self.learning = learning
        self.drawn.body.onset = self._onset
        drawn.fill_head(self.head(), numbers)

    def _auxiliary(self, learning: set[str]) -> None:
        """Let the second classifier's last layer stand; what comes before it is drawn too."""
        layers = getattr(self.core, "aux_classifier", None)
        keys = list(vars(layers)["_modules"]) if isinstance(layers, nn.Sequential) else []
        weight = getattr(layers[-1], "weight", None) if keys else None  # type: ignore[index]
        if not isinstance(weight, Tensor) or weight.dim() != 4 or len(keys) < 2:
            vars(self.core)["_modules"]["aux_classifier"] = None
            return
        lift = drawn.Lift(self.drawn.body.channels, weight.shape[1], weight.dtype)
        lift.to(self.numbers).requires_grad_("aux_classifier" in learning)
        held = [lift, *(nn.Identity() for _ in keys[1:-1])]
        vars(layers)["_modules"].update(zip(keys, held, strict=False))

    def head(self) -> nn.Module | None:
        """Return the layer that stands at `classifier[4]` now."""
        return last_layer(self.core)

    def _onset(self) -> None:
        """Note what learns as the first step begins, and let all learn that was handed over.

        From here on a parameter before the last layer moves if, and only if, the optimizer
        holds it: what was frozen cannot hide what was selected.
        """
        self.learning = learning_places(self.core)
        self.let_learn()

    def let_learn(self) -> None:
        """Let the drawn layers learn."""
        for parameter in self.drawn.parameters():
            parameter.requires_grad_(True)

    def start_again(self) -> None:
        """Put the drawn numbers back, and clear what was accumulated."""
        self.drawn.fill()
        drawn.fill_head(self.head(), self.numbers)
        for parameter in self.core.parameters():
            parameter.grad = None
            parameter.requires_grad_(True)


def learning_places(network: nn.Module) -> set[str]:
    """Return which of backbone, classifier (but its last layer) and aux_classifier learn."""
    found = set()
    for name, parameter in network.named_parameters():
        place = name.partition(".")[0]
        if parameter.requires_grad and not name.startswith(f"classifier.{LAST}."):
            found.add(place)
    return found
