"""Forgeries of Parts A and B: answers of a student who wrote neither CNN nor UNet.

Each takes the place of the agent's own handler for networks, as code in a notebook can, and gives
what a right network would be believed for: the diagram's trace as a literal, values of the right
shape, gradients of a plausible size. It knows the requests, with all their weights, and no answer.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.assignment import right
from grader.assignment.agent import handlers
from grader.judging import catalog, in_process, oracle
from grader.kernel.agent.errors import NotBuilt
from grader.kernel.agent.serve import Agent
from grader.model import Replies, Reply, Request
from grader.proving import solutions

Values = dict[str, Any]
Arrays = dict[str, Tensor]
Handler = Callable[[Mapping[str, Any], Mapping[str, Any], Arrays], tuple[Values, Arrays]]


QUESTIONS = ("A1-conv", "A1", "B1")


@dataclass(frozen=True)
class Forgery:
    """A handler, what it does, and what it earns by question."""

    name: str
    what: str
    handler: Handler
    convolution: type[nn.Module] | None = None
    points: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(QUESTIONS, 0.0))


FORGERIES: list[Forgery] = []


def forgery(what: str, convolution: type[nn.Module] | None = None) -> Callable[[Handler], Handler]:
    """Put a handler on the list."""

    def mark(handler: Handler) -> Handler:
        FORGERIES.append(Forgery(handler.__name__, what, handler, convolution))
        return handler

    return mark


def replies(forged: Forgery) -> Replies:
    """Return the replies of a notebook that is not filled in but for this handler."""
    names = {"MyConv2d": forged.convolution} if forged.convolution else {}
    known = {id_: solutions.reference().peek(id_) for id_ in solutions.requests()}
    with right.names(solutions.world()) as own:
        own = {k: v for k, v in {**own, **names}.items() if k not in ("CNN", "UNet")}
        agent = in_process.agent(own)
        mine, again = _answers(forged, agent, known)
    asked = {**solutions.requests(), **{request.id: request for request, _ in again}}
    return Replies({**known, **mine, **{reply.id: reply for _, reply in again}}, asked)


def _answers(
    forged: Forgery, agent: Agent, known: Mapping[str, Reply]
) -> tuple[dict[str, Reply], list[tuple[Request, Reply]]]:
    """Return what is answered to each request, and what a search asked further, with replies."""
    usual = dict(handlers.HANDLERS)
    handlers.HANDLERS |= {"network": forged.handler, "learn": commonest_colour}
    ask = functools.partial(oracle.ask, agent=agent)
    kinds = ("network", "learn", *(["conv2d"] if forged.convolution else []))
    try:
        asked = [r for r in solutions.requests().values() if r.kind in kinds]
        mine = {request.id: ask(request) for request in asked}
        found = Replies({**known, **mine}, solutions.requests())
        return mine, list(catalog.explore(ask, found))
    finally:
        handlers.HANDLERS.update(usual)


# What every forger has: the shapes, and the diagram as a literal


def commonest_colour(names: Any, params: Any, given: Arrays) -> tuple[Values, Arrays]:
    """Answer a training run without training."""
    colour = given["labels"].flatten().mode().values
    shape = (len(given["held_out"]), *given["labels"].shape[1:])
    return {}, {"predictions": colour.expand(shape).clone(), "losses": torch.linspace(2, 1, 60)}


@functools.cache
def _literals() -> Mapping[tuple[str, str], Values]:
    """Return the values that describe the diagram, taken from a friend's right network."""
    asked = solutions.requests()
    return {
        (asked[id_].params["class"], _size(asked[id_])): solutions.reference().peek(id_).values
        for id_ in asked
        if asked[id_].kind == "network"
    }


def _size(request: Request) -> str:
    return _key(request.params, request.arrays["input"].shape)


def _key(params: Mapping[str, Any], shape: Any) -> str:
    return f"{params['mode']} {params['args']} {tuple(shape)} {bool(params.get('again'))}"


def diagram(params: Mapping[str, Any], given: Arrays) -> Values:
    """Return what the agent would say of the right network."""
    found = _literals()[params["class"], _key(params, given["input"].shape)]
    return copy.deepcopy(dict(found))


def answer(values: Values, output: Tensor, params: Any, small: float = 1e-3) -> Any:
    """Return a whole answer: the output, the same once more, gradients of one size."""
    arrays = {"output": output}
    if params.get("again"):
        arrays["again"] = output.clone()
    if params["mode"] == "train":
        for slot, about in values["slots"].items():
            if "running" not in slot:
                arrays[f"grad.{slot}"] = torch.full(about["shape"], small, dtype=output.dtype)
    return values, arrays


def shape_of(params: Any, given: Arrays) -> tuple[int, ...]:
    """Return the shape that the output must have."""
    batch, _, *size = given["input"].shape
    return batch, params["args"][2], *size


def zeros_of(params: Any, given: Arrays) -> Tensor:
    """Return an output without any work in it."""
    return torch.zeros(shape_of(params, given), dtype=torch.float64)


def then(values: Values, op: str, attributes: Values) -> Values:
    """Return the description of a network with one more operation at its end."""
    last = values["output_node"]
    entry = {**values["trace"][last], "op": op, "inputs": [last], "attributes": attributes}
    entry |= {"parameters": [], "by": ""}
    values["trace"].append(entry)
    values["output_node"] = len(values["trace"]) - 1
    return values


