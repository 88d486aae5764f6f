"""A student's day from the zip alone: no network, no reference, nothing else of the project."""

import json
import re

import nbformat
import pytest

from grader.assignment import ASSIGNMENT
from grader.handin import template

# Runs notebook cells as a notebook would, and checks in between. What is heavy is left out: the
# data of Parts A and B, which no check looks at, and the notebook's own training.
DAY = """
import json, sys, torch
names = {}
def run(source):
    exec(compile(source, "<a2-cnn>", "exec"), names)
def checked(what):
    run(f"report = check({what})")
    report = names["report"]
    lines = {line.id: line.status.value for part in report.parts for line in part.lines}
    return {"lines": lines, "gaps": list(report.gaps), "text": repr(report),
            "html": report._repr_html_()}
class Flowers(torch.utils.data.Dataset):
    def __len__(self):
        return 8
    def __getitem__(self, index):
        return torch.rand(3, 32, 32), torch.randint(2, (32, 32))
def initialize_loader(train_batch_size=4, val_batch_size=4):
    loader = torch.utils.data.DataLoader(Flowers(), batch_size=4)
    return loader, loader
told = []
for what, cells in json.load(open(sys.argv[1])):
    for source in cells:
        try:
            run(source)
        except NotImplementedError:
            pass
        names["initialize_loader"] = initialize_loader
    told.append(checked(what))
print(json.dumps(told))
"""
MARKS = {  # of the cells that a day needs, in the notebook's order
    "set-up": "import torchvision",
    "check": "from grader import check",
    "A1-conv": "class MyConv2d",
    "A1": "class CNN",
    "settings": "class AttrDict",
    "B1": "class UNet",
    "loss": "def compute_loss(pred, gt)",
    "network": "def load_deeplab",
    "C1": "learned_parameters, lr=",
    "C2": "'finetune-segmentation'",
}
ALL = "'A', 'B', 'C'"


def cells(text):
    """Return the code cells that a day needs, by what they are for."""
    sources = [cell.source for cell in nbformat.reads(text, 4).cells if cell.cell_type == "code"]
    found = {k: next(s for s in sources if mark in s) for k, mark in MARKS.items()}
    found["C2"] = found["C2"].replace("\ntrain(args, model)", "\n")
    return found


@pytest.fixture(scope="session")
def empty(unpacked):
    return cells((unpacked / "a2" / ASSIGNMENT.notebook).read_text("utf-8"))


@pytest.fixture(scope="session")
def filled():
    return cells(template.master().read_text("utf-8"))


