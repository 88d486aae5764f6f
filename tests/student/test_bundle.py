"""The students' zip: what is in it, what is not, and that it works by itself."""

import ast
import io
import json
import re
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from safetensors.numpy import load_file

from grader.assignment import ASSIGNMENT
from grader.cli import main as cli
from grader.handin import template
from grader.judging.draws import PUBLIC_SEED
from grader.student import shipping, wheel
from grader.student.bundle import GUIDE

ROOT = Path(__file__).parents[2]
# What the master gives to students anyway, and what has nothing to do with any question.
GIVEN = {"conv2d.py", "device.py", "modes.py", "history.py", "figures.py", "cifar10.py"}
ENOUGH = 25  # letters and digits: shorter lines, such as `model.train()`, stand everywhere


def texts(folder):
    """Yield every file of the zip and of the wheel, as the text that somebody could read."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".whl":
            text = path.read_bytes().decode("utf-8", "replace")
            if path.suffix == ".ipynb":
                text = "\n".join(cell.source for cell in nbformat.reads(text, 4).cells)
            yield path.relative_to(folder).as_posix(), text


def lines(folder):
    return {
        template.squeezed(line): name for name, text in texts(folder) for line in text.splitlines()
    }


def test_the_zip_holds_what_a_student_needs(unpacked):
    assert sorted(p.suffix or p.name for p in (unpacked / "a2").iterdir()) == [
        ".ipynb", ".md", ".txt", ".whl",
    ]  # fmt: skip


def test_what_the_notebook_imports_is_in_the_requirements(unpacked):
    """A student's laptop has what the zip's requirements.txt names, and nothing else."""
    cells = nbformat.read(unpacked / "a2" / ASSIGNMENT.notebook, 4).cells
    names = set()
    for cell in cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", cell.source))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    names.add(str(node.module).partition(".")[0])
    names -= {*sys.stdlib_module_names, "grader"}
    assert {"torch", "cv2"} <= names
    required = (unpacked / "a2" / "requirements.txt").read_text()
    named = {re.split("[^A-Za-z0-9._-]", line)[0] for line in required.splitlines()}
    installed = metadata.packages_distributions()
    assert {name: installed[name] for name in names if not named & {*installed[name]}} == {}


def test_no_line_of_a_solution_is_in_it(unpacked):
    solution = template.solution_lines(template.master())
    found = lines(unpacked)
    assert len(solution) > 30
    assert {line: found[line] for line in solution if line in found} == {}


def test_no_line_of_the_reference_is_in_it(unpacked):
    found = lines(unpacked)
    told = []
    for path in sorted((ROOT / "reference").glob("*.py")):
        for line in path.read_text("utf-8").splitlines():
            plain = template.squeezed(line)
            idle = plain.startswith(("import", "from")) or sum(map(str.isalnum, plain)) < ENOUGH
            if path.name not in GIVEN and not idle and plain in found:
                told.append((path.name, line.strip(), found[plain]))
    # A loop over parameters, and a loop's header, as any program of the field has them.
    assert {line for _, line, _ in told} <= {"from torch.overrides import TorchFunctionMode"}, told


def test_there_is_no_bytecode_and_nothing_that_builds_or_imitates_the_reference(unpacked):
    names = [
        path.relative_to(unpacked / "wheel").as_posix() for path in unpacked.rglob("wheel/**/*")
    ]
    assert not [n for n in names if n.endswith((".pyc", ".pyo", "__pycache__"))]
    assert not [n for n in names if n.startswith(("reference", "tests", "examples"))]
    for word in ("oracle", "solutions", "cases", "calibration", "controls", "pretrain", "template"):
        assert not [n for n in names if word in Path(n).stem], word


def test_no_module_in_it_defines_a_network_but_the_pretrained_one(unpacked):
    pattern = re.compile(r"^class (\w+)\(.*(?:Module|DeepLabV3)\)", re.MULTILINE)
    found = {
        name
        for path in unpacked.rglob("wheel/**/*.py")
        for name in pattern.findall(path.read_text("utf-8"))
    }
    assert found == {"Backbone", "StandInDeepLab", "Pyramid"}


def test_the_recorded_replies_are_numbers_without_names_or_operations(unpacked):
    folder = unpacked / "wheel" / "grader" / "judging" / "public_replies"
    heads = json.loads((folder / "replies.json").read_text("utf-8"))["replies"]
    assert {id_ for id_, head in heads.items() if head["values"]} == {"finetune.state"}
    assert not any(row[2] for row in heads["finetune.state"]["values"]["parameters"])
    text = json.dumps(heads)
    assert not [w for w in ("trace", "conv2d", "MaxPool", "block1", "NF", "weights") if w in text]
    kinds = {
        re.sub(r"\d+", "0", name.partition("/")[2])
        for name in load_file(folder / "replies.safetensors")
    }
    assert kinds == {
        "output", "grad.conv.0.weight", "grad.conv.0.bias", "grad.norm.0.weight",
        "grad.norm.0.bias", "flips.0.output", "flips.0.grad.conv.0.weight",
        "flips.0.grad.conv.0.bias", "flips.0.grad.norm.0.weight", "flips.0.grad.norm.0.bias",
    }  # fmt: skip


def test_no_file_spells_out_the_formulas_of_a3(unpacked):
    for name, text in texts(unpacked):
        numbers = set(re.findall(r"(?<![\w.])(?:1728|1280|9216|8064|2304)(?![\w.])", text))
        assert len(numbers) < 2 or name.endswith(".safetensors"), (name, numbers)


def test_no_seed_of_an_instructor_is_in_it(unpacked):
    seeds = set()
    for path in unpacked.rglob("wheel/grader/**/*.py"):
        seeds |= set(re.findall(r"SEED = (\d+)", path.read_text("utf-8")))
    assert str(PUBLIC_SEED) in seeds
    assert "20260101" not in seeds  # of the laws of the catalogue


POSIX_MODULES = {
    "fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix", "curses",
    "readline", "crypt", "spwd",
}  # fmt: skip
POSIX_NAMES = {  # of the modules os and signal
    "fork", "getuid", "geteuid", "setsid", "killpg", "getpgid", "uname", "mkfifo", "SIGKILL",
    "SIGALRM", "sched_getaffinity", "O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY",
}  # fmt: skip


def unguarded(tree):
    """Yield every node that is not in a block which expects an ImportError."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        heads = [item.context_expr for item in getattr(node, "items", [])]
        heads += [handler.type for handler in getattr(node, "handlers", []) if handler.type]
        if not any("ImportError" in ast.unparse(head) for head in heads):
            yield node
            waiting += ast.iter_child_nodes(node)


