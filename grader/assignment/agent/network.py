"""Build one of the student's networks, load it, run it, and say what came out."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from .errors import NotBuilt, PartAnswer
from .loading import Loader, Slots, run_loaded, unwrapped
from .right_conv import put_in_place_of
from .trace import Tracer, tensors_in, trace

PRECISIONS = ("bfloat16", "float16", "float32", "float64")  # the coarsest first
DTYPES = {"float32": torch.float32, "float64": torch.float64}
CONV_CLASS = "MyConv2d"
COLOURS = 2  # position of num_colours among a network's arguments


class NothingReturned(TypeError):
    """A forward without a return statement: a body that is not filled in, say."""


def build(namespace: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    """Return `namespace[class](*args)`, freshly seeded, in the dtype asked for, or "as built"."""
    name = params["class"]
    if name not in namespace:
        raise NotBuilt(f"the notebook defines no {name}")
    torch.manual_seed(params.get("seed", 0))
    built = namespace[name](*params["args"], **params.get("kwargs", {}))
    dtype = params.get("dtype", "float32")
    if isinstance(built, nn.Module) and dtype in DTYPES:
        built = built.to(DTYPES[dtype])
    return built


def conv_classes(namespace: Mapping[str, Any]) -> tuple[type, ...]:
    """Return MyConv2d and all that is derived from it; the class of what a function makes."""
    base = namespace.get(CONV_CLASS)
    if callable(base) and not isinstance(base, type):
        with contextlib.suppress(Exception):
            made = type(base(1, 1, 1))
            own = issubclass(made, nn.Module) and not made.__module__.startswith("torch.")
            base = made if own else None
    return (base, *_derived(base)) if isinstance(base, type) else ()


def _derived(cls: type) -> list[type]:
    found: list[type] = []
    children: list[type] = type.__subclasses__(cls)
    for child in children:
        found += [child, *_derived(child)]
    return found


def run(
    namespace: Mapping[str, Any], params: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Answer a `network` request.

    params: class, args, dtype, mode ("train" or "eval"), seed, again (whether to run a second
    pass), conv ("right" for a right MyConv2d in the place of the notebook's own). tensors: "input";
    optionally "cotangent", the gradient of a scalar by the output; "conv" and "norm", the pools of
    `loading.Slots.load`.

    A network that raises in float64 (`x.float()` in its forward, say) is run in float32, and one
    that raises there too as it was built (`.half()`). One that raises in each leaves what was seen
    in the first. The answer's "dtype" is the coarsest that it was computed in.
    """
    with layer_for(namespace, params):
        return _run(namespace, params, tensors)


