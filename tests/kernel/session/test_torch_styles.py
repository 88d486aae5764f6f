"""Networks in torch's other wordings, run in a real kernel: compiled, scripted, wrapped, traced."""

from __future__ import annotations

from dataclasses import replace

import pytest

from examples.notebook_builder import RIGHT
from grader.judging import catalog
from grader.judging.on_demand import OnDemand
from grader.kernel.session.deadlines import Deadlines
from grader.model import Evidence, ExecutedNotebook, Request, Status
from grader.proving import solutions
from tests.kernel.session.kernels import running

HEAD = "import math\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
BASE = RIGHT["UNet"].replace("class UNet", "class Right").replace("UNet", "Right")
# Each defines NAME, a right UNet, out of Right.
STYLES = {
    "compiled": "def NAME(*args):\n    return torch.compile(Right(*args), mode='max-autotune')",
    "compiled_in_place": "class NAME(Right):\n"
    "    def __init__(self, *args):\n        super().__init__(*args)\n        self.compile()",
    "compiled_forward": "class NAME(Right):\n"
    "    @torch.compile(dynamic=True)\n    def forward(self, x):\n"
    "        return super().forward(x)",
    "scripted": "def NAME(*args):\n    return torch.jit.script(Right(*args))",
    "traced": "def NAME(*args):\n"
    "    return torch.jit.trace(Right(*args), torch.zeros(1, args[3], 32, 32))",
    "script_module": "class NAME(Right, torch.jit.ScriptModule):\n    __constants__ = ['kernel']\n"
    "    @torch.jit.script_method\n    def forward(self, x):\n        return super().forward(x)",
    "script_module_alone": "Bases = (torch.jit.ScriptModule,)\n"
    + BASE.replace("Right", "NAME").replace("(nn.Module)", "(torch.jit.ScriptModule)"),
    "data_parallel": "def NAME(*args):\n    return nn.DataParallel(Right(*args)).cuda()",
    "compiled_and_parallel": "def NAME(*args):\n"
    "    return torch.compile(nn.DataParallel(torch.compile(Right(*args))))",
    "channels_last": "def NAME(*args):\n"
    "    return Right(*args).to('cuda', memory_format=torch.channels_last)",
    "autocast_on_the_gpu": "class NAME(Right):\n    @torch.cuda.amp.autocast()\n"
    "    def forward(self, x):\n        return super().forward(x)",
    "averaged": "def NAME(*args):\n    return torch.optim.swa_utils.AveragedModel(Right(*args))",
}


def named(style: str) -> str:
    return f"Net_{style}"


@pytest.fixture(scope="module")
def kernel():
    cells = [source.replace("NAME", named(style)) for style, source in STYLES.items()]
    time = Deadlines(cell=30, submission=300, request=60, grace=2, restarts=0)
    with running(HEAD + RIGHT["MyConv2d"], BASE, *cells, deadlines=time) as runner:
        yield runner


@pytest.mark.parametrize("style", STYLES)
def test_it_is_followed_and_right(kernel, style):
    def ask(request: Request):
        return kernel.ask(replace(request, params={**request.params, "class": named(style)}))

    known = {i: solutions.reference().peek(i) for i in solutions.requests() if i[:5] != "unet."}
    found = OnDemand(ask, known, solutions.requests())
    evidence = Evidence(solutions.ALONE, ExecutedNotebook("none"), found)
    wanted = [name for name in catalog.catalogue() if name.startswith(("unet.", "training.unet"))]
    results = catalog.judge(evidence, solutions.reference(), wanted)
    told = {r.id: [(f.expected, f.actual) for f in r.findings] for r in results if r.findings}
    assert {r.id for r in results if r.status is not Status.PASSED} == set(), told
    names = {about["name"] for about in found["unet.train"].values["slots"].values()}
    assert not any(name.startswith(("module.", "_orig_mod.")) for name in names)
