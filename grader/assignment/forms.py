"""The form of the reply to each kind of request: its values and its arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.basics.schema import (
    Anything,
    Either,
    Flag,
    Form,
    Many,
    Nothing,
    Real,
    Record,
    Row,
    Table,
    Text,
    Whole,
)
from grader.kernel.replies import DIMENSIONS, ERROR, NAME, Expected, ReplyForm
from grader.model import Request

FLOATS, SCORES, CLASSES = "f", "fiub", "u"  # kinds of numbers, as NumPy names them
# Of a step of Part C's training loop: pictures, pixels, and cells of a side (as `agent/place.py`).
PICTURES, MOST, CELLS = 10_000, 6_000_000, 8

SHAPE = Many(Whole(), DIMENSIONS)
NAMES = Many(NAME, 5000)
MODULE: dict[str, Form] = {
    "is_module": Flag(),
    "type": NAME,
    "parameters": Many(Row((NAME, SHAPE)), 5000),
}
TENSOR = Either((Whole(), Text(1, "[x?]")))  # the number of an operation, the input, or unknown
SLOT = Text(60, r"(conv|norm)\.\d{1,4}\.(weight|bias|running_mean|running_var)")
OPERATION = Record(
    {
        "op": NAME,
        "inputs": Many(TENSOR, 16),
        "shape": SHAPE,
        "parameters": Many(Text(30, r"(conv|norm)\.\d{1,4}"), 1),
        "attributes": Table(Anything(), most=64),
        "by": NAME,
    }
)
NETWORK = Record(
    {
        "dtype": Text(8, "bfloat16|float16|float32|float64"),
        **MODULE,
        "trace": Many(OPERATION, 800),
        "slots": Table(Record({"shape": SHAPE, "name": NAME}), SLOT, 3200),
        "output_node": TENSOR,
        "input_changed": Flag(),
    },
    {"unstable": Many(SLOT, 3200), "output_type": NAME},
)
ROLE = Text(6, "weight|bias")
CONVOLUTION = Record(
    {**MODULE, "shapes": Table(SHAPE, ROLE), "registered": Many(ROLE, 2)},
    {"input_changed": Flag(), "output_type": NAME, "backward_error": ERROR, "again_error": ERROR},
)
HEAD = Record({"layers": Whole(), "type": NAME, "is_conv": Flag(), "shape": SHAPE, "bias": Flag()})
STATE = Record(
    {
        "parameters": Many(Row((NAME, SHAPE, Flag(), Either((Nothing(), Real())))), 5000),
        "head": Either((Nothing(), HEAD)),
        "idle": Many(NAME, 16),
    }
)
STEP = Record({"gradients": NAMES, "requires_grad": NAMES})
HANDED = Record({"name": NAME, "shape": SHAPE, "kind": NAME})
GIVEN = Record({"class": NAME, "count": Whole(), "kinds": Many(NAME, 64)})
LOOP = Record(
    {
        "moved": NAMES,
        "moved_buffers": NAMES,
        "steps": Many(STEP, 64),
        "groups": Many(Many(HANDED, 5000), 200),
        "given": Many(GIVEN, 8),
        "losses": Many(NAME, 64),
        "backwards": Whole(),
        "uncleared": Flag(),
        "raised": Either((Nothing(), ERROR)),
    }
)
SIDES = Many(Whole(0, 16), 2)
SLIDING = Record({"stride": SIDES, "padding": SIDES, "dilation": SIDES, "groups": Whole(1, 256)})
TRIAL = Record(
    {
        "placed": Flag(),
        "raised": Either((Nothing(), ERROR)),
        "head": Either((Nothing(), SLIDING)),
        "stirred": Many(Text(6, "loop|choice"), 2),
    }
)
PROOF = Record({"networks": Many(TRIAL, 2)})


def _network(asked: Request, values: Mapping[str, Any]) -> dict[str, Expected]:
    images, colours = asked.arrays["input"].shape, asked.params["args"][2]
    output = Expected.like(SCORES, (images[0], colours, *images[2:]))
    found = {"output": output}
    if asked.params.get("again"):
        found["again"] = output
    if "cotangent" in asked.arrays:
        slots = values.get("slots", {}).items()
        found |= {f"grad.{n}": Expected.exactly(FLOATS, tuple(s["shape"])) for n, s in slots}
    return found


def _convolution(asked: Request, values: Mapping[str, Any]) -> dict[str, Expected]:
    shapes = {role: tuple(shape) for role, shape in values.get("shapes", {}).items()}
    if "input" not in asked.arrays:
        return {f"initial.{r}": Expected.exactly(SCORES, shape) for r, shape in shapes.items()}
    given = asked.arrays["input"].shape
    wide = Expected.like(SCORES, (out_channels(asked), *given))
    found = dict.fromkeys(("output", "again", "input_after", "again_after"), wide)
    found |= {f"grad.{r}": Expected.exactly(FLOATS, shape) for r, shape in shapes.items()}
    return found | {"grad.input": Expected.exactly(FLOATS, given)}


def out_channels(asked: Request) -> int:
    """Return how many channels come out of the MyConv2d that a request makes."""
    args, kwargs = asked.params["args"], asked.params["kwargs"]
    return int(args[1] if len(args) > 1 else kwargs["out_channels"])


def _predictions(asked: Request, _: Mapping[str, Any]) -> dict[str, Expected]:
    images, order = asked.arrays["held_out"].shape, asked.arrays["order"]
    return {
        "losses": Expected(FLOATS, None, len(order)),
        "predictions": Expected.like(CLASSES, (images[0], *images[2:])),
    }


def _drawn(asked: Request, _: Mapping[str, Any]) -> dict[str, Expected]:
    """Expect the last layer at each moment, its scores, and what the losses answered."""
    heads = ("begun", "first", "second", "chosen", "again", "frozen")
    size = asked.arrays["masks"].shape
    found = {}
    for k in range(size[0]):
        for name in heads:
            found[f"{k}.{name}.weight"] = Expected.like(FLOATS, (2, 256, 1, 1))
            found[f"{k}.{name}.bias"] = Expected.like(FLOATS, (2,))
        found[f"{k}.output"] = Expected.like(FLOATS, (size[2], 2, *size[3:]))
        for name in ("first", "second"):
            found[f"{k}.rows.{name}"] = Expected(CLASSES, None, PICTURES)
            found[f"{k}.targets.{name}"] = Expected(CLASSES, None, MOST)
            found[f"{k}.slopes.{name}"] = Expected(FLOATS, None, PICTURES * 2 * CELLS**2)
    return found


FORMS: dict[str, ReplyForm] = {
    "network": ReplyForm(NETWORK, _network, ("output",)),
    "conv2d": ReplyForm(CONVOLUTION, _convolution),
    "learn": ReplyForm(Record({"steps": Whole()}), _predictions, ("losses", "predictions")),
    "segment": ReplyForm(Record({"learning": Whole()}), _predictions, ("losses", "predictions")),
    "finetune_state": ReplyForm(STATE),
    "finetune_train": ReplyForm(LOOP),
    "finetune_layers": ReplyForm(PROOF, _drawn),
    "finetune_step": ReplyForm(PROOF, _drawn),
}
