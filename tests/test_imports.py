"""Imports run one way, and nothing heavy or POSIX-only is imported where it must not be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# The rooms of grader/. Each may import those before it.
ROOMS = (
    "model",
    "basics",
    "handin",
    "kernel",
    "judging",
    "scoring",
    "reports",
    "batch",
    "student",
    "platforms",
    "proving",
    "cli",
    "assignment",  # the engine has it by name alone
)
FORBIDDEN_IN_CHECKS = (
    "jupyter_client", "nbclient", "nbconvert", "nbformat", "pathlib", "os", "subprocess",
    "tempfile", "grader.kernel.session", "grader.kernel.sandbox",
    "grader.batch.run", "grader.judging.oracle", "reference",
)  # fmt: skip
AGENT_MAY = ("numpy", "torch", "safetensors", "IPython", "colab_world")


def sources(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path):
    """Yield every module that a file imports, by absolute name."""
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package if node.level == 1 else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield module
            if module.partition(".")[0] == "grader":
                yield from (f"{module}.{alias.name}" for alias in node.names)


def room(module):
    return module.split(".")[1] if "." in module else ""


def modules():
    for path in sources("grader"):
        if "inside" not in path.parts:
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield path, name.removesuffix(".__init__")


def test_every_folder_is_a_room():
    assert {path.name for path in (ROOT / "grader").glob("[a-z]*") if path.is_dir()} == set(ROOMS)
    flat = {path.name for path in (ROOT / "grader").glob("*.py")}
    assert flat == {"__init__.py", "__main__.py"}


@pytest.mark.parametrize(("path", "name"), [m for m in modules() if room(m[1]) in ROOMS], ids=str)
def test_imports_run_one_way(path, name):
    own = ROOMS.index(room(name))
    for other in imported(path):
        if other.startswith("grader.") and room(other) in ROOMS:
            assert ROOMS.index(room(other)) <= own, f"{name} imports {other}"


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_says_what_it_is(name):
    text = ast.get_docstring(ast.parse((ROOT / "grader" / name / "__init__.py").read_text("utf-8")))
    assert len(text.splitlines()) > 2, "what enters, what leaves and what it may not do"


@pytest.mark.parametrize("path", sources("reference"), ids=lambda p: p.name)
def test_the_reference_imports_nothing_of_the_grader(path):
    assert not [name for name in imported(path) if name.partition(".")[0] == "grader"]


@pytest.mark.parametrize("path", sources("grader/assignment/checks"), ids=lambda p: p.name)
def test_checks_touch_no_kernel_path_or_file(path):
    for name in imported(path):
        assert not any(name == f or name.startswith(f"{f}.") for f in FORBIDDEN_IN_CHECKS), name


AGENT = [*sources("grader/kernel/agent"), *sources("grader/assignment/agent")]


@pytest.mark.parametrize("path", AGENT, ids=lambda p: f"{p.parts[-3]}-{p.name}")
def test_the_agent_needs_only_torch_and_safetensors(path):
    for name in imported(path):
        top = name.partition(".")[0]
        own = name.startswith(("grader.kernel.agent", "grader.assignment.agent"))
        assert own or top in sys.stdlib_module_names or top in AGENT_MAY, name


@pytest.mark.parametrize(
    "module",
    [
        "grader.batch.grading",
        "grader.batch.classfiles",
        "grader.scoring.marks_writing",
        "grader.cli.main",
    ],
)
def test_the_run_needs_no_torch(module):
    """It takes seconds to import, and what has been graded is scored again without it."""
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
