"""Part C by values: steps on networks, pictures and learning rates that the grader draws.

The student's network lends its last layer, its frozen places and the way its names are looked up;
all before the last layer is exchanged for drawn layers (`drawn.py`), and put back afterwards.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from . import drawn, finetune
from .errors import describe
from .place import Place, learning_places
from .segmenter import core, device_of, last_layer, model_of
from .snapshot import Snapshot
from .watch import EnoughSteps, Watch, watching

ROUNDS = 2  # steps of the student's loop that are looked at
SPOILT = 4.0  # times the mean gradient: what is left in a gradient that ought to be cleared
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

    def mark(self) -> None:
        """Note the last layer as it is."""
        self.marks.append(_head_now(self.place.core))

    def gradient(self, call: Any, args: Any, kwargs: Any) -> Any:
        """Stand in for the passes backwards; the first of a round ends the one before."""
        if self.pending == 0 and len(self.marks) <= self.rounds:
            self.mark()
        if len(self.marks) > ROUNDS:
            raise EnoughSteps
        return super().gradient(call, args, kwargs)

    def step(self, optimizer: Any, call: Any, args: Any, kwargs: Any) -> Any:
        """Stand in for `optimizer.step()`."""
        result = super().step(optimizer, call, args, kwargs)
        if self.rounds == 1:
            self._spoil(optimizer)
        return result

    def _spoil(self, optimizer: Any) -> None:
        for parameter in (p for group in optimizer.param_groups for p in group["params"]):
            if parameter.grad is not None:
                signs = drawn.cycled(self.place.numbers, parameter.shape, 31).sign()
                size = SPOILT * parameter.grad.abs().mean()
                parameter.grad.add_((size * signs).to(parameter.grad))


@contextlib.contextmanager
def feeding(images: Tensor, masks: Tensor) -> Iterator[None]:
    """Let every DataLoader yield the drawn batches, in their order, for as long as this lasts."""
    original = DataLoader.__iter__
    batches = [[image.clone(), mask.long()] for image, mask in zip(images, masks, strict=True)]

    def drawn_batches(_: Any) -> Iterator[list[Tensor]]:
        return iter([list(batch) for batch in batches])

    DataLoader.__iter__ = drawn_batches  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        DataLoader.__iter__ = original  # type: ignore[method-assign]


def step(namespace: Mapping[str, Any], params: Params, tensors: Tensors) -> Answer:
    """Answer a `finetune_step` request: the student's own `train(args, model)`, a drawn network.

    params: arguments, networks (a plan each), rate, and descent (of `drawn.frozen_steps`).
    tensors: "images" (networks, 3, N, 3, S, S), "masks" (networks, 3, N, S, S), "numbers"
    (networks, n). Arrays of the answer, by network: "begun", "first", "second" (the last layer
    before and after the loop's steps), "chosen" (after one step of the loop's optimizer, taken by
    us), "rest" (the drawn layers after both), and "frozen" (see `drawn.frozen_steps`).
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
        arrays |= {f"{k}.{name}": array.float() for name, array in held.items()}
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
    told: dict[str, Any] = {"placed": False, "raised": None, "head": _settings(network)}
    arrays = _frozen(params, given, learning_places(network))
    try:
        place = Place(model, params["plan"], given["numbers"])
        told["placed"] = True
        arrays |= _named("begun", _head_now(place.core))
        place.core.eval()
        with torch.no_grad():
            arrays["output"] = place.core(given["images"][0])["out"]
    except Exception as raised:  # noqa: BLE001 - a layer of the student's is in there
        told["raised"] = describe(raised)
    return told, arrays


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
    told: dict[str, Any] = {"placed": False, "raised": None, "head": _settings(network)}
    try:
        place = Place(model, params["plan"], given["numbers"])
    except LookupError as missing:
        return told | {"raised": describe(missing)}, {}
    watch = RoundWatch(place)
    told |= {"placed": True, "raised": _trained(namespace, place, watch, params, given)}
    marks = zip(("begun", "first", "second"), watch.marks, strict=False)
    arrays = {n: array for name, head in marks for n, array in _named(name, head).items()}
    arrays["rest.loop"] = place.drawn.flat()
    told["head"] = _settings(network)
    with contextlib.suppress(Exception):  # an optimizer that cannot step proves nothing
        arrays |= _named("chosen", _chosen(place, watch, params["rate"], given))
        arrays["rest.choice"] = place.drawn.flat()
    return told, arrays | _frozen(params, given, place.learning)


def _trained(
    namespace: Mapping[str, Any], place: Place, watch: RoundWatch, params: Params, given: Tensors
) -> dict[str, str] | None:
    """Let the student's loop run for two rounds; return what it raised."""
    loop = namespace.get("train")
    if not callable(loop):
        return describe(LookupError("no train"))
    args = finetune.arguments(namespace, params, device_of(place.model).type)
    raised = None
    try:
        with feeding(given["images"], given["masks"]), watching(watch):
            finetune.call(loop, namespace, args, place.model)
    except EnoughSteps:
        pass
    except Exception as error:  # noqa: BLE001 - whatever the student's loop raises is evidence
        raised = describe(error)
    if watch.rounds and len(watch.marks) <= watch.rounds:
        watch.mark()
    return raised


def _chosen(place: Place, watch: RoundWatch, rate: float, given: Tensors) -> dict[str, Tensor]:
    """Return the last layer after one step, by our loop, of the optimizer that the student made."""
    made = watch.optimizers
    used = [o for i, o in made.items() if i in watch.groups] or list(made.values())
    place.start_again()
    for optimizer in used:
        optimizer.state.clear()
        for group in optimizer.param_groups:
            group["lr"] = (
                torch.full_like(group["lr"], rate) if isinstance(group["lr"], Tensor) else rate
            )
    head = drawn.surrogate({part: p.float() for part, p in _parts(place.core).items()})
    features, mask = place.drawn.features(given["images"][0]).float(), given["masks"][0].long()
    loss = F.cross_entropy(
        drawn.scores(drawn.widened(features, drawn.LAST), head, mask.shape[-1]), mask
    )
    loss.backward()
    for optimizer in used:
        type(optimizer).step(optimizer, lambda: loss)  # a schedule has wrapped the object's own
    return _head_now(place.core)
