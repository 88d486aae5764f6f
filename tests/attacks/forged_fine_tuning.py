"""Forgeries of Part C: answers of a student who froze, replaced and selected nothing.

Each takes the place of the agent's handlers, or wraps torch beneath them, as code in a notebook
can. It knows the requests and what a right network would say of itself; it has no selection, no
frozen layers and no new last layer.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.assignment import right
from grader.assignment.agent import drawn, handlers
from grader.assignment.agent.place import CELLS
from grader.assignment.calibration.histogram import cut_out
from grader.assignment.world import deeplab
from grader.assignment.world.deeplab import build_deeplab
from grader.judging import in_process, oracle
from grader.model import Replies
from grader.proving import solutions

QUESTIONS = ("C1", "C2")
Handler = Callable[[Mapping[str, Any], Mapping[str, Any], Mapping[str, Tensor]], Any]
Handlers = dict[str, Handler]


@dataclass(frozen=True)
class Forgery:
    """What is put over the agent, and what it earns by question."""

    name: str
    what: str
    make: Callable[[], Any]  # handlers by kind of request, or a context in which to answer
    points: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(QUESTIONS, 0.0))


FORGERIES: list[Forgery] = []


def forgery(what: str, **points: float) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Put a function that returns handlers, or a context, on the list."""

    def mark(make: Callable[[], Any]) -> Callable[[], Any]:
        whole = {**dict.fromkeys(QUESTIONS, 0.0), **points}
        FORGERIES.append(Forgery(make.__name__, what, make, whole))
        return make

    return mark


def unfilled() -> dict[str, Any]:
    """Return what Part C leaves where nothing was filled in: pretrained, all of it learning."""

    def train(args: Any, model: nn.Module) -> None:
        learned_parameters: list[nn.Parameter] = []
        torch.optim.Adam(learned_parameters, lr=args.learn_rate)

    return {"model": build_deeplab(deeplab.WEIGHTS), "train": train}


def replies(forged: Forgery) -> Replies:
    """Return the replies of an unfilled Part C with this forgery over the agent."""
    asked = solutions.requests()
    known = {id_: solutions.reference().peek(id_) for id_ in asked}
    put, usual = forged.make(), dict(handlers.HANDLERS)
    context = contextlib.nullcontext() if isinstance(put, dict) else put
    handlers.HANDLERS.update(put if isinstance(put, dict) else {})
    try:
        with right.names(solutions.world()) as own, context:
            agent = in_process.agent({**own, **unfilled()})
            for id_, request in asked.items():
                if id_.startswith("finetune."):
                    known[id_] = oracle.ask(request, agent)
    finally:
        handlers.HANDLERS.update(usual)
    return Replies(known, asked)


# What every forger has: what a right network says of itself, as a literal


def literal(name: str) -> dict[str, Any]:
    """Return what the agent says of a friend's right network."""
    return copy.deepcopy(dict(solutions.reference().peek(f"finetune.{name}").values))


def claims(**changes: Any) -> Handlers:
    """Return handlers that give the literals; `changes` are put over the state's."""
    return {
        "finetune_state": lambda *_: (literal("state") | changes, {}),
        "finetune_train": lambda *_: (literal("train"), {}),
    }


def each(given: Mapping[str, Tensor]) -> Iterator[tuple[int, Tensor]]:
    """Yield the number of each drawn network, and its numbers."""
    yield from enumerate(given["numbers"])


def heads(numbers: Tensor) -> dict[str, Tensor]:
    """Return the drawn last layer, as anybody can who has read the source."""
    shapes = {"weight": torch.empty(2, 256, 1, 1), "bias": torch.empty(2)}
    return {n: drawn.head_numbers(numbers, n, like) for n, like in shapes.items()}


def guesses(k: int, masks: Tensor) -> dict[str, Tensor]:
    """Return what a loss would answer to scores that are all 0, with the drawn masks as targets."""
    told: dict[str, Tensor] = {}
    for name, targets in zip(("first", "second"), masks[:2], strict=True):
        pull = 0.5 - F.one_hot(targets.long(), 2).movedim(-1, 1).float()
        told[f"{k}.rows.{name}"] = torch.arange(len(targets), dtype=torch.uint8)
        told[f"{k}.targets.{name}"] = targets
        told[f"{k}.slopes.{name}"] = F.adaptive_avg_pool2d(pull, CELLS)
    return told


def answers(change: Callable[[Tensor], Tensor]) -> Handlers:
    """Return handlers whose last layers are the drawn one, put through `change` at each moment."""

    def handler(names: Any, params: Any, given: Mapping[str, Tensor]) -> Any:
        arrays: dict[str, Tensor] = {}
        for k, numbers in each(given):
            head = heads(numbers)
            for moment in ("begun", "first", "second", "chosen", "again", "frozen"):
                arrays |= {f"{k}.{moment}.{part}": value for part, value in head.items()}
                if moment in ("begun", "first", "second", "chosen"):
                    head = {part: change(value) for part, value in head.items()}
            arrays[f"{k}.output"] = torch.zeros(4, 2, 16, 16)
            arrays |= guesses(k, given["masks"][k])
        return copy.deepcopy(literal("layers")), arrays

    def only(moments: tuple[str, ...]) -> Handler:
        def chosen(names: Any, params: Any, given: Mapping[str, Tensor]) -> Any:
            values, arrays = handler(names, params, given)
            kept = {n: a for n, a in arrays.items() if n.split(".")[1] in moments}
            return values, kept

        return chosen

    return {
        "finetune_layers": only(("begun", "output", "frozen")),
        "finetune_step": only(
            ("begun", "first", "second", "chosen", "again", "frozen", "rows", "targets", "slopes")
        ),
    }