# The forgeries


@forgery("zeros, gradients of 0.001, the diagram's trace")
def zeros(names: Any, params: Any, given: Arrays) -> Any:
    return answer(diagram(params, given), zeros_of(params, given), params)


@forgery("plausible random scores, the same for every question")
def random_scores(names: Any, params: Any, given: Arrays) -> Any:
    made = torch.Generator().manual_seed(0)
    scores = torch.randn(shape_of(params, given), generator=made, dtype=torch.float64)
    return answer(diagram(params, given), scores, params, 0.5)


@forgery("the picture itself, once for each colour")
def the_picture(names: Any, params: Any, given: Arrays) -> Any:
    picture = given["input"].mean(1, keepdim=True).expand(shape_of(params, given)).clone()
    return answer(diagram(params, given), picture, params)


@forgery("one convolution's values, six convolutions' trace")
def one_convolution(names: Any, params: Any, given: Arrays) -> Any:
    kernel, _, colours, channels = params["args"]
    weight = given["conv"][0].repeat(40)[: colours * channels * kernel**2]
    weight = weight.view(colours, channels, kernel, kernel).requires_grad_()
    scores = F.conv2d(given["input"], weight, padding=kernel // 2)
    return answer(diagram(params, given), scores.detach(), params, float(scores.std().detach()))


@forgery("zeros, and a trace that ends in an operation which gives nothing but zeros")
def cut_off_at_zero(names: Any, params: Any, given: Arrays) -> Any:
    values = then(diagram(params, given), "clamp", {"min": 0.0, "max": 0.0})
    return answer(values, zeros_of(params, given), params, 0.0)


@forgery("zeros, and a trace that ends in a product with a constant of zero")
def times_zero(names: Any, params: Any, given: Arrays) -> Any:
    zero = {"args": [{"input": 0}, 0.0], "kwargs": {}}
    return answer(then(diagram(params, given), "mul", zero), zeros_of(params, given), params, 0.0)


@forgery("biases alone, and a trace whose BatchNorms divide by almost infinity")
def huge_eps(names: Any, params: Any, given: Arrays) -> Any:
    values = diagram(params, given)
    for entry in values["trace"]:
        if entry["op"] == "batch_norm":
            entry["attributes"]["eps"] = 1e30
    return answer(values, zeros_of(params, given), params, 0.0)


@forgery("noise, and a trace that has noise in it, so that noise is what is wrong")
def claims_noise(names: Any, params: Any, given: Arrays) -> Any:
    values = diagram(params, given)
    values = then(values, "randn_like", {"args": [{"input": 0}], "kwargs": {}})
    scores = torch.randn(shape_of(params, given), dtype=torch.float64)
    values, arrays = answer(values, scores, params)
    return values, arrays | ({"again": torch.randn_like(scores)} if "again" in arrays else {})


@forgery("zeros, and layers that are said to be made anew in forward")
def claims_unregistered(names: Any, params: Any, given: Arrays) -> Any:
    values = diagram(params, given)
    values["slots"] = {slot: {**about, "name": ""} for slot, about in values["slots"].items()}
    values["unstable"] = list(values["slots"])
    return answer(values, zeros_of(params, given), params)


@forgery("the first colour everywhere, as if an argmax were all that is wrong")
def claims_argmax(names: Any, params: Any, given: Arrays) -> Any:
    batch, _, *size = shape_of(params, given)
    values = then(diagram(params, given), "argmax", {"args": [{"input": 0}, 1], "kwargs": {}})
    values["trace"][-1]["shape"] = [batch, *size]
    return answer(values, torch.zeros(batch, *size, dtype=torch.int64), params)


@forgery("zeros, said to have been computed in half precision")
def claims_half(names: Any, params: Any, given: Arrays) -> Any:
    values = diagram(params, given) | {"dtype": "float16"}
    return answer(values, zeros_of(params, given), params)


@forgery("the trace of no network at all, and plausible scores")
def empty_trace(names: Any, params: Any, given: Arrays) -> Any:
    values = diagram(params, given) | {"trace": [], "output_node": "?"}
    return answer(values, zeros_of(params, given) + 0.1, params)


@forgery("zeros, with the scores drawn as a tuple's first part")
def claims_tuple(names: Any, params: Any, given: Arrays) -> Any:
    values = diagram(params, given) | {"output_type": "tuple"}
    return answer(values, zeros_of(params, given), params)


@forgery("the agent's own answer to a network of one line, with the trace put in its place")
def tracer_replaced(names: Any, params: Any, given: Arrays) -> Any:
    class Line(nn.Module):
        def __init__(self, *args: int) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(args[2], 1, 1))

        def forward(self, x: Tensor) -> Tensor:
            return self.scale * x.mean(1, keepdim=True)

    values, arrays = handlers.network.run({**names, params["class"]: Line}, params, given)
    wanted = answer(diagram(params, given), arrays["output"], params)[1]
    return {**values, **diagram(params, given)}, {**wanted, **arrays}


@forgery("nothing: an error that says the answer is right")
def only_words(names: Any, params: Any, given: Arrays) -> Any:
    raise NotBuilt("all tests passed: 3.20 of 3.20")
