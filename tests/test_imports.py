"""Imports run one way, and nothing heavy or POSIX-only is imported where it must not be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Each module may import those on its own line and above, within grader.
LAYERS = (
    (
        "grader.budget",
        "grader.running.ahead",
        "grader.running.costs",
        "grader.running.forking",
        "grader.exits",
        "grader.interrupts",
        "grader.unseen",
        "grader.screen",
        "grader.usual",
        "grader.model",
        "grader.schema",
        "grader.on_demand",
        "grader.files",
        "grader.archives",
        "grader.exporters.csvfile",
        "grader.tables",
        "grader.mistakes",
        "grader.nearest",
        "grader.torch_errors",
        "grader.ticking",
        "grader.session.messages",
        "grader.session.flood",
        "grader.draws",
        "grader.compare",
        "grader.bands",
        "grader.curves",
    ),
    (
        "grader.causes",
        "grader.session.connection",
        "grader.session.deadlines",
        "grader.replies",
        "grader.saved",
        "grader.written",
        "grader.template",
    ),
    (
        "grader.agent",
        "grader.networks.graph",
        "grader.recorded",
        "grader.standin",
        "grader.requests",
        "grader.storage",
    ),
    ("grader.notebook_form",),
    ("grader.similar",),
    (
        "grader.intake",
        "grader.marks",
        "grader.marks_table",
        "grader.marks_writing",
        "grader.notebook_file",
        "grader.overrides",
        "grader.overrides_table",
    ),
    ("grader.networks.operations", "grader.networks.layers", "grader.networks.replay"),
    (
        "grader.networks.architecture",
        "grader.networks.twin",
        "grader.notebook_choice",
        "grader.beside",
        "grader.submissions",
        "grader.sandbox",
    ),
    (
        "grader.networks.alignment",
        "grader.networks.diagnosis",
        "grader.networks.joins",
        "grader.networks.flips",
        "grader.networks.norms",
    ),
    ("grader.unanswered",),
    ("grader.catalog", "grader.session"),
    (
        "grader.conv2d.calls",
        "grader.conv2d.families",
        "grader.conv2d.verdicts",
        "grader.conv2d.messages",
    ),
    ("grader.conv2d.strategies", "grader.conv2d.properties"),
    ("grader.checks",),
    ("grader.rubric_file", "grader.rubric", "grader.oracle", "grader.figures", "grader.verdict"),
    ("grader.audience", "grader.deciding", "grader.settings"),
    ("grader.reporting", "grader.running.warm"),
    (
        "grader.proving.solutions",
        "grader.proving.cases",
        "grader.run",
        "grader.exporters",
    ),
    (
        "grader.proving.controls",
        "grader.proving.histogram",
        "grader.proving.calibration",
        "grader.proving.record_curves",
    ),
    ("grader.proving.selftest", "grader.catalogue_text"),
    ("grader.proving.validate",),
    ("grader.running.pages",),
    (
        "grader.running.journal",
        "grader.running.rooms",
        "grader.running.job",
        "grader.running.preload",
        "grader.running.worker",
        "grader.running.supervisor",
    ),
    (
        "grader.running.keys",
        "grader.running.record",
        "grader.running.understood",
        "grader.running.results",
        "grader.running.batch",
        "grader.running.cluster",
    ),
    ("grader.appeal.case",),
    ("grader.appeal.code",),
    ("grader.appeal.text",),
    ("grader.running.display", "grader.running.classfiles", "grader.running.grading"),
    ("grader.selfcheck",),
    ("grader.comparing", "grader.exporting", "grader.pushing", "grader.packaging"),
    ("grader.verbs",),
    ("grader.cli",),
)
FORBIDDEN_IN_CHECKS = (
    "jupyter_client", "nbclient", "nbconvert", "nbformat", "pathlib", "os", "subprocess",
    "tempfile", "grader.session", "grader.sandbox", "grader.run", "grader.oracle", "reference",
)  # fmt: skip
# What holds others and imports none of them.
NO_LAYER = {"grader", "grader.__main__"} | {
    f"grader.{name}" for name in ("appeal", "conv2d", "networks", "proving", "running", "session")
}
AGENT_MAY = ("torch", "safetensors", "IPython", "colab_world")


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


def layer(module):
    if module in NO_LAYER:
        return None
    for number, names in enumerate(LAYERS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return number
    return None


def modules(folder):
    for path in sources(folder):
        if "kernel" not in path.parts:
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield path, name.removesuffix(".__init__")


@pytest.mark.parametrize(("path", "name"), list(modules("grader")), ids=str)
def test_imports_run_down_the_layers(path, name):
    own = layer(name)
    if own is None:
        assert name in NO_LAYER, f"{name} has no place in LAYERS"
        return
    for other in imported(path):
        above = layer(other)
        assert above is None or above <= own, f"{name} imports {other}"


@pytest.mark.parametrize("path", sources("reference"), ids=lambda p: p.name)
def test_the_reference_imports_nothing_of_the_grader(path):
    assert not [name for name in imported(path) if name.partition(".")[0] == "grader"]


@pytest.mark.parametrize("path", sources("grader/checks"), ids=lambda p: p.name)
def test_checks_touch_no_kernel_path_or_file(path):
    for name in imported(path):
        assert not any(name == f or name.startswith(f"{f}.") for f in FORBIDDEN_IN_CHECKS), name


@pytest.mark.parametrize("path", sources("grader/agent"), ids=lambda p: p.name)
def test_the_agent_needs_only_torch_and_safetensors(path):
    for name in imported(path):
        top = name.partition(".")[0]
        own = name.startswith("grader.agent")
        assert own or top in sys.stdlib_module_names or top in AGENT_MAY, name


@pytest.mark.parametrize(
    "module",
    [
        "grader.running.grading",
        "grader.running.classfiles",
        "grader.marks_writing",
        "grader.cli",
    ],
)
def test_the_run_needs_no_torch(module):
    """It takes seconds to import, and what has been graded is scored again without it."""
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
