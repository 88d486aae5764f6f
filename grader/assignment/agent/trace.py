"""One forward pass as a graph of operations, whatever the modules are called or how.

Forward hooks miss `self.conv.forward(x)` and functional calls; a `TorchFunctionMode` sees every
operation. An entry of the trace is plain data:

    {"op": "conv2d", "inputs": [3], "shape": [2, 6, 16, 16], "parameters": ["conv.0"],
     "attributes": {"padding": 1}, "by": "MyConv2d"}

`inputs` are indices of earlier entries, "x" for the network's input, "?" for a tensor made
elsewhere.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from .arguments import encoded
from .calls import ARGUMENTS, plain_name, repeats

PARAMETERS = ("weight", "bias", "running_mean", "running_var")
LIMIT = 400  # entries; those beyond, of loops over pixels say, are counted and not kept
COUNTED = 50_000  # operations, by which a network that loops for ever has come to an end
LOADED = ("conv2d", "conv_transpose2d", "batch_norm")  # always kept: they are given their weights


def plain(value: object) -> Any:
    """Return `value` as JSON-able data, or its type's name."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no number for it
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value][:16]
    return type(value).__name__


def tensors_in(value: object) -> Iterator[Tensor]:
    """Yield the tensors of an argument: itself, or those in a list or tuple."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from tensors_in(item)


def conv_weights(module: nn.Module) -> dict[str, Tensor | None]:
    """Return the weight and bias of a hand-written convolution, by name, else by dimension."""
    found: dict[str, Tensor | None] = {}
    held = {**vars(module), **dict(module.named_parameters()), **dict(module.named_buffers())}
    for role, dim in (("weight", 4), ("bias", 1)):
        others = [t for t in held.values() if isinstance(t, Tensor)]
        others = [t for t in others if not any(t is known for known in found.values())]
        named = held.get(role)
        if isinstance(named, Tensor):
            found[role] = named
        elif others:  # a bias may be one number, or (1, C, 1, 1); a weight is a block
            fitting = [t for t in others if t.dim() == dim]
            if fitting or role == "bias":
                found[role] = (fitting or others)[0]
    return found


class Tracer(TorchFunctionMode):
    """Records the operations of a forward pass on `source` while it is entered."""

    def __init__(self, source: Tensor, conv_classes: tuple[type, ...] = ()) -> None:
        super().__init__()
        self.entries: list[dict[str, Any]] = []
        self.arguments: list[list[Tensor]] = []  # beside each entry: its tensors, kept alive
        self.weights: list[dict[str, Tensor | None]] = []  # beside each entry: parameters by role
        self.count = 0  # of all operations, kept or not
        self.depth = 0  # inside a MyConv2d, whose own operations are not the network's
        self.source, self.conv_classes = source, conv_classes
        self._keep: list[Tensor] = [source]
        self._known: dict[int, int | str] = {id(source): "x"}
        self._nested: dict[str, Any] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        called = getattr(func, "__name__", str(func))
        name = plain_name(called)
        used = list(tensors_in([*args, *kwargs.values()]))
        sources = [self.number(tensor) for tensor in used]
        given = {}  # told before the operation changes what it is given
        if not self.depth and name not in ARGUMENTS:
            weights = [v for k, v in kwargs.items() if k in PARAMETERS and isinstance(v, Tensor)]
            visible = [t for t in used if not any(t is weight for weight in weights)]
            given = encoded(args, kwargs, visible, self.number)
        result = func(*args, **kwargs)
        if name == "__get__" and isinstance(result, Tensor):
            self._alias(args, result)  # `.data`, `.T`
        elif self.depth:
            self._note_nested(name, args, kwargs)
        else:
            written = name == "__setitem__"  # into what it is given, which is another one then
            made = list(tensors_in(args[0] if written else result))
            counter = sources == ["?"] and made and made[0].dim() == 0
            if made and not counter:  # (BatchNorm's num_batches_tracked is one)
                self._record(called, args, kwargs, used, sources, made, given)
        return result

    def number(self, tensor: Tensor) -> int | str:
        """Return which entry made `tensor`."""
        return self._known.get(id(tensor), "?")

    def _alias(self, args: Any, result: Tensor) -> None:
        """Note another view of the same values."""
        if args and isinstance(args[0], Tensor) and self.number(args[0]) != "?":
            self._keep.append(result)
            self._known[id(result)] = self.number(args[0])

    def _note_nested(self, name: str, args: Any, kwargs: Any) -> None:
        if name == "conv2d":
            self._nested = self._bind(name, args, kwargs)

    @staticmethod
    def _bind(name: str, args: Any, kwargs: Any) -> dict[str, Any]:
        return dict(zip(ARGUMENTS.get(name, ()), args, strict=False)) | dict(kwargs)

    def _record(
        self,
        called: str,
        args: Any,
        kwargs: Any,
        used: list[Tensor],
        sources: Any,
        made: list[Tensor],
        given: dict[str, Any],
    ) -> None:
        name = plain_name(called)
        bound = self._bind(name, args, kwargs)
        if factor := repeats(name, bound):
            size = {"scale_factor": factor, "mode": "nearest"}
            self.append("interpolate", sources[:1], made[0], {}, size)
            return
        parameters = {
            role: bound[role] for role in PARAMETERS if isinstance(bound.get(role), Tensor)
        }
        hidden = {id(tensor) for tensor in parameters.values()}
        inputs = [s for t, s in zip(used, sources, strict=True) if id(t) not in hidden]
        attributes = {
            key: plain(value)
            for key, value in bound.items()
            if not any(True for _ in tensors_in(value)) and key not in ("input", "tensors")
        }
        if name == "dropout":
            attributes["called"] = called.rstrip("_")
        elif called == "hstack":
            attributes["dim"] = 1
        attributes |= given
        kept = len(self.entries)
        self.append(name, inputs, made[0], parameters, attributes)
        for other in made[1:] if len(self.entries) > kept else ():
            self._keep.append(other)
            self._known[id(other)] = len(self.entries) - 1

    def append(
        self,
        name: str,
        inputs: list[int | str],
        output: Tensor,
        parameters: dict[str, Tensor | None],
        attributes: dict[str, Any],
        by: str = "",
    ) -> None:
        """Add an entry and remember which tensor it made."""
        self.count += 1
        if self.count > COUNTED or len(self.entries) >= 2 * LIMIT:
            raise RuntimeError(f"the forward pass has more than {self.count - 1} operations")
        if len(self.entries) >= LIMIT and name not in LOADED:
            return
        self._keep.append(output)
        self._known[id(output)] = len(self.entries)
        self.weights.append(parameters)
        self.entries.append(
            {
                "op": name,
                "inputs": inputs[:16],
                "shape": list(output.shape),
                "parameters": [],
                "attributes": attributes,
                "by": by,
            }
        )

    def convolution(
        self, module: nn.Module, call: Callable[..., Any], args: Any, kwargs: Any
    ) -> Any:
        """Run the forward of a MyConv2d as one entry, whatever it is made of."""
        given = list(tensors_in([*args, *kwargs.values()]))
        inputs = [self.number(tensor) for tensor in given]
        self.depth += 1
        self._nested = {}
        try:
            result = call(module, *args, **kwargs)
        finally:
            self.depth -= 1
        if isinstance(result, Tensor) and not self.depth:
            weights = conv_weights(module)
            attributes = {
                key: plain(value)
                for key, value in self._nested.items()
                if key in ("stride", "padding", "dilation", "groups")
            }
            self.append("conv2d", inputs, result, weights, attributes, by=type(module).__name__)
        return result


@contextlib.contextmanager
def patched_convolutions(tracer: Tracer) -> Iterator[None]:
    """Make every forward of the given classes one entry, also by a direct `.forward()` call.

    The first class is MyConv2d, which may have inherited its forward; the others derive from it.
    One with a `__call__` of its own may have no forward at all.
    """

    def wrap(call: Callable[..., Any]) -> Callable[..., Any]:
        def forward(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            return tracer.convolution(module, call, args, kwargs)

        return forward

    owners: list[tuple[Any, str]] = [(cls, "forward") for cls in tracer.conv_classes[:1]]
    owners += [(c, "forward") for c in tracer.conv_classes[1:] if "forward" in vars(c)]
    owners += [(c, "__call__") for c in tracer.conv_classes if "__call__" in vars(c)]
    originals = [(c, name, vars(c).get(name), getattr(c, name, None)) for c, name in owners]
    for cls, name, _, call in originals:
        if call is not None:
            setattr(cls, name, wrap(call))
    try:
        yield
    finally:
        for cls, name, mine, call in originals:
            if mine is not None:
                setattr(cls, name, mine)
            elif call is not None:
                delattr(cls, name)


def trace(module: Callable[[Tensor], Any], tracer: Tracer) -> Any:
    """Run `module` on the tracer's source without gradients and return what comes out.

    Raises whatever the forward pass raises; the tracer keeps the entries until then.
    """
    with torch.no_grad(), patched_convolutions(tracer), tracer:
        return module(tracer.source)
