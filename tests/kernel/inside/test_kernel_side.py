"""What goes to the kernel's side: all that it needs, nothing of the grader."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.kernel.colab.kernel_side import COMMANDS, prepare_kernel_side

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab

ALLOWED = {
    "IPython", "PIL", "agent", "colab_world", "deeplab", "ipykernel", "numpy", "pip",
    "safetensors", "scipy", "torch", "torchvision", "tqdm", "traitlets", "zmq",
}  # fmt: skip


def imported(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_only_these_entries(side: Path) -> None:
    assert sorted(entry.name for entry in side.iterdir()) == [
        "agent", "bin", "colab_world", "commands.py", "deeplab.py", "deeplab.safetensors",
        "fallbacks", "launch.py", "matplotlibrc", "stubs",
    ]  # fmt: skip
    assert list(side.rglob("__pycache__")) == []


def test_nothing_imports_the_grader(side: Path) -> None:
    for path in side.rglob("*.py"):
        names = imported(path.read_text(encoding="utf-8"))
        assert names <= ALLOWED | set(sys.stdlib_module_names), path


def test_a_full_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(FileExistsError, match="is not empty: give a new folder"):
        prepare_kernel_side(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="modes and sh are POSIX")
@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_prints_one_line_and_succeeds(
    side: Path, world: Path, tmp_path: Path, name: str
) -> None:
    done = subprocess.run(
        [str(side / "bin" / name), "http://example.org/a/17flowers.tgz"],
        env={"PATH": "/usr/bin:/bin", "COLAB_CONFIG": json.dumps({"data": str(world)}),
             "COLAB_PYTHON": sys.executable},
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith(f"{name}: ")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_the_notebook_s_files_do_not_hide_packages(colab: Colab) -> None:
    (colab.content / "shadow").mkdir()
    for name in ("scipy.py", "agent.py", "colorsys.py", "mine.py"):
        (colab.content / "shadow" / name).write_text("HERE = True")
    colab.run("%cd -q /content/shadow\nimport sys, importlib")
    for name in ("scipy", "agent", "colorsys"):
        assert colab.value(f"hasattr(importlib.import_module('{name}'), 'HERE')") is False
    assert colab.value("importlib.import_module('mine').HERE") is True
    assert colab.value("sys.path[0]") == str(colab.side)


def test_runs_start_from_the_same_seeds(colab: Colab) -> None:
    cell = colab.run("import torch\nprint(torch.initial_seed(), torch.get_num_interop_threads())")
    assert cell.text == "0 1\n"
    assert colab.value("torch.are_deterministic_algorithms_enabled()") is True


def test_dropped_names_are_there(colab: Colab) -> None:
    cell = colab.run(
        "import numpy as np\nfrom PIL import Image\n"
        "print(list(xrange(2)), unicode('x'), np.int(3), np.float is float, Image.ANTIALIAS)"
    )
    assert cell.text == "[0, 1] x 3 True 1\n", cell.error


def test_a_gpu_and_full_size_change_less(side: Path, world: Path, tmp_path: Path) -> None:
    config = {
        "colab": str(side), "content": str(tmp_path), "data": str(world), "io": str(tmp_path),
        "weights": None, "full": True, "max_epochs": 1, "threads": 1, "device": "cuda",
    }  # fmt: skip
    script = (
        "import torch; before = torch.Tensor.to, torch.zeros, torch.cuda.is_available\n"
        "from torch.utils.data import DataLoader\n"
        "from colab_world import extension; from colab_world.config import Config\n"
        "extension.prepare_libraries(Config.from_environment())\n"
        "print(before == (torch.Tensor.to, torch.zeros, torch.cuda.is_available))\n"
        "loader = DataLoader([1, 2], batch_size=9, num_workers=2, drop_last=True)\n"
        "print(loader.num_workers, loader.drop_last)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=side, capture_output=True, text=True, check=True,
        env={**os.environ, "COLAB_CONFIG": json.dumps(config), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.stdout == "True\n2 True\n"
