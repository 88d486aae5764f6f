"""Part C by values: steps on networks, pictures and learning rates that the grader draws.

The student's network lends its last layer, its frozen places and the way its names are looked up;
what comes before the last layer is computed by drawn layers meanwhile (`place.py`).
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import drawn, finetune
from .errors import describe
from .place import Place, held, learning_places
from .segmenter import core, device_of, last_layer, model_of
from .snapshot import Snapshot
from .watch import EnoughSteps, Watch, rests, watching

ROUNDS = 2  # steps of the student's loop that are looked at
SPOILT = 16.0  # times the mean gradient: what is left in a gradient that ought to be cleared
Params = Mapping[str, Any]
Tensors = Mapping[str, Tensor]
Answer = tuple[dict[str, Any], dict[str, Tensor]]


def _parts(network: nn.Module) -> dict[str, nn.Parameter]:
    """Return the first weight and the first bias of what stands at `classifier[4]`."""
    found: dict[str, nn.Parameter] = {}
    layer = last_layer(network)
    for name, parameter in layer.named_parameters() if layer is not None else ():
        part = name.rpartition(".")[2]
        if part in ("weight", "bias"):
            found.setdefault(part, parameter)
    return found


def _head_now(network: nn.Module) -> dict[str, Tensor]:
    return {part: p.detach().float().clone() for part, p in _parts(network).items()}


class RoundWatch(Watch):
    """Notes the last layer before the first step and after each of two rounds, then stops.

    After the first round it leaves something in the gradients of what has just stepped: a loop
    that clears them does not notice.
    """

    def __init__(self, place: Place) -> None:
        super().__init__(place.core, 9)
        self.place = place
        self.marks: list[dict[str, Tensor]] = []
        self._stepped: dict[str, Tensor] = {}  # the last layer after the last step
        place.optimizers = self.optimizers

    def mark(self) -> None:
        """Note the last layer as it is."""
        self.marks.append(_head_now(self.place.core))

    def end(self) -> None:
        """Note it as the last step left it, whatever the loop did when it was done."""
        if self.rounds and len(self.marks) <= self.rounds:
            self.marks.append(self._stepped)

    def gradient(self, call: Any, args: Any, kwargs: Any) -> Any:
        """Stand in for the passes backwards; the first of a round ends the one before."""
        if self.pending == 0 and len(self.marks) <= self.rounds:
            self.mark()
        if len(self.marks) > ROUNDS:
            raise EnoughSteps
        return super().gradient(call, args, kwargs)

    def step(self, optimizer: Any, call: Any, args: Any, kwargs: Any) -> Any:
        """Stand in for `optimizer.step()`."""
        args, kwargs = map(self._once, args), {n: self._once(v) for n, v in kwargs.items()}
        result = super().step(optimizer, call, args, kwargs)
        self.place.deaf = False
        self._stepped = _head_now(self.place.core)
        if rests(optimizer):
            self.place.round_again()
        self.place.next_round(self.rounds)
        if self.rounds == 1:
            self._spoil(optimizer)
        return result

    def loss(self, name: str, args: Any, kwargs: Any) -> None:
        """Note a loss; where the loop puts the layers together itself, listen to it."""
        super().loss(name, args, kwargs)
        if name == "cross_entropy":
            self.place.hear(args[0] if args else kwargs.get("input"))

    def _once(self, closure: Any) -> Any:
        """Return a closure listened to at its first call; later ones are of a layer on its way."""
        if not callable(closure):
            return closure

        def evaluated() -> Any:
            try:
                return closure()
            finally:
                self.place.deaf = True

        return evaluated

    def _spoil(self, optimizer: Any) -> None:
        for parameter in held([optimizer]):
            if parameter.grad is not None:
                signs = drawn.cycled(self.place.numbers, parameter.shape, 31).sign()
                size = SPOILT * parameter.grad.abs().mean()
                parameter.grad.add_((size * signs).to(parameter.grad))


def step(namespace: Mapping[str, Any], params: Params, tensors: Tensors) -> Answer:
    """Answer a `finetune_step` request: the student's own `train(args, model)`, a drawn network.

    params: arguments, networks (a plan each), rate, and descent (of `drawn.frozen_steps`).
    tensors: "images" (networks, 3, N, 3, S, S), "masks" (networks, 3, N, S, S), "numbers"
    (networks, n). Arrays of the answer, by network: "begun", "first", "second" (the last layer
    before and after the loop's steps), "chosen" and "again" (after two steps of the loop's
    optimizer, taken by us), "frozen" (see `drawn.frozen_steps`), and of both rounds what the loss
    answered: "rows" of pictures, "targets" of their pixels, "slopes" at the scores. "stirred" says
    in which of both, "loop" or "choice", anything moved that stands before the last layer.
    """
    return _each(namespace, params, tensors, _one_step)


def layers(namespace: Mapping[str, Any], params: Params, tensors: Tensors) -> Answer:
    """Answer a `finetune_layers` request: the last layer on drawn features, and what is frozen.

    As `step`, without the student's loop: "output" (N, classes, S, S) and "frozen".
    """
    return _each(namespace, params, tensors, _one_look)


def _each(namespace: Mapping[str, Any], params: Params, tensors: Tensors, one: Any) -> Answer:
    model = model_of(namespace)
    device = device_of(model)
    values: list[dict[str, Any]] = []
    arrays: dict[str, Tensor] = {}
    for k, plan in enumerate(params["networks"]):
        given = {name: tensor[k].to(device) for name, tensor in tensors.items()}
        found = Snapshot(model)
        try:
            told, held = one(namespace, model, {**params, "plan": plan}, given)
        finally:
            found.restore()
        values.append(told)
        arrays |= {f"{k}.{n}": a.float() if a.is_floating_point() else a for n, a in held.items()}
    return {"networks": values}, arrays


def _named(name: str, head: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{name}.{part}": tensor for part, tensor in head.items()}


def _frozen(params: Params, given: Tensors, learning: set[str]) -> dict[str, Tensor]:
    """Return the last layer after two steps of ours, with what the student left learning."""
    images, masks = given["images"][:ROUNDS], given["masks"][:ROUNDS]
    after = drawn.frozen_steps(
        params["plan"], given["numbers"], images, masks, params["descent"], sorted(learning)
    )
    return _named("frozen", after)


def _one_look(_: Mapping[str, Any], model: nn.Module, params: Params, given: Tensors) -> Answer:
    network = core(model)
    told: dict[str, Any] = _told(network)
    arrays = _frozen(params, given, learning_places(network))
    try:
        place = Place(model, params["plan"], given)
    except LookupError as missing:
        return told | {"raised": describe(missing)}, arrays
    told["placed"] = True
    arrays |= _named("begun", _head_now(place.core))
    place.core.eval()
    try:
        with torch.no_grad():
            arrays["output"] = place.core(given["images"][0])["out"]
    except Exception as raised:  # noqa: BLE001 - a layer of the student's is in there
        told["raised"] = describe(raised)
    finally:
        place.leave()
    return told, arrays


def _told(network: nn.Module) -> dict[str, Any]:
    return {"placed": False, "raised": None, "head": _settings(network), "stirred": []}


def _settings(network: nn.Module) -> dict[str, Any] | None:
    """Return how the last layer slides, as `F.conv2d` takes it; None if it is no convolution."""
    layer = last_layer(network)
    if not isinstance(layer, nn.Conv2d):
        return None
    # Twice each side, the last dimension first, whatever padding=... was: 'same' and 'valid' too.
    padding = layer._reversed_padding_repeated_twice[::2][::-1]  # noqa: SLF001
    return {
        "stride": list(layer.stride),
        "padding": list(padding),
        "dilation": list(layer.dilation),
        "groups": layer.groups,
    }


def _one_step(
    namespace: Mapping[str, Any], model: nn.Module, params: Params, given: Tensors
) -> Answer:
    network = core(model)
    told = _told(network)
    try:
        place = Place(model, params["plan"], given)
    except LookupError as missing:
        return told | {"raised": describe(missing)}, {}
    try:
        watch = RoundWatch(place)
        told |= {"placed": True, "raised": _trained(namespace, place, watch, params)}
        arrays = _of_loop(watch, place)
        told |= {"head": _settings(network), "stirred": ["loop"] if place.stirred else []}
        with contextlib.suppress(Exception):  # an optimizer that cannot step proves nothing
            arrays |= _chosen(place, watch, params["rate"], given)
            told["stirred"] += ["choice"] if place.stirred else []
    finally:
        place.leave()
    return told, arrays | _frozen(params, given, place.learning)


def _of_loop(watch: RoundWatch, place: Place) -> dict[str, Tensor]:
    """Return the last layer before and after each round, and what the losses answered."""
    marks = zip(("begun", "first", "second"), watch.marks, strict=False)
    arrays = {n: array for name, head in marks for n, array in _named(name, head).items()}
    for number, name in enumerate(("first", "second")):
        arrays |= {f"{n}.{name}": array for n, array in place.told(number).items()}
    return arrays


def _trained(
    namespace: Mapping[str, Any], place: Place, watch: RoundWatch, params: Params
) -> dict[str, str] | None:
    """Let the student's loop run for two rounds; return what it raised."""
    loop = namespace.get("train")
    if not callable(loop):
        return describe(LookupError("no train"))
    args = finetune.arguments(namespace, params, device_of(place.model).type)
    raised = None
    try:
        with watching(watch):
            finetune.call(loop, namespace, args, place.model)
    except EnoughSteps:
        pass
    except Exception as error:  # noqa: BLE001 - whatever the student's loop raises is evidence
        raised = describe(error)
    watch.end()
    return raised


