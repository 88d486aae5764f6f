"""Leaves a live notebook as it was: whatever the student's code does while it is asked."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.parameter import is_lazy

from grader.kernel.agent.snapshot import Snapshot
from grader.student.history import in_ipython

Namespace = dict[str, Any]
Undo = Callable[[], None]
OUTPUTS = Path("outputs") / "check"  # where the handout's loops write, under the checks' own name


@contextlib.contextmanager
def undisturbed(namespace: Namespace) -> Iterator[None]:
    """Put everything back afterwards, and show nothing meanwhile, whatever happens inside.

    Networks in `namespace` keep their layers, numbers, gradients and modes; names, generators,
    torch's and matplotlib's settings, figures, the working folder and the environment stay.
    """
    with contextlib.ExitStack() as stack:
        for remember in REMEMBERED:
            stack.callback(remember(namespace))
        stack.enter_context(_nothing_shown())
        yield


def _names(namespace: Namespace) -> Undo:
    before = dict(namespace)

    def undo() -> None:
        for name in [name for name in namespace if name not in before]:
            del namespace[name]
        for name, value in before.items():
            if namespace.get(name, undo) is not value:
                namespace[name] = value

    return undo


def _networks(namespace: Namespace) -> Undo:
    found = {id(v): v for v in list(namespace.values()) if isinstance(v, nn.Module)}
    undos = [_network(network) for network in found.values() if not _is_unfinished(network)]

    def undo() -> None:
        for each in undos:
            each()

    return undo


def _is_unfinished(network: nn.Module) -> bool:
    """Return whether a network has lazy layers, which hold no numbers yet."""
    return any(is_lazy(tensor) for tensor in (*network.parameters(), *network.buffers()))


def _network(network: nn.Module) -> Undo:
    snapshot = Snapshot(network)
    gradients = [
        (p, p.grad, None if p.grad is None else p.grad.detach().clone())
        for p in network.parameters()
    ]

    def undo() -> None:
        snapshot.restore()
        for parameter, gradient, value in gradients:
            parameter.grad = gradient
            if gradient is not None and value is not None:
                with torch.no_grad():
                    gradient.copy_(value)

    return undo


def _generators(_: Namespace) -> Undo:
    python, numbers, torch_ = random.getstate(), np.random.get_state(), torch.get_rng_state()
    started = torch.cuda.is_available() and torch.cuda.is_initialized()
    cuda = torch.cuda.get_rng_state_all() if started else None

    def undo() -> None:
        random.setstate(python)
        np.random.set_state(numbers)
        torch.set_rng_state(torch_)
        if cuda is not None:
            torch.cuda.set_rng_state_all(cuda)

    return undo


def _torch_settings(_: Namespace) -> Undo:
    threads, dtype = torch.get_num_threads(), torch.get_default_dtype()
    gradients = torch.is_grad_enabled()
    deterministic = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    cudnn = torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark
    anomalies = torch.is_anomaly_enabled()

    def undo() -> None:
        torch.set_num_threads(threads)
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(gradients)
        torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = cudnn
        torch.autograd.set_detect_anomaly(anomalies)

    return undo


def _plots(_: Namespace) -> Undo:
    """Set the open figures aside, so that nothing can draw into them."""
    if "matplotlib" not in sys.modules:
        return lambda: None
    import matplotlib as mpl
    from matplotlib._pylab_helpers import Gcf

    settings, figures = mpl.rcParams.copy(), Gcf.figs.copy()
    Gcf.figs.clear()

    def undo() -> None:
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
        Gcf.figs.update(figures)
        with warnings.catch_warnings():  # of settings that are on their way out
            warnings.simplefilter("ignore")
            dict.update(mpl.rcParams, settings)

    return undo


def _process(_: Namespace) -> Undo:
    folder, environment, path = Path.cwd(), dict(os.environ), list(sys.path)

    def undo() -> None:
        os.chdir(folder)
        for name in set(os.environ) - set(environment):
            del os.environ[name]
        os.environ.update(environment)
        sys.path[:] = path

    return undo


def _files(_: Namespace) -> Undo:
    """Remove the folder that the handout's loop makes for a run of the checks."""
    place = Path.cwd() / OUTPUTS
    missing = [folder for folder in (place, place.parent) if not folder.exists()]

    def undo() -> None:
        if place in missing:
            shutil.rmtree(place, ignore_errors=True)
        if place.parent in missing:
            with contextlib.suppress(OSError):  # it holds something else by now
                place.parent.rmdir()

    return undo


REMEMBERED: tuple[Callable[[Namespace], Undo], ...] = (
    _files, _process, _plots, _torch_settings, _networks, _generators, _names,
)  # fmt: skip


@contextlib.contextmanager
def _nothing_shown() -> Iterator[None]:
    """Keep pictures and text of the student's loops out of the cell that asked for a check."""
    if not in_ipython():
        yield
        return
    from IPython.utils.capture import capture_output

    with capture_output():
        yield
