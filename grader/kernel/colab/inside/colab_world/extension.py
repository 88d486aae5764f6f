"""Everything that is put in place: around the libraries first, then around the shell."""

from __future__ import annotations

from typing import Any

from . import (
    batches,
    beside,
    checkpoints,
    counter,
    determinism,
    device,
    eager,
    figures,
    folders,
    history,
    hub,
    leftovers,
    legacy,
    loaders,
    magics,
    maxima,
    network,
    optimizers,
    patches,
    plots,
    renamed,
    sleeping,
    statements,
    staying,
    surface,
    transforms,
)
from .config import Config


def prepare_libraries(config: Config) -> None:
    """Adapt the libraries and enter the notebook's folder; before the kernel is made."""
    on_cpu = config.device == "cpu"
    determinism.install(config.threads)
    eager.install()
    if on_cpu:
        device.install()
    loaders.install(workers=not on_cpu, short_batches=not config.full)
    if config.max_batches is not None:
        batches.install(config.max_batches)
    checkpoints.install(to_cpu=on_cpu)
    hub.install(config)
    network.install(config.data)
    optimizers.install()
    legacy.install()
    maxima.install()
    renamed.install()
    plots.install()
    beside.install(config.content)
    patches.survive_reload()
    folders.install(config)


def prepare_shell(shell: Any, config: Config) -> None:
    """Adapt IPython's `shell`; the last thing before the first cell."""
    counter.install(shell)
    magics.install(shell)
    transforms.install(shell, config)
    statements.install(shell)
    staying.install(shell)
    sleeping.install(shell)
    leftovers.install(shell)
    surface.install(shell)
    history.install(shell, config.classes)
    figures.install(shell, full=config.full)
    determinism.seed()
