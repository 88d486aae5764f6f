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
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

# The names of the arguments of the operations that matter, to tell an attribute from a tensor.
ARGUMENTS = {
    "conv2d": ("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    "conv_transpose2d": ("input", "weight", "bias", "stride", "padding", "output_padding"),
    "batch_norm": ("input", "running_mean", "running_var", "weight", "bias", "training"),
    "max_pool2d": ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "avg_pool2d": ("input", "kernel_size", "stride", "padding", "ceil_mode"),
    "interpolate": ("input", "size", "scale_factor", "mode", "align_corners"),
    "cat": ("tensors", "dim"),
    "dropout": ("input", "p", "training"),
    "softmax": ("input", "dim"),
    "log_softmax": ("input", "dim"),
    "pixel_shuffle": ("input", "upscale_factor"),
    "leaky_relu": ("input", "negative_slope"),
}
ALIASES = {
    "relu_": "relu",
    "relu6": "relu6",
    "clamp_min": "clamp",
    "concat": "cat",
    "concatenate": "cat",
    "max_pool2d_with_indices": "max_pool2d",
    "upsample": "interpolate",
    "dropout2d": "dropout",
    "feature_dropout": "dropout",
    "__add__": "add",
    "__radd__": "add",
    "__iadd__": "add",
    "add_": "add",
    "__mul__": "mul",
    "__rmul__": "mul",
    "__matmul__": "matmul",
    "__sub__": "sub",
    "__truediv__": "div",
}
LIMIT = 400  # entries; a network that loops for ever must not fill the memory


def plain(value: object) -> Any:
    """Return `value` as JSON-able data, or its type's name."""
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
        tensors = [t for t in held.values() if isinstance(t, Tensor) and t.dim() == dim]
        named = held.get(role)
        if isinstance(named, Tensor):
            found[role] = named
        elif tensors:
            found[role] = tensors[0]
    return found


class Tracer(TorchFunctionMode):
    """Records the operations of a forward pass on `source` while it is entered."""

    def __init__(self, source: Tensor, conv_classes: tuple[type, ...] = ()) -> None:
        super().__init__()
        self.entries: list[dict[str, Any]] = []
        self.arguments: list[list[Tensor]] = []  # beside each entry: its tensors, kept alive
        self.weights: list[dict[str, Tensor | None]] = []  # beside each entry: parameters by role
        self.depth = 0  # inside a MyConv2d, whose own operations are not the network's
        self.conv_classes = conv_classes
        self._keep: list[Tensor] = [source]
        self._known: dict[int, int | str] = {id(source): "x"}
        self._nested: dict[str, Any] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", str(func))
        name = ALIASES.get(name, name)
        used = list(tensors_in([*args, *kwargs.values()]))
        sources = [self.number(tensor) for tensor in used]
        result = func(*args, **kwargs)
        if name == "__get__" and isinstance(result, Tensor):
            self._alias(args, result)  # `.data`, `.T`: another view of the same values
        elif self.depth:
            self._note_nested(name, args, kwargs)
        elif isinstance(result, Tensor) and not (sources == ["?"] and result.dim() == 0):
            # (left out: a counter such as BatchNorm's num_batches_tracked)
            self._record(name, args, kwargs, used, sources, result)
        return result

    def number(self, tensor: Tensor) -> int | str:
        """Return which entry made `tensor`."""
        return self._known.get(id(tensor), "?")

    def _alias(self, args: Any, result: Tensor) -> None:
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
        self, name: str, args: Any, kwargs: Any, used: list[Tensor], sources: Any, result: Tensor
    ) -> None:
        bound = self._bind(name, args, kwargs)
        parameters = {
            role: bound[role]
            for role in ("weight", "bias", "running_mean", "running_var")
            if isinstance(bound.get(role), Tensor)
        }
        hidden = {id(tensor) for tensor in parameters.values()}
        inputs = [s for t, s in zip(used, sources, strict=True) if id(t) not in hidden]
        attributes = {
            key: plain(value)
            for key, value in bound.items()
            if not any(True for _ in tensors_in(value)) and key not in ("input", "tensors")
        }
        self.append(name, inputs, result, parameters, attributes)

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
        if len(self.entries) >= LIMIT:
            raise RuntimeError(f"the forward pass has more than {LIMIT} operations")
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
    """Make every forward of the given classes one entry, also by a direct `.forward()` call."""
    originals = {}
    for cls in tracer.conv_classes:
        if "forward" in vars(cls):
            originals[cls] = vars(cls)["forward"]

    def wrap(call: Callable[..., Any]) -> Callable[..., Any]:
        def forward(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            return tracer.convolution(module, call, args, kwargs)

        return forward

    for cls, call in originals.items():
        cls.forward = wrap(call)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for cls, call in originals.items():
            cls.forward = call  # type: ignore[attr-defined]


def trace(
    module: Callable[[Tensor], Any], source: Tensor, conv_classes: tuple[type, ...]
) -> Tracer:
    """Run `module` on `source` without gradients and return what was seen.

    Raises whatever the forward pass raises; the entries until then are lost with it.
    """
    tracer = Tracer(source, conv_classes)
    with torch.no_grad(), patched_convolutions(tracer), tracer:
        module(source)
    return tracer
