"""A tiny world, and a real kernel in it for each file of this folder."""

from __future__ import annotations

import json
import os
import pickle
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from PIL import Image
from scipy.io import savemat

import grader.kernel.colab
from grader.kernel.colab.kernel_side import prepare_kernel_side

# In a kernel these modules lie beside the launcher; unit tests import them from the source tree.
sys.path.insert(0, str(Path(grader.kernel.colab.__file__).parent / "inside"))

FLOWERS = 6
BATCH_ROWS = 4


@dataclass
class Cell:
    """What came of running one cell."""

    status: str
    text: str = ""
    error: str = ""
    pictures: int = 0


@dataclass
class Colab:
    """A running kernel and the folders it sees."""

    client: BlockingKernelClient
    content: Path
    data: Path
    side: Path
    cells: list[Cell] = field(default_factory=list)

    def run(self, source: str) -> Cell:
        """Run one cell, whatever comes of it."""
        cell = Cell("unknown")

        def collect(message: dict[str, Any]) -> None:
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                cell.text += content["text"]
            elif kind in ("execute_result", "display_data"):
                cell.text += content["data"].get("text/plain", "")
                cell.pictures += "image/png" in content["data"]
            elif kind == "error":
                cell.error = f"{content['ename']}: {content['evalue']}"

        reply = self.client.execute_interactive(source, output_hook=collect, timeout=60)
        cell.status = reply["content"]["status"]
        self.cells.append(cell)
        return cell

    def value(self, expression: str) -> Any:
        """Return what a Python expression is worth in the kernel, through JSON."""
        cell = self.run(f"import json as _json; print(_json.dumps({expression}))")
        assert cell.status == "ok", cell.error
        return json.loads(cell.text)

    def applied(self, transform: str) -> list[str]:
        """Return the details noted for one transform."""
        notes = self.value("__import__('colab_world.transforms').transforms.applied")
        return [entry["detail"] for entry in notes if entry["transform"] == transform]


def make_world(folder: Path) -> Path:
    """Write a world in the original formats, of a few images."""
    rng = np.random.default_rng(0)
    batches = folder / "data" / "cifar-10-batches-py"
    batches.mkdir(parents=True)
    for number in range(1, 6):
        rows = rng.integers(0, 256, (BATCH_ROWS, 3072), dtype=np.uint8)
        content = pickle.dumps({"data": rows, "labels": [7] * BATCH_ROWS})
        (batches / f"data_batch_{number}").write_bytes(content)
    colours = folder / "data" / "colours"
    colours.mkdir()
    palette = np.empty(1, dtype=object)
    palette[0] = rng.integers(0, 256, (24, 3)).astype(np.uint8)
    np.save(colours / "colour_kmeans24_cat7.npy", palette, allow_pickle=True)
    for archive in (
        "data/colours.tar.gz", "data/cifar-10-python.tar.gz", "17flowers.tgz", "trimaps.tgz",
    ):  # fmt: skip
        tarfile.open(folder / archive, "w:gz").close()
    for name, ending in (("jpg", "jpg"), ("trimaps", "png")):
        (folder / name).mkdir()
        for number in range(1, FLOWERS + 1):
            pixels = rng.integers(0, 256, (24, 24, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"image_{number:04}.{ending}")
    savemat(folder / "datasplits.mat", {"trn1": np.arange(1, 5), "val1": np.arange(5, 7)})
    return folder


def environment(side: Path, config: dict[str, Any], home: Path) -> dict[str, str]:
    """Return the environment of a kernel, as the side that starts it sets it."""
    python = Path(sys.executable).parent
    return {
        **{name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
        "PATH": os.pathsep.join([str(side / "bin"), str(python), "/usr/bin", "/bin"]),
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "LANG": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "COLAB_CONFIG": json.dumps(config),
    }


@pytest.fixture(scope="session")
def side(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_kernel_side(tmp_path_factory.mktemp("side") / "colab")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_world(tmp_path_factory.mktemp("world") / "data")


@pytest.fixture(scope="module")  # what one file's cells leave behind must not reach another's
def colab(side: Path, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Colab]:
    """Return a kernel started as the grader starts it, but for the sandbox."""
    content, home, io = (tmp_path_factory.mktemp(name) for name in ("content", "home", "io"))
    config = {
        "colab": str(side), "content": str(content), "data": str(world), "io": str(io),
        "weights": None, "full": False, "max_epochs": 2, "threads": 1, "device": "cpu",
        "classes": ["MyConv2d", "CNN", "UNet"],
    }  # fmt: skip
    manager = KernelManager(connection_file=str(home / "kernel.json"))
    launch = [sys.executable, str(side / "launch.py"), "-f", "{connection_file}"]
    manager._kernel_spec = KernelSpec(argv=launch, language="python")
    manager.start_kernel(env=environment(side, config, home))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield Colab(client, content, world, side)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
