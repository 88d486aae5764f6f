"""The checks in a student's own notebook: what may be checked, asked first, and recorded."""

from __future__ import annotations

from dataclasses import replace

import torch

from grader.assignment.networks import flips, graph
from grader.judging import catalog
from grader.judging.on_demand import OnDemand
from grader.kernel import requests
from grader.kernel.requests import Ask
from grader.model import Reply, Request

CLASSES = ("MyConv2d", "CNN", "UNet")
CONV = "conv2d"
BUILT_OF_IT = {"cnn", "unet", "training"}  # families of checks


def named(item: object) -> tuple[str, str] | None:
    """Return the word that selects the checks of an object, and its name in a notebook."""
    name = getattr(item, "__name__", None)
    if isinstance(item, type) and name in CLASSES:
        return str(name), str(name)
    if isinstance(item, torch.nn.Module) and hasattr(item, "classifier"):
        return "C2", "model"
    return None


def needs(families: set[str]) -> set[str]:
    """Return the families whose requests are put too, for the sake of these."""
    return {CONV} if families & BUILT_OF_IT else set()


def ask_first(ask: Ask, replies: OnDemand, families: set[str]) -> None:
    """Put all calls of MyConv2d at once, and what they call for in turn.

    That is the smallest call that fails, and the networks with a right one in its place.
    """
    if not families & {CONV, *BUILT_OF_IT}:
        return
    calls = [request for id_, request in replies.requests.items() if id_.startswith(f"{CONV}.")]
    answers = requests.ask_all(ask, calls)
    replies.add(zip(calls, answers, strict=True))
    searches = {CONV: {CONV}, "cnn": BUILT_OF_IT, "training": {"training"}}  # and for whom
    for family, served in searches.items():
        if served & families:
            replies.add(list(catalog.explore(ask, replies, [family])))


def recorded(reply: Reply, request: Request) -> Reply:
    """Return numbers alone: no trace, no name, no weight, not which parameters should learn."""
    return _network(reply, request) if request.kind == "network" else _state(reply)


def _network(reply: Reply, request: Request) -> Reply:
    arrays = {
        name: array
        for name, array in reply.arrays.items()
        if name == "output" or name.startswith(flips.GRADIENT)
    }
    if request.params["class"] == "UNet":
        own = graph.read(reply.values, request.arrays["input"].shape)
        arrays |= flips.recording(own, request.arrays)
    return replace(reply, values={}, arrays=arrays)


def _state(reply: Reply) -> Reply:
    rows = [[name, shape, False, norm] for name, shape, _, norm in reply.values["parameters"]]
    head = reply.values["head"]
    return replace(reply, values={"parameters": rows, "head": head, "idle": []}, arrays={})
