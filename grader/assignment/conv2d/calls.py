"""Calls of MyConv2d: which are made, as what requests they travel, and how a report shows them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.assignment import asking
from grader.judging.compare import number
from grader.judging.draws import Draw
from grader.model import Request

Array = np.ndarray[Any, Any]

LEFT_OUT = -1  # a padding that is not handed over at all
DRAWN = 24  # calls beside the chosen ones, of random sizes
COTANGENTS = 97
INIT = (8, 96, 5)  # in, out, kernel: 19,200 weights and 96 biases show how they are spread
SHOWN = 24  # a call of at most so many numbers is shown with them, where they matter
NUMBERS_MATTER = tuple(f"conv2d.smallest.{p}" for p in ("values", "gradients", "input_untouched"))


@dataclass(frozen=True)
class Call:
    """One construction of MyConv2d and the images that it is called on."""

    in_channels: int
    out_channels: int
    kernel: int
    padding: int | None
    batch: int
    height: int
    width: int
    style: str = "usual"  # how the arguments are handed over: also "positional", "keywords"

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return what MyConv2d is constructed with: positional arguments and keywords."""
        args = (self.in_channels, self.out_channels, self.kernel)
        if self.style == "keywords":
            names = ("in_channels", "out_channels", "kernel_size", "padding")
            return (), dict(zip(names, (*args, self.padding), strict=True))
        if self.padding == LEFT_OUT:
            return args, {}
        return ((*args, self.padding), {}) if self.style == "positional" else (
            args, {"padding": self.padding}
        )  # fmt: skip

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the three arrays that go in."""
        i, o, k = self.in_channels, self.out_channels, self.kernel
        size = (self.batch, i, self.height, self.width)
        return {"bias": (o,), "input": size, "weight": (o, i, k, k)}

    def size(self) -> int:
        """Return how many numbers go in."""
        return sum(math.prod(shape) for shape in self.shapes().values())


# Chosen so that every known mistake shows in one of them, and no two look alike in all.
CHOSEN = (
    Call(2, 3, 3, LEFT_OUT, 2, 6, 5),
    Call(1, 1, 1, LEFT_OUT, 1, 3, 4),
    Call(3, 2, 5, None, 2, 7, 6),
    Call(2, 4, 3, 0, 3, 5, 6),
    Call(2, 2, 3, 2, 1, 4, 4, "positional"),
    Call(1, 2, 5, 1, 2, 6, 8, "keywords"),
    Call(4, 3, 3, 1, 1, 5, 5),
    Call(2, 2, 3, 0, 1, 4, 5),
    Call(3, 3, 3, LEFT_OUT, 3, 3, 4),
    Call(1, 1, 1, LEFT_OUT, 100, 1, 2),  # the batch size that the handout trains with
)
AGAIN = Call(2, 2, 3, LEFT_OUT, 3, 4, 4)  # one object that is called twice
AGAIN_BATCH = 2
AS_BUILT = CHOSEN[0]  # also called without a conversion to float64


def fixed_requests(draw: Draw) -> Iterator[Request]:
    """Yield every call that is made of each submission, and a look at the initial weights."""
    for i, call in enumerate((*CHOSEN, *_drawn(draw))):
        kind = "call" if i < len(CHOSEN) else "drawn"
        id_ = f"conv2d.{kind}.{i}"
        yield request(id_, call, _arrays(id_, call, draw))
    arrays = _arrays("conv2d.call.again", AGAIN, draw)
    second = (AGAIN_BATCH, AGAIN.in_channels, AGAIN.height, AGAIN.width)
    arrays["again"] = draw.uniform("conv2d.call.again.again", second)
    yield request("conv2d.call.again", AGAIN, arrays)
    arrays = _arrays("conv2d.as_built", AS_BUILT, draw)
    yield in_dtype(request("conv2d.as_built", AS_BUILT, arrays), "conv2d.as_built", "as_built")
    params = {"class": "MyConv2d", "args": list(INIT), "kwargs": {}, "dtype": "float32", "seed": 7}
    yield Request("conv2d.init", "conv2d", params)


def is_call(id: str) -> bool:  # noqa: A002
    """Return whether a request is one of those that are judged by what MyConv2d answers."""
    return id.startswith(("conv2d.call.", "conv2d.drawn.", "conv2d.float32.", "conv2d.smallest."))


def request(id: str, call: Call, arrays: Mapping[str, Array]) -> Request:  # noqa: A002
    """Return the request that makes `call` with weights, images and cotangents given."""
    args, kwargs = call.arguments()
    return asking.conv2d(id, args, arrays, **kwargs)


def in_dtype(asked: Request, id: str, dtype: str) -> Request:  # noqa: A002
    """Return the same call with float32 numbers, as another request."""
    arrays = {name: array.astype(np.float32) for name, array in asked.arrays.items()}
    return replace(asked, id=id, params={**asked.params, "dtype": dtype}, arrays=arrays)


def _drawn(draw: Draw) -> Iterator[Call]:
    numbers = draw.generator("conv2d.drawn")
    for _ in range(DRAWN):
        kernel = int(numbers.choice((1, 3, 5)))
        padding = [LEFT_OUT, None, *range(kernel // 2 + 2)][numbers.integers(kernel // 2 + 4)]
        around = kernel // 2 if padding in (LEFT_OUT, None) else padding
        lowest = max(1, kernel - 2 * int(around or 0))
        i, o, n = (int(count) for count in numbers.integers(1, 4, 3))
        height, width = (lowest + int(more) for more in numbers.integers(0, 4, 2))
        yield Call(i, o, kernel, padding, n, height, width)


def _arrays(id: str, call: Call, draw: Draw) -> dict[str, Array]:  # noqa: A002
    arrays = {name: draw.uniform(f"{id}.{name}", s) for name, s in call.shapes().items()}
    arrays["weight"] = arrays["weight"].ravel()
    return arrays | {"cotangent": draw.uniform(f"{id}.cotangent", (COTANGENTS,))}


def bound_arguments(asked: Request) -> dict[str, Any]:
    """Return the constructor's arguments by name; a padding that is left out is None."""
    names = ("in_channels", "out_channels", "kernel_size", "padding")
    given = dict(zip(names, asked.params["args"], strict=False))
    return {"padding": None, **given, **asked.params["kwargs"]}


