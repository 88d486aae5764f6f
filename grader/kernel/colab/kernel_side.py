"""Prepares the folder that a kernel sees as its Colab: launcher, shims, stand-ins, commands."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from grader.model.assignment import chosen

PARTS = ("launch.py", "commands.py", "matplotlibrc", "colab_world", "stubs", "fallbacks")
# What every kernel has imported when its first cell runs, or soon after: `launch.py` and the
# notebook's first lines. matplotlib_inline is left to IPython, which it looks for when imported.
PACKAGES = (
    "numpy", "torch", "torchvision", "torch.utils.data", "matplotlib.pyplot", "PIL.Image",
    "safetensors.torch", "ipykernel.kernelapp", "ipykernel.ipkernel", "IPython",
)  # fmt: skip
COMMANDS = (
    "apt", "apt-get", "curl", "gdown", "git", "kaggle", "nvidia-smi", "pip", "pip3", "unzip",
    "wget",
)  # fmt: skip
BESIDE = "beside"  # what was handed in beside the notebook
_HERE = Path(__file__).resolve().parent
MATPLOTLIBRC = _HERE / "inside" / "matplotlibrc"
_AGENT = _HERE.parent / "agent"
_SHELL = '#!/bin/sh\nexec "${{COLAB_PYTHON:-python3}}" -I -S "${{0%/*}}/../commands.py" {} "$@"\n'
_BATCH = '@"%COLAB_PYTHON%" -I -S "%~dp0..\\commands.py" {} %*\r\n'


def prepare_kernel_side(target: Path, beside: Mapping[str, str] | None = None) -> Path:
    """Fill `target`, which is made if need be, with all that a kernel needs and nothing else.

    Args:
        target: an empty folder, or none yet.
        beside: text files that are to lie in the notebook's folder, by relative path.

    Returns:
        `target`.

    Raises:
        FileNotFoundError: a part of the installation is missing.
        FileExistsError: `target` holds something already.
    """
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty: give a new folder for the kernel's side")
    for name in PARTS:
        _copy(_HERE / "inside" / name, target / name)
    for path in chosen().kernel_files:
        _copy(path, target / path.name)
    # The assignment's part of the agent lies flat beside the engine's, which has the last word.
    for folder in (chosen().agent, _AGENT):
        _copy(folder, target / _AGENT.name)
    _write_commands(target / "bin")
    for name, text in (beside or {}).items():
        place = target / BESIDE / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")
    _open_to_all(target)
    return target


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)


def _write_commands(folder: Path) -> None:
    folder.mkdir()
    for name in COMMANDS:
        script = folder / name
        script.write_text(_SHELL.format(name), encoding="utf-8", newline="\n")
        # Windows takes the .bat; elsewhere nobody looks at it.
        (folder / f"{name}.bat").write_text(_BATCH.format(name), encoding="utf-8", newline="")


def _open_to_all(target: Path) -> None:
    # The kernel may run as another user, whatever mask this process has.
    target.chmod(0o755)
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
