"""A request as a few lines of torch, with the numbers that the grader drew."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.agent.loading import ROLES
from grader.appeal.case import Array, Exchange, gap
from grader.draws import CONV_NUMBERS, CONV_ROWS, NORM_NUMBERS, NORM_ROWS, Draw
from grader.model import Outcome, Reply, Request
from grader.unseen import visible

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
def fill(tensor, numbers, role):
    """Write a row of numbers into a weight, as often as it takes, in the scale of its kind."""
    values = numbers.repeat(-(-tensor.numel() // len(numbers)))[: tensor.numel()]
    values = values.view(tensor.shape)
    if role == "conv weight" and tensor.dim() > 1:
        values = values * (3 / tensor[0].numel()) ** 0.5
    elif role == "norm weight":
        values = torch.where(values < 0, 2 * values - 1, 2 * values + 1)
    elif role == "norm running_var":
        values = 1 + values / 2
    else:
        values = values * 0.3
    with torch.no_grad():
        tensor.copy_(values)
'''
COMPARED = '''\
def compare(name, tensor, came, due, shape):
    """Print a few numbers: what comes now, what came when it was graded, what was due."""
    print(name, "shape", tuple(tensor.shape), "due", shape)
    for place, right in due.items():
        now = float(tensor[place]) if tuple(tensor.shape) == shape else None
        print("  at", place, "now", now, "then", came.get(place), "due", right)
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
    yield from _weights(reply)
    yield f"model.{request.params['mode']}()"
    images = request.arrays["input"]
    whole = f"{part}.eval.input" if request.id.endswith(".single") else f"{request.id}.input"
    rows = draw.uniform(whole, (max(len(images), 3 if whole != f"{request.id}.input" else 1),
                                *images.shape[1:]))  # fmt: skip
    cut = f"[:{len(images)}]" if len(rows) > len(images) else ""
    cast = ".float()" if single else ""
    yield f"x = drawn({_seed(draw, whole)}, {rows.shape}){cut}{cast}"
    yield "output = model(x)"
    if any(name.startswith("grad.") for name in exchange.arrays):
        shape = request.arrays["cotangent"].shape
        seed = _seed(draw, f"{request.id}.cotangent")
        yield f"(output * drawn({seed}, {shape}){cast}).sum().backward()"


def _seed(draw: Draw, name: str) -> list[int]:
    """Return the seed of one stream: no other stream, nor the class's seed, follows from it."""
    digest = hashlib.sha256(f"{draw.seed}:{name}".encode()).digest()
    return [int(word) for word in np.frombuffer(digest, dtype=np.uint32)]


def _weights(reply: Reply) -> Iterator[str]:
    """Yield lines that fill the network, by the student's own names of its weights."""
    slots: Mapping[str, Any] = reply.values.get("slots", {})
    named = {slot: entry["name"] for slot, entry in slots.items() if entry["name"]}
    yield "own = {**dict(model.named_parameters()), **dict(model.named_buffers())}"
    yield "places = {"
    for slot, name in named.items():
        kind, number, role = slot.split(".")
        row = (int(number) * 4 + ROLES[kind].index(role)) % POOLS[kind][0]
        yield f"    {name!r}: ({kind}[{row}], {f'{kind} {role}'!r}),"
    yield "}"
    yield "for name, (numbers, role) in places.items():"
    yield "    fill(own[name], numbers.to(own[name].dtype), role)"
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
        right = _numbers(due, places)
        yield f"compare({name!r}, {_value(exchange, name)}, {then}, {right}, {due.shape})"


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
        return "x.grad" if slot == "input" else f"layer.{slot}.grad"
    own = exchange.reply.values.get("slots", {}).get(slot, {}).get("name", "")
    return f"own[{own!r}].grad"


def _comment(text: str) -> list[str]:
    said = " ".join(visible(text).split())
    return textwrap.wrap(said, 78, initial_indent="# ", subsequent_indent="# ")
