"""Answers every request for a GPU with the CPU."""

# ruff: noqa: ARG001, ARG002, ARG005 - the signatures are those of what this stands in for

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch

from .patches import like, replace

FACTORIES = (
    "arange", "as_tensor", "asarray", "empty", "empty_like", "empty_strided", "eye", "full",
    "full_like", "linspace", "logspace", "ones", "ones_like", "rand", "rand_like", "randint",
    "randint_like", "randn", "randn_like", "randperm", "scalar_tensor", "tensor", "tril_indices",
    "triu_indices", "zeros", "zeros_like",
)  # fmt: skip
METHODS = ("new_empty", "new_full", "new_ones", "new_tensor", "new_zeros")
TENSOR_TYPES = (
    "BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "HalfTensor",
    "IntTensor", "LongTensor", "ShortTensor",
)  # fmt: skip
MEMORY = 16 << 30  # bytes that a GPU is said to have: shares of it are computed
# What the functions of torch.cuda answer on a machine whose only device is the CPU.
ANSWERS: dict[str, Any] = {
    "is_available": False, "is_initialized": False, "device_count": 0, "current_device": 0,
    "get_device_name": "CPU", "get_device_capability": (0, 0), "mem_get_info": (MEMORY, MEMORY),
    "init": None, "synchronize": None, "set_device": None, "empty_cache": None,
    "ipc_collect": None, "manual_seed": None, "manual_seed_all": None, "seed": None,
    "seed_all": None, "reset_peak_memory_stats": None, "reset_max_memory_allocated": None,
    "reset_max_memory_cached": None, "reset_accumulated_memory_stats": None,
    "set_per_process_memory_fraction": None, "memory_allocated": 0, "max_memory_allocated": 0,
    "memory_reserved": 0, "max_memory_reserved": 0, "memory_cached": 0, "max_memory_cached": 0,
    "utilization": 0, "memory_summary": "no GPU in use", "memory_snapshot": (),
}  # fmt: skip


def is_cuda(device: object) -> bool:
    """Tell whether `device`, as passed to `.to()` or `device=`, names a GPU.

    >>> [is_cuda(d) for d in ("cuda", "cuda:1", torch.device("cuda"), 0, "cpu", True, None)]
    [True, True, True, True, False, False, False]
    """
    if isinstance(device, str):
        return device.partition(":")[0] == "cuda"
    if isinstance(device, torch.device):
        return device.type == "cuda"
    return type(device) is int


def install() -> None:
    """Replace what would reach for a GPU by what stays on the CPU."""
    replace(torch.Tensor, "to", _to)
    replace(torch.Tensor, "type", _type)
    replace(torch.Tensor, "cuda", _returns_self(torch.Tensor))
    replace(torch.Tensor, "pin_memory", _returns_self(torch.Tensor))
    replace(torch.nn.Module, "cuda", _returns_self(torch.nn.Module))
    for name in METHODS:
        replace(torch.Tensor, name, _on_cpu(torch.Tensor))
    for name in FACTORIES:
        replace(torch, name, _on_cpu(torch))
    for name in ("set_default_device", "set_default_tensor_type"):
        replace(torch, name, _default)
    replace(torch, "Generator", _generator)
    _install_namespace()


def _install_namespace() -> None:
    for name, answer in ANSWERS.items():
        replace(torch.cuda, name, _answering(answer))
    for name in TENSOR_TYPES:
        replace(torch.cuda, name, functools.partial(_alias, name))
    replace(torch.cuda, "get_device_properties", lambda original: _properties)
    replace(torch.cuda, "memory_stats", lambda original: lambda *args, **kwargs: {})
    replace(torch.cuda, "Event", lambda original: Event)
    for name in ("device", "device_of", "stream"):
        replace(torch.cuda, name, lambda original: _anywhere)


def _alias(name: str, original: Any) -> Any:
    return getattr(torch, name)


def _to(original: Callable[..., Any]) -> Callable[..., Any]:
    @like(original, torch.Tensor)
    def to(self: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if args and is_cuda(args[0]):
            args = ("cpu", *args[1:])
        elif "device" in kwargs and is_cuda(kwargs["device"]):
            kwargs["device"] = "cpu"
        return original(self, *args, **kwargs)

    return to


def _type(original: Callable[..., Any]) -> Callable[..., Any]:
    @like(original, torch.Tensor)
    def type_(self: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], str):
            args = (args[0].replace("torch.cuda.", "torch."), *args[1:])
        return original(self, *args, **kwargs)

    return type_


def _returns_self(owner: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @like(original, owner)
        def here(self: Any, *args: Any, **kwargs: Any) -> Any:
            return self

        return here

    return make


def _on_cpu(owner: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @like(original, owner)
        def made(*args: Any, **kwargs: Any) -> Any:
            if "device" in kwargs and is_cuda(kwargs["device"]):
                kwargs["device"] = "cpu"
            return original(*args, **kwargs)

        return made

    return make


def _generator(original: Any) -> Any:
    class Meta(type(original)):  # type: ignore[misc]
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, original)

    class Generator(original, metaclass=Meta):  # type: ignore[misc]
        """A generator of random numbers, on the CPU whatever was asked for."""

        def __new__(cls, device: Any = "cpu") -> Any:
            return original("cpu" if is_cuda(device) else device)

    return Generator


def _default(original: Callable[..., Any]) -> Callable[..., Any]:
    @like(original, torch)
    def set_default(choice: Any) -> Any:
        if isinstance(choice, str):
            choice = choice.replace("torch.cuda.", "torch.")
        return original("cpu" if is_cuda(choice) else choice)

    return set_default


def _answering(answer: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        @like(original, torch.cuda)
        def says(*args: Any, **kwargs: Any) -> Any:
            return answer

        return says

    return make


class _Properties:
    name = "CPU"
    major = minor = multi_processor_count = 0
    total_memory = MEMORY


def _properties(device: Any = None) -> _Properties:
    return _Properties()


@contextlib.contextmanager
def _anywhere(device: Any = None) -> Iterator[None]:
    yield


class Event:
    """Measures time as `torch.cuda.Event` does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.at = 0.0

    def record(self, stream: Any = None) -> None:
        """Remember the present moment."""
        self.at = time.perf_counter()

    def elapsed_time(self, end: Event) -> float:
        """Return the milliseconds from this event to `end`."""
        return 1000 * (end.at - self.at)

    def synchronize(self) -> None:
        """Wait for the event, which has always happened already."""

    wait = synchronize

    def query(self) -> bool:
        """Tell that the event has happened."""
        return True
