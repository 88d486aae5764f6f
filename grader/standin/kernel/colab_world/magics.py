"""Line magics that would install something, or that only Colab knows."""

from __future__ import annotations

from typing import Any

NAMES = ("pip", "conda", "mamba", "micromamba", "uv", "tensorflow_version")


def install(shell: Any) -> None:
    """Let each of `NAMES` print one line and do nothing."""
    for name in NAMES:
        shell.register_magic_function(_quiet(name), "line", name)


def _quiet(name: str) -> Any:
    def magic(line: str) -> None:
        print(f"{name}: nothing is changed here (asked for: {line})")

    return magic
