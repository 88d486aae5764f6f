"""A request as a few lines of torch, with the numbers that the grader drew."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.assignment.appeal.case import Array, Exchange, gap
from grader.basics.unseen import visible
from grader.judging.draws import CONV_NUMBERS, CONV_ROWS, NORM_NUMBERS, NORM_ROWS, Draw
from grader.model import Outcome, Reply, Request

SHOWN = 5  # numbers of each array
POOLS = {"conv": (CONV_ROWS, CONV_NUMBERS), "norm": (NORM_ROWS, NORM_NUMBERS)}

DRAWN = '''\
import numpy as np
import torch


def drawn(seed, shape):
    """The grader's numbers: between -1 and 1, and none of them near 0."""
    generator = np.random.default_rng(seed)
    values = generator.uniform(1e-3, 1.0, shape)
    return torch.from_numpy(np.where(generator.random(shape) < 0.5, -values, values))
'''
FILL = '''\
ROLES = {"conv": ("weight", "bias"), "norm": ("weight", "bias", "running_mean", "running_var")}


def fill(tensor, pools, slot):
    """Write a slot's row of numbers into a weight, as often as it takes, in its kind's scale."""
    kind, number, role = slot.split(".")
    row = pools[kind][(int(number) * 4 + ROLES[kind].index(role)) % len(pools[kind])]
    values = row.to(tensor.dtype).repeat(-(-tensor.numel() // len(row)))[: tensor.numel()]
    values = values.view(tensor.shape)
    if kind == "conv" and role == "weight" and tensor.dim() > 1:
        values = values * (3 / tensor[0].numel()) ** 0.5
    elif kind == "norm" and role == "weight":
        values = torch.where(values < 0, 2 * values - 1, 2 * values + 1)
    elif role == "running_var":
        values = 1 + values / 2
    else:
        values = values * 0.3
    with torch.no_grad():
        tensor.copy_(values)


def answer(model, x, pools, places):
    """Run a network whose layers are filled as they run first; return the weights by slot, too."""
    weights, firsts = {}, {"conv": [], "norm": []}

    def fill_first(layer, _inputs):
        kind = "norm" if hasattr(layer, "running_mean") else "conv"
        own = {role: getattr(layer, role, None) for role in ROLES[kind]}
        own = {role: tensor for role, tensor in own.items() if isinstance(tensor, torch.Tensor)}
        first = next(iter(own.values()), None)
        if first is not None and not any(first is known for known in firsts[kind]):
            for role, tensor in own.items():
                slot = f"{kind}.{len(firsts[kind])}.{role}"
                weights[slot] = tensor
                fill(tensor, pools, slot)
            firsts[kind].append(first)

    hooks = [
        layer.register_forward_pre_hook(fill_first)
        for layer in model.modules()
        if getattr(getattr(layer, "weight", None), "ndim", 0) == 4 or hasattr(layer, "running_mean")
    ]
    output = model(x)
    for hook in hooks:
        hook.remove()
    filled = {id(tensor) for tensor in weights.values()}
    lost = [name for name, tensor in model.named_parameters() if id(tensor) not in filled]
    own = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    if lost and places and all(name in own for name in places.values()):
        weights = {slot: own[name] for slot, name in places.items()}
        for slot, tensor in weights.items():
            fill(tensor, pools, slot)
        output = model(x)
    elif lost:
        print("no layer that ran holds", ", ".join(lost), "- not filled, so numbers may differ")
    return output, weights
'''
COMPARED = '''\
def compare(name, tensor, came, due, shape):
    """Print a few numbers: what comes now, what came when it was graded, what is due.

    What is due stands there once for each order within torch.cat that is accepted.
    """
    if not isinstance(tensor, torch.Tensor):
        print(name, "is", type(tensor).__name__, "now; due is a tensor of shape", shape)
        return
    print(name, "shape", tuple(tensor.shape), "due", shape)
    same = tuple(tensor.shape) == shape
    now = {place: float(tensor.detach()[place]) if same else None for place in due[0]}

    def fits(right):
        near = [abs(now[p] - float(n)) <= 1e-4 * max(1, abs(float(n))) for p, n in right.items()]
        return all(near)

    fitting = [number for number, right in enumerate(due) if same and fits(right)]
    if len(due) > 1:
        which = f"order {fitting[0] + 1}" if fitting else "none"
        print("  fits", which, "of the", len(due), "accepted orders within torch.cat")
    for place, right in due[fitting[0] if fitting else 0].items():
        print("  at", place, "now", now[place], "then", came.get(place), "due", right)
'''


def code(exchange: Exchange, draw: Draw) -> str:
    """Return lines that put a request to the class of that name, in a namespace that has it.

    Args:
        exchange: the request and what came of it.
        draw: the streams that the request's numbers are from.
    """
    made = _network if exchange.request.kind == "network" else _conv2d
    lines = [*made(exchange, draw), *_printed(exchange)]
    return "\n".join(lines) + "\n"


def preamble(exchanges: Iterable[Exchange]) -> str:
    """Return the functions that the lines of `code` call."""
    kinds = {exchange.request.kind for exchange in exchanges}
    return "\n\n".join([DRAWN, *([FILL] if "network" in kinds else []), COMPARED])


def _call(request: Request) -> str:
    args = [*map(repr, request.params["args"])]
    args += [f"{name}={value!r}" for name, value in request.params.get("kwargs", {}).items()]
    return f"{request.params['class']}({', '.join(args)})"


def _network(exchange: Exchange, draw: Draw) -> Iterator[str]:
    request, reply = exchange.request, exchange.reply
    single = reply.values.get("dtype") == "float32"
    name, part = request.params["class"], request.id.partition(".")[0]
    yield f"model = {_call(request)}.{'float' if single else 'double'}()"
    for kind, shape in POOLS.items():
        yield f"{kind} = drawn({_seed(draw, f'{name}.pools.{kind}')}, {shape})"
    yield f"model.{request.params['mode']}()"
    images = request.arrays["input"]
    whole = f"{part}.eval.input" if request.id.endswith(".single") else f"{request.id}.input"
    rows = draw.uniform(whole, (max(len(images), 3 if whole != f"{request.id}.input" else 1),
                                *images.shape[1:]))  # fmt: skip
    cut = f"[:{len(images)}]" if len(rows) > len(images) else ""
    cast = ".float()" if single else ""
    yield f"x = drawn({_seed(draw, whole)}, {rows.shape}){cut}{cast}"
    yield from _places_of(reply)
    yield "output, weights = answer(model, x, {'conv': conv, 'norm': norm}, places)"
    if any(name.startswith("grad.") for name in exchange.arrays):
        shape = request.arrays["cotangent"].shape
        seed = _seed(draw, f"{request.id}.cotangent")
        yield f"(output * drawn({seed}, {shape}){cast}).sum().backward()"


def _seed(draw: Draw, name: str) -> list[int]:
    """Return the seed of one stream: no other stream, nor the class's seed, follows from it."""
    digest = hashlib.sha256(f"{draw.seed}:{name}".encode()).digest()
    return [int(word) for word in np.frombuffer(digest, dtype=np.uint32)]


def _places_of(reply: Reply) -> Iterator[str]:
    """Yield lines with the student's own names of the weights, as they were when it was graded."""
    slots: Mapping[str, Any] = reply.values.get("slots", {})
    named = {slot: entry["name"] for slot, entry in slots.items() if entry["name"]}
    yield "places = {"
    for slot, name in named.items():
        yield f"    {slot!r}: {name!r},"
    yield "}"
    if lost := len(slots) - len(named):
        yield (
            f"# {lost} more weights are none of the model's own and cannot be filled from here: "
            "the numbers differ"
        )


def _conv2d(exchange: Exchange, _draw: Draw) -> Iterator[str]:
    request = exchange.request
    double = request.params["dtype"] == "float64"
    dtype = "torch.float64" if double else "torch.float32"
    yield f"layer = {_call(request)}" + (".double()" if double else "")
    yield "if not isinstance(getattr(layer, 'weight', None), torch.Tensor):"
    yield (
        f'    raise SystemExit("{request.params["class"]} keeps no tensor in self.weight, so the '
        'numbers cannot be filled in; call its weights self.weight and self.bias, as handed out")'
    )
    for role in ("weight", "bias"):
        numbers = request.arrays[role].tolist()
        yield f"if isinstance(getattr(layer, {role!r}, None), torch.Tensor):"
        yield "    with torch.no_grad():"
        yield f"        numbers = torch.tensor({numbers}, dtype={dtype})"
        yield f"        layer.{role}.copy_(numbers.view(layer.{role}.shape))"
    yield f"x = torch.tensor({request.arrays['input'].tolist()}, dtype={dtype})"
    yield "x.requires_grad_()"
    yield "output = layer(x)"
    if any(name.startswith("grad.") for name in exchange.arrays):
        yield f"cotangent = torch.tensor({request.arrays['cotangent'].tolist()}, dtype={dtype})"
        yield "rows = cotangent.repeat(-(-output.numel() // len(cotangent)))[: output.numel()]"
        yield "(output * rows.view(output.shape)).sum().backward()"


def _printed(exchange: Exchange) -> Iterator[str]:
    """Yield the calls that print what comes, what came and what was due."""
    error = exchange.reply.error
    if exchange.reply.outcome is not Outcome.OK:
        said = f": {error}" if error else ""
        yield from _comment(f"when it was graded, this ended here ({exchange.reply.outcome.value}"
                            f"{said})")  # fmt: skip
    for name, (came, due) in _worst(exchange.arrays):
        places = _places(came, due)
        then = {} if came is None or came.shape != due.shape else _numbers(came, places)
        right = [_numbers(array, places) for array in _accepted(exchange, name, due)]
        yield f"compare({name!r}, {_value(exchange, name)}, {then}, {right}, {due.shape})"


def _accepted(exchange: Exchange, name: str, due: Array) -> list[Array]:
    """Return what was due, and what is due in each other order within concatenations."""
    found = [due]
    for order in exchange.orders:
        array = order.get(name)
        if array is not None and all(gap(array, known) is not None for known in found):
            found.append(array)
    return [array for array in found if array.shape == due.shape]


def _numbers(array: Array, places: Iterable[tuple[int, ...]]) -> dict[tuple[int, ...], float | str]:
    """Return the numbers at some places; what is no number as text."""
    found = {place: float(array[place]) for place in places}
    return {place: n if np.isfinite(n) else str(n) for place, n in found.items()}


def _worst(
    arrays: Mapping[str, tuple[Array | None, Array]],
) -> list[tuple[str, tuple[Array | None, Array]]]:
    """Return the array that is off most, or the first of those that are right."""

    def off(item: tuple[str, tuple[Array | None, Array]]) -> float:
        far = gap(*item[1])
        return 0.0 if far is None else float(far.max(initial=np.inf) if not far.size else far.max())

    return sorted(arrays.items(), key=off, reverse=True)[:1]


def _places(came: Array | None, due: Array) -> list[tuple[int, ...]]:
    """Return where the arrays differ most, or the first places."""
    far = gap(came, due)
    order = np.arange(due.size) if far is None or not far.size else np.argsort(-far, axis=None)
    return [tuple(int(i) for i in np.unravel_index(at, due.shape)) for at in order[:SHOWN]]


def _value(exchange: Exchange, name: str) -> str:
    """Return the expression that gives an array of the answer."""
    if name == "output":
        return "output"
    slot = name.removeprefix("grad.")
    if exchange.request.kind == "conv2d":
        return "x.grad" if slot == "input" else f"getattr(layer.{slot}, 'grad', None)"
    return f"getattr(weights.get({slot!r}), 'grad', None)"


def _comment(text: str) -> list[str]:
    said = " ".join(visible(text).split())
    return textwrap.wrap(said, 78, initial_indent="# ", subsequent_indent="# ")