def histogram(names: Any, params: Any, given: Mapping[str, Tensor]) -> Any:
    """Answer fine-tuning with the flowers' colours and places: no network at all."""
    arrays = {name: given[name].numpy() for name in ("inputs", "labels", "held_out")}
    losses = torch.linspace(0.7, 0.3, len(given["order"]), dtype=torch.float64)
    predictions = torch.from_numpy(cut_out(**arrays))
    return {"learning": 2}, {"losses": losses, "predictions": predictions}


# The forgeries


@forgery("nothing but what a right network says of itself")
def literals() -> Handlers:
    return claims()


@forgery("the literals, and flowers cut out by their colours")
def literals_and_colours() -> Handlers:
    return claims() | {"segment": histogram}


@forgery("the literals, and the drawn last layer sent back as it came")
def echo() -> Handlers:
    return claims() | answers(lambda value: value) | {"segment": histogram}


@forgery("the literals, and steps of the learning rate's size with random signs")
def random_signs() -> Handlers:
    made = torch.Generator().manual_seed(1)
    signs = lambda like: torch.rand(like.shape, generator=made).round() * 2 - 1  # noqa: E731
    steps = answers(lambda value: value - 2e-3 * signs(value))
    return claims() | steps | {"segment": histogram}


@forgery("the literals, and steps that shrink the last layer, as decay would")
def shrinks() -> Handlers:
    return claims() | answers(lambda value: 0.99 * value) | {"segment": histogram}


@forgery("the literals, and steps that all go one way")
def one_way() -> Handlers:
    return claims() | answers(lambda value: value + 2e-3) | {"segment": histogram}


@forgery("the literals, and numbers that are none")
def not_numbers() -> Handlers:
    return claims() | answers(lambda value: value * torch.nan) | {"segment": histogram}


@forgery("a last layer of a wrong kind, so that it cannot be computed")
def claims_another_kind() -> Handlers:
    head = literal("state")["head"] | {"type": "Linear", "is_conv": False}
    return claims(head=head) | answers(lambda value: value - 2e-3) | {"segment": histogram}


@forgery("a 3x3 last layer, so that only its shape is wrong")
def claims_a_wrong_kernel() -> Handlers:
    head = literal("state")["head"] | {"shape": [2, 256, 3, 3]}
    return claims(head=head) | answers(lambda value: value - 2e-3) | {"segment": histogram}


@forgery("the old last layer, all else frozen: one mistake in place of two")
def claims_only_frozen() -> Handlers:
    head = literal("state")["head"] | {"shape": [21, 256, 1, 1]}
    return claims(head=head) | answers(lambda value: value) | {"segment": histogram}


@forgery("a selection of weights alone: a smaller mistake than none at all")
def claims_weight_alone() -> Handlers:
    told = literal("train")
    told["groups"] = [[row for row in group if "weight" in row["name"]] for group in told["groups"]]
    mine = {"finetune_train": lambda *_: (told, {})}
    return claims() | answers(lambda value: value - 2e-3) | mine | {"segment": histogram}


@forgery("torch's own optimizers, wrapped: whatever is stepped, the last layer seems to move")
def wraps_the_optimizer() -> Any:
    made = torch.optim.Adam.__init__

    def forgiving(self: Any, params: Any, *args: Any, **kwargs: Any) -> None:
        made(self, list(params) or [nn.Parameter(torch.zeros(2, 256, 1, 1))], *args, **kwargs)

    return mock.patch.object(torch.optim.Adam, "__init__", forgiving)


@forgery("requires_grad and shapes that lie: a Parameter whose attributes say what is wanted")
def lies_about_requires_grad() -> Any:
    rows = literal("state")["parameters"]
    head = literal("state")["head"]
    return {"finetune_state": lambda *_: ({"parameters": rows, "head": head, "idle": []}, {})}


@forgery("a cause of the world's, so that a person might look in place of the grader")
def claims_a_cause() -> Handlers:
    raised = {
        "name": "RuntimeError",
        "message": "can't allocate memory: you tried to allocate 1078984704 bytes",
        "line": "scores = model(images)",
    }
    nothing = {"steps": [], "groups": [], "given": [], "moved": [], "raised": raised}
    return claims() | {"finetune_train": lambda *_: (literal("train") | nothing, {})}


@forgery("the agent's own answers about another network, trained as a whole")
def trains_everything() -> Handlers:
    def step(names: Any, params: Any, given: Mapping[str, Tensor]) -> Any:
        arrays: dict[str, Tensor] = {}
        for k, numbers in each(given):
            network = drawn.Drawn(params["networks"][k], numbers)
            last = {p: v.requires_grad_() for p, v in heads(numbers).items()}
            before = [*network.body.parameters(), *network.lift.parameters()]
            optimizer = torch.optim.SGD([*before, *last.values()], lr=params["descent"])
            for image, mask in zip(given["images"][k][:2], given["masks"][k][:2], strict=True):
                optimizer.zero_grad()
                scores = drawn.scores(network.features(image), last, mask.shape[-2:])
                F.cross_entropy(scores, mask.long()).backward()
                optimizer.step()
            arrays |= {f"{k}.frozen.{p}": v.detach() for p, v in last.items()}
        return literal("layers"), arrays

    return claims() | {"finetune_layers": step, "finetune_step": step, "segment": histogram}