@pytest.fixture(scope="session")
def spend(student, tmp_path_factory):
    """Return a function that runs a day: pairs of what is checked, and the cells before it."""

    def day(steps):
        place = tmp_path_factory.mktemp("day")
        (place / "day.py").write_text(DAY, "utf-8")
        (place / "steps.json").write_text(json.dumps(steps), "utf-8")
        done = student.run(place / "day.py", place / "steps.json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return day


@pytest.fixture(scope="session")
def right_day(spend, empty, filled):
    """The template as it comes, then question after question."""
    steps = [(ALL, list(empty.values()))]
    steps += [(ALL, [filled[question]]) for question in ("A1", "B1", "C1")]
    return spend([*steps, (ALL, [filled["network"], filled["C2"]])])


FAMILIES = {
    "A1": ("cnn.", "training.cnn"),
    "B1": ("unet.", "training.unet"),
    "C1": ("finetune.selection",),
    "C2": ("finetune.",),
}
GAPS = {
    "A1": "CNN is not written yet",
    "B1": "UNet is not written yet",
    "C1": "the choice of the parameters that learn is not written yet",
    "C2": "freezing and the new last layer are not written yet",
}


def of(step, question):
    return {v for k, v in step["lines"].items() if k.startswith(FAMILIES[question])}


def test_the_untouched_template_has_each_gap_named(right_day):
    first = right_day[0]
    assert first["gaps"] == list(GAPS.values())
    assert "4 questions not written yet" in first["text"]
    for question in GAPS:
        assert "passed" not in of(first, question)
    for gap in GAPS.values():
        assert f"unwritten {gap}" in first["text"]
        assert gap in first["html"]


def test_what_the_handout_gives_is_green_from_the_start(right_day):
    conv = {v for k, v in right_day[0]["lines"].items() if k.startswith("conv2d.")}
    assert conv == {"passed"}


@pytest.mark.parametrize(("step", "question"), [(1, "A1"), (2, "B1"), (3, "C1"), (4, "C2")])
def test_each_question_turns_green_when_it_is_filled(right_day, step, question):
    assert of(right_day[step - 1], question) != {"passed"}
    assert GAPS[question] in right_day[step - 1]["gaps"]
    assert of(right_day[step], question) == {"passed"}
    assert GAPS[question] not in right_day[step]["gaps"]
    assert len(right_day[step]["gaps"]) == 4 - step


def test_at_the_end_everything_is_green_and_nothing_is_promised(right_day):
    text = right_day[-1]["text"]
    assert set(right_day[-1]["lines"].values()) == {"passed"}
    count = len(right_day[-1]["lines"])
    assert f"public checks: {count} of {count} green" in " ".join(text.split())
    assert "tests passed" not in text.lower()


@pytest.fixture(scope="session")
def wrong_day(spend, filled):
    """Three typical mistakes, one a question."""
    pooled_last = filled["A1"].replace("nn.MaxPool2d(2),", "").replace(
        "nn.BatchNorm2d(NF), nn.ReLU())", "nn.BatchNorm2d(NF), nn.ReLU(), nn.MaxPool2d(2))", 1
    )  # fmt: skip
    pooled_last = pooled_last.replace(
        "nn.BatchNorm2d(2 * NF), nn.ReLU())",
        "nn.BatchNorm2d(2 * NF), nn.ReLU(), nn.MaxPool2d(2))",
        1,
    )
    no_skip = filled["B1"].replace("torch.cat((out, x), dim=1)", "out")
    no_skip = no_skip.replace("nc + num_in_channels", "nc")
    frozen = filled["C2"].splitlines()
    new = next(i for i, line in enumerate(frozen) if "nn.Conv2d" in line)
    freeze = next(i for i, line in enumerate(frozen) if "requires_grad" in line)
    frozen = [*frozen[: freeze - 1], frozen[new], *frozen[freeze - 1 : new], *frozen[new + 1 :]]
    cells = {**filled, "A1": pooled_last, "B1": no_skip, "C2": "\n".join(frozen)}
    return spend([(ALL, list(cells.values()))])[0]


@pytest.mark.parametrize(
    ("check", "explained"),
    [
        (
            "cnn.blocks",
            ("block 1 and block 2 of CNN", "[pool_after_relu]", "in the diagram it comes right"),
        ),
        (
            "unet.skip_connections",
            ("block 5's output alone", "[skip_missing_input]", "a torch.cat"),
        ),
        (
            "finetune.frozen",
            ("requires_grad=True", "[head_frozen]", "nothing is left that could learn"),
        ),
    ],
)
def test_a_typical_mistake_is_explained(wrong_day, check, explained):
    assert wrong_day["lines"][check] == "failed"
    text = " ".join(wrong_day["text"].split())
    html = wrong_day["html"].replace("&#x27;", "'")
    for words in explained:
        assert words in text
        assert words in html


def test_what_is_right_beside_the_mistakes_is_green(wrong_day):
    for check in ("cnn.output_shape", "unet.blocks", "finetune.selection", "finetune.head"):
        assert wrong_day["lines"][check] == "passed", check


def test_no_line_is_wider_than_a_terminal(right_day, wrong_day):
    for step in (*right_day, wrong_day):
        assert max(map(len, step["text"].splitlines())) <= 80


TINY = """
import torch
from torch import nn
from torch.nn import functional as F
"""


def test_the_command_works_offline(student, filled, tmp_path):
    """One notebook in a kernel of its own: one network right, the other not there yet."""
    notebook = nbformat.v4.new_notebook()
    sources = [f"import math\n{TINY}", filled["A1-conv"], filled["A1"], "raise ValueError('x')"]
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path = tmp_path / "tiny.ipynb"
    nbformat.write(notebook, path)
    only = [word for name in ("cnn", "B1", "handin.cells_run") for word in ("--only", name)]
    done = student.run("-m", "grader", "check", str(path), *only)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^A1 CNN +(\d+) of \1 green$", done.stdout, re.MULTILINE)
    assert "the notebook defines no UNet" in done.stdout
    assert "got       ValueError: x" in done.stdout
    assert done.stdout.startswith("public checks of tiny.ipynb\n")
    assert "cut to 1 epoch of 2 batches" in done.stdout


def test_there_is_no_reference_on_the_students_machine(student):
    told = student.says(
        "import importlib.util as u, grader\n"
        "print(u.find_spec('reference'), u.find_spec('grader.judging.oracle'), grader.__version__)"
    )
    assert told == "None None 0.1.0\n"


def test_importing_the_package_is_light(student):
    told = student.says(
        "import sys, grader\nfrom grader import check\n"
        "print([m for m in ('torch', 'numpy', 'IPython', 'matplotlib') if m in sys.modules])"
    )
    assert told == "[]\n"


def test_the_students_command_line_has_no_grading_in_it(student):
    help_ = student.run("-m", "grader", "--help").stdout
    verbs = re.findall(r"^    (\w+)  ", help_, re.MULTILINE)
    assert set(verbs) == {"checks", "explain", "data", "check"}


IN_IPYTHON = """
import io, json, sys, contextlib
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="NoColor")
for source in json.load(open(sys.argv[1])):
    shell.run_cell(source, store_history=True)
before = {k for k in shell.user_ns if not k.startswith("_")}
numbers = shell.user_ns["torch"].get_rng_state()
shown, said = shell.display_formatter, io.StringIO()
with contextlib.redirect_stdout(io.StringIO()) as plain:
    result = shell.run_cell("check('cnn.blocks', MyConv2d)").result
kinds, _ = shown.format(result)
with contextlib.redirect_stdout(said):
    shell.run_cell("check('B9')")
print(json.dumps({
    "kinds": kinds, "said": said.getvalue(), "plain": plain.getvalue(),
    "new": sorted({k for k in shell.user_ns if not k.startswith("_")} - before),
    "same": bool((shell.user_ns["torch"].get_rng_state() == numbers).all()),
}))
"""


def test_in_ipython_the_result_is_rich_and_a_wrong_use_one_line(student, filled, tmp_path):
    loud = filled["A1"].replace("super().__init__()", "super().__init__(); print('built')")
    cells = [filled["set-up"], filled["check"], filled["A1-conv"], loud]
    (tmp_path / "cells.json").write_text(json.dumps(cells), "utf-8")
    (tmp_path / "shell.py").write_text(IN_IPYTHON, "utf-8")
    done = student.run(tmp_path / "shell.py", tmp_path / "cells.json", IPYTHONDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["kinds"]["text/html"].startswith("<div")
    assert told["kinds"]["text/plain"].startswith("public checks of cnn.blocks, MyConv2d\n")
    assert re.search(r"^public checks: (\d+) of \1 green", told["plain"], re.MULTILINE)
    assert "built" not in told["plain"]
    assert told["new"] == []
    assert told["same"] is True
    lines = [line for line in told["said"].splitlines() if line.strip()]
    assert len(lines) == 1
    assert lines[0].startswith("check: 'B9' names no check. Choose from A1-conv")
