"""What tells a notebook that it runs in Colab: the shell's name, variables, magics, a drive."""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Callable
from typing import Any

from .notes import note
from .patches import replace

VARIABLES = {
    "COLAB_GPU": "0",
    "COLAB_RELEASE_TAG": "release-colab",
    "COLAB_BACKEND_VERSION": "next",
}
SHOWN = ("inline", "agg", "-l", "--list")  # other backends need a browser or a window
FETCHES = ("git clone", "git pull", "svn ", "gdown ", "kaggle ")


def install(shell: Any) -> None:
    """Let IPython's `shell` look like Colab's, as far as notebooks look."""
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
    replace(type(shell), "__repr__", _repr)
    if not hasattr(shell, "magic"):
        type(shell).magic = _magic
    shell.register_magic_function(_shell, "cell", "shell")
    plotting = shell.find_line_magic("matplotlib")
    shell.register_magic_function(_inline(plotting), "line", "matplotlib")
    shell.system = _saying(shell.system)


def _repr(original: Callable[..., str]) -> Callable[..., str]:
    @functools.wraps(original)
    def __repr__(self: Any) -> str:  # noqa: N807
        return f"<google.colab._shell.Shell object at {id(self):#x}>"

    return __repr__


def _magic(shell: Any, line: str) -> Any:
    """Run a line magic as IPython's `magic` did."""
    name, _, rest = line.lstrip("%").partition(" ")
    return shell.run_line_magic(name, rest.strip())


def _shell(_line: str, cell: str) -> None:
    """Run a cell in a shell; IPython's own magic for it leaves a thread behind."""
    done = subprocess.run(["bash", "-c", cell], capture_output=True, text=True, check=False)  # noqa: S603, S607
    print(done.stdout + done.stderr, end="")


def _inline(original: Callable[[str], Any]) -> Callable[[str], Any]:
    def magic(line: str) -> Any:
        return original(line if line.strip() in SHOWN else "inline")

    return magic


def _saying(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def system(command: str) -> Any:
        if command.strip().startswith(FETCHES):
            note("network", f"`{command.strip()[:80]}`: the network is not there, nothing comes")
        return original(command)

    return system
