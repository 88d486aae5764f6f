"""Lets a drawn network compute in the place of the student's layers, all but the last one.

The student's layers stay where they are, by name, kind and number, so that whatever looks for them
finds them; they only compute nothing. What is seen is drawn, whatever comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import drawn
from .drawn import Drawn
from .segmenter import LAST, core, dtype_of, last_layer

STIR = 1e4  # so steep that whatever moves before the last layer changes all that it sees
LOUD = 4.0  # times what a channel shows, that its neighbour shows then
CELLS = 8  # of a side, in which the gradient at the scores is averaged
UNSEEN = 255  # a pixel that the loss hardly looks at
FAINT = 0.1  # of the steepest gradient of that target
MOST = 6_000_000  # pixels of a round whose targets are told
Seen = tuple[Tensor, Tensor, Tensor]  # rows (N,), targets (N, H, W), slopes (N, C, CELLS, CELLS)


class Place:
    """One drawn network in the place of the student's layers, until `leave`.

    Raises LookupError where there is no such place: no `backbone`, no list of five layers.
    """

    def __init__(self, model: nn.Module, plan: drawn.Plan, given: Mapping[str, Tensor]) -> None:
        self.model, self.core = model, core(model)
        self.images, self.numbers = given["images"], given["numbers"]
        layers, backbone = _layers(self.core), getattr(self.core, "backbone", None)
        if len(layers) <= LAST or not isinstance(backbone, nn.Module):
            raise LookupError("no backbone, or no classifier of five layers")
        last = self.head()
        outputs = last.in_channels if isinstance(last, nn.Conv2d) else drawn.LAST
        self.drawn = Drawn(plan, self.numbers, outputs)
        self.learning = learning_places(self.core)
        self.rest = [p for n, p in self.core.named_parameters() if not n.startswith(HEAD)]
        self.optimizers: Mapping[int, Any] = {}  # of the student's, as they become known
        self.round = self.row = 0  # of the training loop; of the pictures of this round
        self.seen: dict[int, list[Seen]] = {}  # by round
        self.stirred = self.taught = self.deaf = self._inside = False
        self._alone: Tensor | None = None  # rows shown to who calls the backbone by itself
        self._put: list[tuple[nn.Module, Any]] = []
        self.start_again()
        self._stand_in(backbone, self._features)
        for layer in layers[:LAST]:
            self._stand_in(layer, lambda seen: seen)
        auxiliary = getattr(self.core, "aux_classifier", None)
        if isinstance(auxiliary, nn.Module):
            width = getattr([auxiliary, *auxiliary.modules()][-1], "out_channels", 1)
            self._stand_in(auxiliary, lambda seen: drawn.widened(seen, width))
        self._stand_in(self.core, self._scores(self.core.forward))

    def _stand_in(self, module: nn.Module, forward: Callable[..., Any]) -> None:
        self._put.append((module, vars(module).get("forward")))
        vars(module)["forward"] = StandIn(forward)

    def leave(self) -> None:
        """Let the student's layers compute again."""
        for module, before in reversed(self._put):
            if before is None:
                vars(module).pop("forward", None)
            else:
                vars(module)["forward"] = before

    def head(self) -> nn.Module | None:
        """Return the layer that stands at `classifier[4]` now."""
        return last_layer(self.core)

    def next_round(self, number: int) -> None:
        """Go on to the pictures of another round of the training loop."""
        if number != self.round:
            self.round, self.row = number, 0

    def round_again(self) -> None:
        """Forget what the losses of this round answered: its step has moved nothing."""
        self.seen.pop(self.round, None)
        self.row = 0

    def start_again(self) -> None:
        """Put the drawn numbers back, and clear what was accumulated."""
        self._level, self._types, self.stirred = self._sum().detach(), self._dtypes(), False
        drawn.fill_head(self.head(), self.numbers)
        for parameter in self.core.parameters():
            parameter.grad = None

    def teach(self) -> None:
        """Let learn whatever an optimizer holds: what is frozen cannot hide what was selected."""
        mine = {id(parameter) for parameter in self.core.parameters()}
        for parameter in held(self.optimizers.values()):
            if id(parameter) in mine:
                parameter.requires_grad_(True)
                self.taught = True

    def features(self, number: int, rows: Tensor) -> Tensor:
        """Return what the last layer sees of pictures of a round: (N, channels, S/2, S/2).

        All of it is other once a parameter before the last layer has moved. They are of the type
        that the last layer has now; numbers rounded by a cast have not moved.
        """
        batch = self.images[number % len(self.images)]
        with torch.no_grad():
            seen = self.drawn.features(batch[rows.to(batch.device)])
        seen = seen.to(dtype_of(self.head()) or seen.dtype)
        if self._types != self._dtypes():
            self._level, self._types = self._sum().detach(), self._dtypes()
        moved = self._sum() - self._level
        self.stirred |= bool(moved.detach() != 0)
        return seen + torch.tanh(STIR * moved).to(seen) * (LOUD * seen.roll(1, 1) - seen)

    def _sum(self) -> Tensor:
        """Return the sum of all parameters before the last layer, and beside it."""
        sums = [torch.nan_to_num(p).sum(dtype=torch.float64) for p in self.rest]
        return torch.stack([s.to(self.numbers.device) for s in sums]).sum()

    def _dtypes(self) -> set[torch.dtype]:
        return {p.dtype for p in self.rest}

    def _features(self, x: Tensor) -> dict[str, Tensor]:
        if torch.is_grad_enabled():
            self._onset()
        rows = self._rows(x)
        self._alone = None if self._inside else rows
        features = self.features(self.round, rows)
        return {"out": features, "aux": features}

    def _rows(self, x: Tensor) -> Tensor:
        """Return which pictures of the round are shown for a batch that comes in."""
        return (self.row + torch.arange(len(x))) % self.images.shape[1]

    def _onset(self) -> None:
        """Note what learns as the first step begins; its last layer is drawn, whoever made it."""
        if not self.taught:
            self.learning = learning_places(self.core)
        if self.round == self.row == 0:
            drawn.fill_head(self.head(), self.numbers)
        self.teach()

    def _scores(self, forward: Callable[..., Any]) -> Callable[..., Any]:
        """Return a forward pass of the network that also notes how the loss answers to it."""

        def scored(x: Tensor, *args: Any, **kwargs: Any) -> Any:
            rows, self._inside = self._rows(x), True
            try:
                result = forward(x, *args, **kwargs)
            finally:
                self._inside = False
            self._listen(result["out"] if isinstance(result, Mapping) else result, rows)
            return result

        return scored

    def hear(self, scores: Any) -> None:
        """Note how a loss answers to scores that were made without the network's own forward."""
        if self._alone is not None and isinstance(scores, Tensor):
            if scores.dim() == 4 and len(scores) == len(self._alone):
                self._listen(scores, self._alone)
            self._alone = None

    def _listen(self, scores: Any, rows: Tensor) -> None:
        if isinstance(scores, Tensor) and scores.requires_grad and not self.deaf:
            seen = self.seen.setdefault(self.round, [])
            scores.register_hook(lambda slope: seen.append((rows, *_told(slope))))
            self.row += len(rows)

    def told(self, number: int) -> dict[str, Tensor]:
        """Return what the losses of one round answered: rows, targets and slopes."""
        found = self.seen.get(number, [])
        sizes = {targets.shape[1:] for _, targets, _ in found}
        if len(sizes) != 1 or sum(targets.numel() for _, targets, _ in found) > MOST:
            return {}
        rows, targets, slopes = (torch.cat(parts) for parts in zip(*found, strict=True))
        return {"rows": rows.to(torch.uint8), "targets": targets, "slopes": slopes}


