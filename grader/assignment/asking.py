"""What is asked of the student's code, and what a request asks in the words of a report."""

from __future__ import annotations

from typing import Any

from grader.model import Arrays, Request

PART_C = ("finetune", "segment")  # kinds of requests about its network
ARGUMENTS = ("kernel", "num_filters", "num_colours", "num_in_channels")
OF_A_LAYER = ("in_channels", "out_channels", "kernel_size", "padding")


def network(id: str, name: str, args: tuple[int, ...], arrays: Arrays, **params: Any) -> Request:  # noqa: A002
    """Ask to build `name(*args)`, load weights by execution order, run forward and backward.

    Args:
        id: of the request, for instance "unet.train".
        name: "CNN" or "UNet".
        args: (kernel, num_filters, num_colours, num_in_channels).
        arrays: "input" (N, C, H, W), pools "conv" and "norm", optionally "cotangent".
        params: mode ("train" or "eval"), dtype, seed.
    """
    return Request(id, "network", {"class": name, "args": list(args), **params}, arrays)


def conv2d(id: str, args: tuple[int, int, int], arrays: Arrays, **kwargs: Any) -> Request:  # noqa: A002
    """Ask to call `MyConv2d(*args, **kwargs)` with the given weights in float64."""
    params = {"class": "MyConv2d", "args": list(args), "kwargs": kwargs, "dtype": "float64"}
    return Request(id, "conv2d", params, arrays)


def learn(id: str, name: str, args: tuple[int, ...], arrays: Arrays, **params: Any) -> Request:  # noqa: A002
    """Ask to train `name(*args)` with the grader's loop and to predict held-out inputs."""
    return Request(id, "learn", {"class": name, "args": list(args), **params}, arrays)


def call(request: Request) -> str:
    """Return the student's call that a request makes, for instance `CNN(3, 32, 24, 1)`."""
    if "class" not in request.params:
        return "the notebook"
    names = OF_A_LAYER if request.kind == "conv2d" else ARGUMENTS
    pairs = zip(names, request.params["args"], strict=False)
    words = [f"{name}={value}" for name, value in pairs]
    words += [f"{k}={v}" for k, v in request.params.get("kwargs", {}).items()]
    return f"{request.params['class']}({', '.join(words)})"


def due(request: Request) -> str:
    """Return what was due of a request that got no answer."""
    if request.kind.startswith(PART_C):
        return "the network of Part C in `model`, and its train(args, model)"
    return "a class that builds and runs" if "class" in request.params else "an answer"
