"""Every right variant runs in the notebook's world as it does outside: no cell fails there.

Each file of `tests/right_variants/` that defines networks is a cell; what it takes from the grader
is replaced by what a notebook has in its place.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import reference
from grader.kernel import causes
from grader.kernel.session.deadlines import Deadlines
from grader.proving import cases
from tests.kernel.session.kernels import running

TESTS = Path(__file__).parents[2]
FILES = sorted(
    path
    for path in (TESTS / "right_variants").glob("*.py")
    if path.name.startswith(("network_", "conv2d", "finetune"))
)
HEAD = "import math\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
FLOWERS = """\
%mkdir -p /content/csc413/a2/
%cd /content/csc413/a2
!wget http://www.robots.ox.ac.uk/~vgg/data/flowers/17/17flowers.tgz
!wget http://www.robots.ox.ac.uk/~vgg/data/flowers/17/trimaps.tgz
!tar zxvf 17flowers.tgz
!tar zxvf trimaps.tgz"""
STUBS = """\
import sys
import types
from pathlib import Path


def module(name, text="", **names):
    made = sys.modules[name] = globals()[name] = types.ModuleType(name)
    made.__dict__.update(names)
    exec(compile(text, name, "exec"), made.__dict__)
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], own, made)


def build_deeplab(weights):
    return torch.hub.load("pytorch/vision", "deeplabv3_resnet101", pretrained=True)


for name in ("", ".assignment", ".assignment.world", ".model", ".proving"):
    module(f"grader{name}")
module("reference")
for name in ("conv2d", "blocks", "cnn", "unet"):
    module(f"reference.{name}", SOURCES[f"reference.{name}"])
for value in (reference.conv2d.MyConv2d, reference.cnn.CNN, reference.unet.UNet):
    setattr(reference, value.__name__, value)
module("grader.model.assignment", chosen=None)
module("grader.assignment.world.deeplab", build_deeplab=build_deeplab, WEIGHTS=None)
module("grader.proving.solutions", world=lambda: Path("/content/csc413/a2"))
for name in ("grader.proving.cases", "network_parts", "finetune_parts"):
    module(name, SOURCES[name])
TRIED = set()
"""
TRY = """\
for value in list(globals().values()):
    if isinstance(value, types.ModuleType):
        continue
    for case in getattr(value, "__dict__", {}).get("cases", ()):
        if case.name in TRIED:
            continue
        TRIED.add(case.name)
        print("case", case.name)
        torch.set_default_dtype(torch.float32)  # some cases change it
        if case.part == "conv2d":
            case.make(2, 3, 3)(torch.zeros(1, 2, 5, 4)).sum().backward()
        elif case.part in ("cnn", "unet"):
            net = case.make(3, 8, 6, 1)
            dtype = next((p.dtype for p in net.parameters()), torch.float32)
            net(torch.zeros(2, 1, 16, 12, dtype=dtype)).float().sum().backward()
        else:
            case.make()
"""


def sources():
    paths = {
        **{f"reference.{path.stem}": path for path in Path(reference.__file__).parent.glob("*.py")},
        "grader.proving.cases": Path(cases.__file__),
        "network_parts": TESTS / "network_parts.py",
        "finetune_parts": TESTS / "finetune_parts.py",
    }
    return {name: path.read_text("utf-8") for name, path in paths.items()}


@pytest.fixture(scope="module")
def kernel():
    cells = [FLOWERS, f"{HEAD}SOURCES = {sources()!r}", STUBS]
    for path in FILES:
        cells += [path.read_text("utf-8").replace("from __future__", "# "), TRY]
    time = Deadlines(cell=60, submission=600, request=60, grace=2, restarts=0)
    with running(*cells, deadlines=time) as runner:
        yield runner


@pytest.mark.timeout(600)
def test_no_cell_fails(kernel):
    cells = kernel.executed().cells
    assert causes.world(cells) == ()
    failed = [run.index for run in cells if run.error or run.left_out]
    assert [(str(kernel.nb.cells[i].outputs[:1])[-90:], str(cells[i].error)) for i in failed] == []


@pytest.mark.timeout(600)
def test_every_case_was_tried(kernel):
    shown = ["".join(o.get("text", "") for o in cell.outputs) for cell in kernel.nb.cells[4::2]]
    tried = {name for text in shown for name in re.findall(r"^case (\S+)$", text, re.MULTILINE)}
    wanted = {
        case.name
        for case in cases.load(TESTS / "right_variants")
        if case.part in ("conv2d", "cnn", "unet", "finetune")
    }
    assert len(wanted) > 100
    assert tried == wanted