def size(asked: Request) -> int:
    """Return how many numbers a call is made of: what the smallest call has fewest of."""
    return sum(asked.arrays[name].size for name in ("input", "weight", "bias"))


def plainness(asked: Request) -> tuple[int, bool, str]:
    """Return a key that sorts the call first that is best shown: small, then found by a search."""
    return size(asked), not asked.id.startswith("conv2d.smallest."), asked.id


def what(asked: Request) -> str:
    """Return a call as a student would write it, with its numbers if they are few."""
    text = f"{asking.call(asked)} on {_images(asked.arrays['input'])}"
    if "again" in asked.arrays:
        text += f", then on {_images(asked.arrays['again'])}"
    if not asked.id.startswith(NUMBERS_MATTER) or size(asked) > SHOWN:
        return text
    arguments = bound_arguments(asked)
    kernel = arguments["kernel_size"]
    shape = (arguments["out_channels"], arguments["in_channels"], kernel, kernel)
    arrays = {**asked.arrays, "weight": asked.arrays["weight"].reshape(shape)}
    numbers = [f"{name} {nested(arrays[name])}" for name in ("weight", "bias", "input")]
    return f"{text}, {numbers[0]}, {numbers[1]}, {numbers[2]}"


def _images(array: Array) -> str:
    batch, _, height, width = array.shape
    return f"a {height}×{width} image" if batch == 1 else f"{batch} images of {height}×{width}"


def nested(array: Array) -> str:
    """Return the numbers of an array as a nested list, without dimensions of length 1.

    >>> nested(np.array([[[0.5, 0.0]]])), nested(np.zeros((1, 1)))
    ('[0.5, 0]', '0')
    """
    flat = array.squeeze()
    if flat.ndim == 0:
        return number(float(flat))
    return "[" + ", ".join(nested(row) if row.ndim else number(row) for row in flat) + "]"