@contextlib.contextmanager
def layer_for(namespace: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[None]:
    """Put a right MyConv2d in the place of the notebook's own if `params` ask for it."""
    if params.get("conv") != "right":
        yield
        return
    own = namespace.get(CONV_CLASS)
    if not (isinstance(own, type) and issubclass(own, nn.Module)):
        raise NotBuilt(f"the notebook defines no module {CONV_CLASS}")
    with put_in_place_of(own):
        yield


def _run(
    namespace: Mapping[str, Any], params: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    values: dict[str, Any] = {"dtype": params["dtype"]}
    try:
        return values, _arrays(namespace, params, tensors, values)
    except NotBuilt:
        raise
    except Exception as error:
        for coarser in ("float32", "as_built") if params["dtype"] == "float64" else ():
            with contextlib.suppress(Exception):
                return _run_in(coarser, namespace, params, tensors)
        raise PartAnswer(values) from error


def _run_in(
    dtype: str,
    namespace: Mapping[str, Any],
    params: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    values: dict[str, Any] = {"dtype": "float32"}
    single = {name: tensor.float() for name, tensor in tensors.items()}
    return values, _arrays(namespace, {**params, "dtype": dtype}, single, values)


def _arrays(
    namespace: Mapping[str, Any],
    params: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    values: dict[str, Any],
) -> dict[str, Tensor]:
    """Return the arrays of the answer, and write down in `values` what is known on the way."""
    torch.set_default_dtype(
        DTYPES.get(params["dtype"], torch.float32)
    )  # of layers that `Module.to` does not reach
    module = build(namespace, params)
    values |= describe(module)
    if isinstance(module, nn.Module):
        module.train(params["mode"] == "train")
    x = tensors["input"]
    tracer = Tracer(x.clone(), conv_classes(namespace))
    values["trace"] = tracer.entries
    output = scores_of(trace(module, tracer), params)
    slots = Slots(tracer, module)
    values |= describe(module) | {
        "slots": slots.describe(),
        "output_node": tracer.number(output),
    }
    pools = {k: tensors[k] for k in ("conv", "norm") if k in tensors}
    slots.load(pools)
    call = module
    if len(pools) == 2 and not slots.all_listed:  # made anew in forward, perhaps
        call = functools.partial(_with_weights, module, tracer.conv_classes, pools)
    torch.manual_seed(params.get("seed", 0))
    arrays = _forward_backward(call, x, params, tensors.get("cotangent"), slots, values)
    if params.get("again"):
        output = scores_of(trace(module, second := Tracer(x.clone(), tracer.conv_classes)), params)
        arrays["again"] = output
        values["unstable"] = _unstable(slots, Slots(second, module))
    made = [values["dtype"], *(_precision(t) for t in (arrays["output"], *slots.tensors.values()))]
    values["dtype"] = min(made, key=PRECISIONS.index)
    return {n: a.double() if a.is_floating_point() else a for n, a in arrays.items()}


def _precision(tensor: Tensor) -> str:
    """Return the dtype of a tensor that has a precision, "float64" of one of whole numbers."""
    name = str(tensor.dtype).removeprefix("torch.")
    return name if name in PRECISIONS else "float64"


def _with_weights(
    module: Any, conv_classes: tuple[type, ...], pools: Mapping[str, Tensor], x: Tensor
) -> Any:
    return run_loaded(module, Loader(x, conv_classes, pools))


def describe(module: Any) -> dict[str, Any]:
    """Return what can be said of a network without running it."""
    if not isinstance(module, nn.Module):
        return {"is_module": False, "type": type(module).__name__, "parameters": []}
    made = [(unwrapped(name), p) for name, p in module.named_parameters() if not is_lazy(p)]
    return {
        "is_module": True,
        "type": type(module).__name__,
        "parameters": [[name, list(p.shape)] for name, p in made],
    }


def scores_of(output: Any, params: Mapping[str, Any]) -> Tensor:
    """Return the output, or the tensor in it with a channel for each colour, or the first one.

    Raises TypeError if there is none; NothingReturned, which is one, for None.
    """
    found = list(tensors_in(list(output.values()) if isinstance(output, Mapping) else output))
    if output is None:
        raise NothingReturned(f"{params.get('class', 'the network')}'s forward returns nothing")
    if not found:
        raise TypeError(f"forward returned a {type(output).__name__}, not a tensor")
    colours = params["args"][COLOURS] if len(params["args"]) > COLOURS else None
    scores = (t for t in found if t.dim() == 4 and t.shape[1] == colours)
    return next(scores, found[0])


def _forward_backward(
    call: Callable[[Tensor], Any],
    x: Tensor,
    params: Mapping[str, Any],
    cotangent: Tensor | None,
    slots: Slots,
    values: dict[str, Any],
) -> dict[str, Tensor]:
    x = x.clone()
    before = x.clone()
    returned = call(x)
    values["input_changed"] = not torch.equal(x, before)
    output = scores_of(returned, params)
    if output is not returned:
        values["output_type"] = type(returned).__name__
    arrays = {"output": output.detach().clone()}
    if cotangent is None or output.shape != cotangent.shape:
        return arrays
    (output * cotangent).sum().backward()  # raises if the output depends on no parameter
    arrays |= {f"grad.{slot}": grad for slot, grad in slots.gradients().items()}
    return arrays


def _unstable(slots: Slots, fresh: Slots) -> list[str]:
    """Return the slots whose tensors were made anew for a second pass."""
    return [
        slot
        for slot, tensor in fresh.tensors.items()
        if slot in slots.tensors and tensor.data_ptr() != slots.tensors[slot].data_ptr()
    ]
