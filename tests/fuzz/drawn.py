"""Values drawn from a form of `grader.basics.schema`, and values around real ones."""

import copy

import numpy as np
from hypothesis import strategies as st

from grader.basics import schema

WORDS = st.sampled_from(
    ["", "x", "?", "conv2d", "batch_norm", "relu", "max_pool2d", "avg_pool2d", "interpolate", "cat",
     "add", "dropout", "mul", "view", "getitem", "softmax", "clamp", "pixel_shuffle", "argmax",
     "conv_transpose2d", "MyConv2d", "Conv2d", "Parameter", "Tensor", "classifier.4.weight",
     "classifier.4.bias", "aux_classifier.4.weight", "backbone.conv1.weight", "cross_entropy",
     "mse_loss", "\u202e<b>", "\n`|,=cmd", "\x00", "a" * 400]
)  # fmt: skip
SETTINGS = (
    "kernel_size", "stride", "padding", "dilation", "groups", "output_padding", "ceil_mode", "dim",
    "axis", "p", "training", "momentum", "eps", "size", "scale_factor", "mode", "align_corners",
    "min", "max", "threshold", "value", "negative_slope", "upscale_factor", "bias", "weight",
)  # fmt: skip
NUMBERS = st.sampled_from([-1, 0, 1, 2, 3, 5, 16, 24, 32, 64, 1 << 20, (1 << 40) - 1])
ODD = st.sampled_from(
    [None, True, False, 0, 1, 2, -1, 3, 0.5, -0.0, 1e-5, 1e308, 10**17, "", "x", "same", "nearest",
     "bilinear", [], [2], [2, 2], [0, 0], [[]], [-1, 2], {}, {"a": 1}, [None], "a" * 5000]
).map(copy.deepcopy)  # fmt: skip


def fitting(form):
    """A strategy for values of a form, most of them small."""
    return BY_FORM[type(form)](form)


def _text(form):
    if form.pattern:
        return st.from_regex(form.pattern, fullmatch=True, alphabet=IN_PATTERNS)
    return WORDS.filter(lambda word: len(word) <= form.most)


def _whole(form):
    low, high = form.low, form.high
    near = st.integers(low, min(high, low + 9))
    return NUMBERS.filter(lambda n: low <= n <= high) | near


def _table(form):
    if isinstance(form.of, schema.Anything):
        return st.dictionaries(st.sampled_from(SETTINGS) | WORDS, ODD, max_size=4)
    return st.dictionaries(fitting(form.names), fitting(form.of), max_size=min(form.most, 8))


def _record(form):
    return st.fixed_dictionaries(
        {name: fitting(each) for name, each in form.required.items()},
        optional={name: fitting(each) for name, each in form.optional.items()},
    )


IN_PATTERNS = "abcdefghijklmnopqrstuvwxyz0123.x?_46"
BY_FORM = {
    schema.Anything: lambda form: ODD,
    schema.Flag: lambda form: st.booleans(),
    schema.Nothing: lambda form: st.none(),
    schema.Real: lambda form: st.floats(allow_nan=False, allow_infinity=False) | NUMBERS,
    schema.Whole: _whole,
    schema.Text: _text,
    schema.Either: lambda form: st.one_of([fitting(each) for each in form.forms]),
    schema.Many: lambda form: st.lists(fitting(form.of), max_size=min(form.most, 8)),
    schema.Row: lambda form: st.tuples(*map(fitting, form.of)).map(list),
    schema.Table: _table,
    schema.Record: _record,
}


def places(value, path=()):
    """Every place in a tree of JSON, by its path."""
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        yield from places(item, (*path, key))


@st.composite
def around(draw, value):
    """A real answer with some places changed: taken away, doubled, exchanged, of another type."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(places(value))))
        if not path:
            continue
        holder = value
        for key in path[:-1]:
            holder = holder[key]
        _change(draw, holder, path[-1])
    return value


def _change(draw, holder, key):
    what = draw(st.sampled_from(["odd", "number", "gone", "again", "empty", "other"]))
    if what == "gone":
        del holder[key]
    elif what == "again" and isinstance(holder, list):
        holder.insert(draw(st.integers(0, len(holder))), copy.deepcopy(holder[key]))
    elif what == "empty":
        holder[key] = type(holder[key])() if holder[key] is not None else []
    elif what == "other":
        others = list(holder.values()) if isinstance(holder, dict) else holder
        holder[key] = copy.deepcopy(draw(st.sampled_from(others)))
    else:
        holder[key] = draw(NUMBERS if what == "number" else ODD)


FILLS = st.sampled_from([0.0, 1.0, -1.0, np.nan, np.inf, 1e300, 1e-300])
SHAPES = st.sampled_from([(), (0,), (1,), (3,), (1, 1), (2, 0, 3), (1, 2, 3, 4), (3, 24, 32, 32)])
DTYPES = st.sampled_from(["float64", "float32", "float16", "uint8", "int64", "bool"])


@st.composite
def array(draw, like=None):
    """An array: like a real one, or of any shape, type and numbers."""
    shape = like.shape if like is not None and draw(st.booleans()) else draw(SHAPES)
    dtype = str(like.dtype) if like is not None and draw(st.booleans()) else draw(DTYPES)
    with np.errstate(all="ignore"):
        return np.full(shape, draw(FILLS)).astype(dtype)