def imported(tree):
    for node in unguarded(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("path", [p for p in shipping.files() if p.suffix == ".py"], ids=str)
def test_nothing_in_it_needs_what_only_posix_systems_have(path):
    text = (shipping.PACKAGE / path).read_text("utf-8")
    assert not POSIX_MODULES & set(imported(ast.parse(text)))
    used = POSIX_NAMES & set(re.findall(r"\b(?:os|signal)\.(\w+)", text))
    assert not {name for name in used if f'"{name}"' not in text}  # hasattr, getattr: asked first


def test_the_guide_is_the_page_of_the_docs_and_one_page_long():
    assert GUIDE.read_bytes() == (ROOT / "docs" / "students.md").read_bytes()
    assert len(GUIDE.read_text("utf-8").splitlines()) <= 60


def test_equal_contents_make_equal_wheels():
    one = wheel.Distribution("a-b", "1+student", ">=3.10", ("torch>=2",), (), ())
    data = wheel.build(one, {"b/x.py": b"1\n", "a.py": b""})
    assert data == wheel.build(one, {"a.py": b"", "b/x.py": b"1\n"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        record = archive.read("a_b-1+student.dist-info/RECORD").decode().splitlines()
    assert {row.partition(",")[0] for row in record} == set(archive.namelist())
    assert one.file_name == "a_b-1+student-py3-none-any.whl"


def test_a_folder_in_place_of_the_zip_gets_one_line(tmp_path, capsys):
    assert cli.main(["bundle", "student", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"grader: --out {tmp_path}: a folder; give the zip's name\n"


def test_an_unknown_exercise_gets_one_line(tmp_path, capsys):
    code = cli.main(["bundle", "student", "--out", str(tmp_path / "a.zip"), "--exercise", "magic"])
    assert code == 2
    assert capsys.readouterr().err.startswith("grader: no exercise is called 'magic'")
