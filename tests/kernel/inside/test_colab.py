"""A drive, a GPU and windows that a notebook takes for granted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab


def test_a_drive_lies_below_the_content_folder(colab: Colab) -> None:
    cell = colab.run(
        "from google.colab import drive\ndrive.mount('/gdrive')\nimport os\n"
        "os.chdir('/gdrive/My Drive')\nopen('/gdrive/My Drive/a.txt', 'w').close()\n"
        "print(os.listdir('.').count('a.txt'))\n"
        "%cd -q /gdrive/MyDrive/csc413\nos.chdir('/content')"
    )
    assert cell.status == "ok", cell.error
    assert cell.text.endswith("1\n")
    assert (colab.content / "gdrive" / "My Drive" / "csc413").is_dir()


def test_a_drive_may_be_mounted_anywhere(colab: Colab) -> None:
    cell = colab.run("drive.mount(mountpoint='/my/disk/')\nos.chdir('/my/disk/My Drive')")
    assert cell.status == "ok", cell.error
    colab.run("os.makedirs('/my/disk/a', exist_ok=True)\nname = 'x/my/disk/a'\n%cd -q /content")
    assert (colab.content / "my" / "disk" / "a").is_dir()
    assert colab.value("name") == "x/my/disk/a"
    assert not os.path.lexists("/my/disk")


@pytest.mark.parametrize(
    "demand",
    [
        "assert torch.cuda.is_available(), 'no GPU'",
        "assert torch.cuda.device_count() > 0",
        "if not torch.cuda.is_available():\n    raise SystemError('no GPU')",
        "if not torch.cuda.is_available():\n    print('no GPU')\n    import sys\n    sys.exit(1)",
        "if torch.cuda.is_available():\n    on = 'gpu'\nelse:\n    raise RuntimeError('no GPU')",
    ],
)
def test_a_demand_for_a_gpu_is_not_made(colab: Colab, demand: str) -> None:
    body = "".join(f"    {line}\n" for line in demand.splitlines())
    cell = colab.run(f"import torch\ndef fit():\n{body}    return 'fitted'\nprint(fit())")
    assert cell.text == "fitted\n", cell.error


def test_questions_about_a_gpu_are_answered(colab: Colab) -> None:
    cell = colab.run(
        "import torch\ndevice = 'cuda' if torch.cuda.is_available() else 'cpu'\n"
        "if torch.cuda.is_available():\n    raise ValueError('a GPU')\nelse:\n    print(device)\n"
        "assert device == 'cpu'"
    )
    assert cell.text == "cpu\n", cell.error


def test_windows_limits_and_extensions_that_are_not_here(colab: Colab) -> None:
    cell = colab.run(
        "import cv2, resource, matplotlib\nimport numpy as np\n"
        "cv2.namedWindow('a'); cv2.imshow('a', np.zeros((2, 2))); cv2.waitKey(0)\n"
        "cv2.destroyAllWindows(); cv2.setNumThreads(8)\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 4096, hard + 4096))\n"
        "matplotlib.use('TkAgg')\n%matplotlib qt\n%load_ext tensorboard\n%tensorboard --logdir x\n"
        "print('threads', cv2.getNumThreads())"
    )
    assert cell.text.endswith("threads 1\n"), cell.error
    assert colab.applied("load_ext") == [
        "tensorboard is not installed here; its magics are not there"
    ]
    assert colab.run("%load_ext math").status == "ok"