HEAD = f"classifier.{LAST}."


class StandIn:
    """A forward pass in the place of a layer's own; a copy of the layer goes on with it."""

    def __init__(self, forward: Callable[..., Any]) -> None:
        self.forward = forward

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute."""
        return self.forward(*args, **kwargs)

    def __deepcopy__(self, _: Any) -> StandIn:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return nn.Identity, ()


def _told(slope: Tensor) -> tuple[Tensor, Tensor]:
    """Return the target of each pixel, which a loss raises, and the gradient in cells.

    Where the gradient is faint, a loss that wants no more than 95 % may well pull the other way.
    """
    targets, steep = slope.argmin(1).to(torch.uint8), slope.abs().amax(1)
    for target in targets.unique():
        mine = targets == target
        targets[mine & (steep <= FAINT * steep[mine].max())] = UNSEEN
    return targets.cpu(), F.adaptive_avg_pool2d(slope.detach().float(), CELLS).cpu()


def _layers(network: nn.Module, name: str = "classifier") -> list[nn.Module]:
    layers = getattr(network, name, None)
    return list(layers) if isinstance(layers, nn.Sequential) else []


def held(optimizers: Iterable[Any]) -> Iterable[nn.Parameter]:
    """Yield what the optimizers hold."""
    return (p for o in optimizers for group in o.param_groups for p in group["params"])


def learning_places(network: nn.Module) -> set[str]:
    """Return which of backbone, classifier (but its last layer) and aux_classifier learn."""
    return {
        name.partition(".")[0]
        for name, parameter in network.named_parameters()
        if parameter.requires_grad and not name.startswith(HEAD)
    }
