"""What Part A's CNN and Part B's UNet are asked alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from grader.assignment import asking
from grader.judging.draws import Draw
from grader.model import Request


@dataclass(frozen=True)
class Setting:
    """One call of a network's constructor, and the size of the images it is tried on."""

    kernel: int = 3
    num_filters: int = 32
    num_colours: int = 24
    num_in_channels: int = 1
    height: int = 32
    width: int = 32

    @property
    def args(self) -> tuple[int, int, int, int]:
        """Return the constructor's arguments."""
        return self.kernel, self.num_filters, self.num_colours, self.num_in_channels

    def __str__(self) -> str:
        """Return the arguments by name."""
        names = ("kernel", "num_filters", "num_colours", "num_in_channels")
        return ", ".join(f"{n}={v}" for n, v in zip(names, self.args, strict=True))


# The handout's run. Each other setting departs from it in one thing, so that a number written
# into the code shows, and the argument that is to blame can be told.
HANDOUT = Setting()
SETTINGS = {
    "in_channels": Setting(num_in_channels=3),
    "filters": Setting(num_filters=8),
    "colours": Setting(num_colours=10),
    "kernel_5": Setting(kernel=5),
    "kernel_1": Setting(kernel=1),
    "size_8x20": Setting(height=8, width=20),
    "size_16x12": Setting(height=16, width=12),
}
MODES = ("train", "eval")
BATCH = 3
REPAIRED = "repaired"  # between a part and a key, in the id of what is asked again


def network_requests(name: str, draw: Draw) -> Iterator[Request]:
    """Yield the requests about `name`, "CNN" or "UNet".

    "eval" also asks for the output of a second pass, "single" for the first image alone.
    """
    part = name.lower()
    train = _request(f"{part}.train", name, HANDOUT, draw, BATCH, mode="train")
    evaluation = _request(f"{part}.eval", name, HANDOUT, draw, BATCH, mode="eval", again=True)
    yield train
    yield evaluation
    alone = {k: v for k, v in evaluation.arrays.items() if k != "cotangent"}
    alone["input"] = alone["input"][:1]
    params = {k: v for k, v in evaluation.params.items() if k != "again"}
    yield Request(f"{part}.single", "network", params, alone)
    for key, setting in SETTINGS.items():
        yield _request(f"{part}.setting.{key}", name, setting, draw, 1, mode="eval")


def repaired(asked: Mapping[str, Request]) -> Iterator[Request]:
    """Yield what is asked about the networks, once more with a right MyConv2d in their own's place.

    Where MyConv2d is wrong, whatever else is right in a network can be seen by nothing else.
    """
    yield from (with_right_layer(one) for one in asked.values() if one.kind == "network")


def with_right_layer(request: Request) -> Request:
    """Return a request about a network as it is put with a right MyConv2d."""
    params = {**request.params, "conv": "right"}
    return replace(request, id=repaired_id(request.id), params=params, found=True, reserve=False)


def repaired_id(id: str) -> str:  # noqa: A002
    """Return the id under which the same is asked with a right MyConv2d.

    >>> repaired_id("cnn.learn.0")
    'cnn.repaired.learn.0'
    """
    part, _, key = id.partition(".")
    return f"{part}.{REPAIRED}.{key}"


def _request(
    id: str,  # noqa: A002
    name: str,
    setting: Setting,
    draw: Draw,
    batch: int,
    *,
    mode: str,
    again: bool = False,
) -> Request:
    size = (setting.height, setting.width)
    arrays = {
        "input": draw.uniform(f"{id}.input", (batch, setting.num_in_channels, *size)),
        **draw.pools(f"{name}.pools"),
    }
    if mode == "train":
        shape = (batch, setting.num_colours, *size)
        arrays["cotangent"] = draw.uniform(f"{id}.cotangent", shape)
    params = {"mode": mode, "dtype": "float64", "seed": 1, "again": again}
    return asking.network(id, name, setting.args, arrays, **params)