def _chosen(place: Place, watch: RoundWatch, rate: float, given: Tensors) -> dict[str, Tensor]:
    """Return the last layer after two steps, by our loop, of the optimizer that the student made.

    It forgets what it did before each of them.
    """
    made = watch.optimizers
    used = [o for i, o in made.items() if i in watch.groups] or list(made.values())
    place.start_again()
    place.teach()
    for group in (group for optimizer in used for group in optimizer.param_groups):
        learned = group["lr"]
        group["lr"] = torch.full_like(learned, rate) if isinstance(learned, Tensor) else rate
        if "max_iter" in group:  # of LBFGS, whose first move alone goes down the gradient
            group["max_iter"] = 1
    arrays: dict[str, Tensor] = {}
    for number, name in enumerate(("chosen", "again")):
        closure = functools.partial(_our_loss, place, number, given)
        closure()
        for optimizer in used:
            optimizer.state.clear()
            type(optimizer).step(optimizer, closure)  # a schedule wraps its own
        arrays |= _named(name, _head_now(place.core))
    return arrays


def _our_loss(place: Place, number: int, given: Tensors) -> Tensor:
    """Go back from the cross-entropy of a last layer made of the numbers of the student's."""
    for parameter in place.core.parameters():
        parameter.grad = None
    masks = given["masks"][number]
    head = drawn.surrogate({part: p.float() for part, p in _parts(place.core).items()})
    features = drawn.widened(place.features(number, torch.arange(len(masks))).float(), drawn.LAST)
    loss = F.cross_entropy(drawn.scores(features, head, masks.shape[-2:]), masks.long())
    loss.backward()
    return loss
