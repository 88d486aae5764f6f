"""Each change to a cell's source, without a kernel."""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from colab_world import notes
from colab_world.budget import HELPER as EPOCHS
from colab_world.budget import Budget
from colab_world.demands import Demands
from colab_world.grids import Grids
from colab_world.imports import Imports
from colab_world.ordering import HELPER as ORDER
from colab_world.ordering import Ordering, order
from colab_world.paths import Paths
from colab_world.python2 import Python2


@pytest.fixture(autouse=True)
def no_notes() -> Iterator[None]:
    before = list(notes.applied)
    notes.applied.clear()
    yield
    notes.applied[:] = before


def after(transform: ast.NodeTransformer, source: str) -> str:
    return ast.unparse(ast.fix_missing_locations(transform.visit(ast.parse(source))))


def run(transform: ast.NodeTransformer, source: str) -> dict[str, Any]:
    names: dict[str, Any] = {ORDER: order}
    if isinstance(transform, Budget):
        names[EPOCHS] = transform.helper
    tree = ast.fix_missing_locations(transform.visit(ast.parse(source)))
    exec(compile(tree, "<cell>", "exec"), names)  # noqa: S102 - the source is the test's own
    return names


CUT = {
    "d = {'epochs': 25, 'kernel': 25}": "d = {'epochs': 2, 'kernel': 25}",
    "args_dict.update({'num_epochs': 100})": "args_dict.update({'num_epochs': 2})",
    "d['epochs'] = 25": "d['epochs'] = 2",
    "args.epochs = 25": "args.epochs = 2",
    "epochs = n = 25": "epochs = n = 2",
    "EPOCHS: int = 25": "EPOCHS: int = 2",
    "epochs, rate = (25, 50)": "epochs, rate = (2, 50)",
    "train(net, epochs=25, size=30)": "train(net, epochs=2, size=30)",
    "AttrDict(n_epochs=5 * 5)": "AttrDict(n_epochs=2)",
    "def fit(net, size=9, epochs=25, *, num_epochs=30):\n    pass": (
        "def fit(net, size=9, epochs=2, *, num_epochs=2):\n    pass"
    ),
}


@pytest.mark.parametrize(("source", "cut"), CUT.items())
def test_epochs_are_cut(source: str, cut: str) -> None:
    assert after(Budget(2), source) == cut
    assert {entry["transform"] for entry in notes.applied} == {"budget"}


@pytest.mark.parametrize(
    "source",
    [
        "batch_size = 100",
        "d = {'batch_size': 25, 25: 'epochs', **{}}",
        "epochs = 1",
        "epochs = True",
        "epochs = None",
        "epochs = '25'",
        "epochs = len(losses)",
        "epochs = [25, 50]",
        "epoch = 25",
        "seed = epochs + 25",
        "epochs: int",
        "epochs == 25",
        "for i in range(25):\n    pass",
        "for batch in epochs_of(25):\n    pass",
        "print('epochs = 25')",
    ],
)
def test_nothing_else_is_touched(source: str) -> None:
    assert after(Budget(2), source) == source
    assert notes.applied == []


@pytest.mark.parametrize(
    ("loop", "seen"),
    [
        ("for epoch in range(25): seen.append(epoch)", [0, 1]),
        ("for epoch in range(1, 26): seen.append(epoch)", [1, 2]),
        ("for ep in range(25): seen.append(ep)", [0, 1]),
        ("n = 7\nfor epoch in range(3, n): seen.append(epoch)", [3, 4]),
        ("for epoch in tqdm(range(25)): seen.append(epoch)", [0, 1]),
        ("for epoch in trange(25): seen.append(epoch)", [0, 1]),
        ("args = {'epochs': 25}\nfor i in range(args['epochs']): seen.append(i)", [0, 1]),
        ("for epoch in range(1): seen.append(epoch)", [0]),
        ("for epoch in [5, 6, 7]: seen.append(epoch)", [5, 6, 7]),
    ],
)
def test_loops_over_epochs_are_cut(loop: str, seen: list[int]) -> None:
    start = "seen = []\ntqdm = lambda x: x\ntrange = range\n"
    assert run(Budget(2), start + loop)["seen"] == seen


def test_the_budget_notes_what_it_cut() -> None:
    run(Budget(1), "d = {'epochs': 25}\nfor epoch in range(9): pass")
    details = [entry["detail"] for entry in notes.applied]
    assert details == ["epochs 25 -> 1", "9 epochs -> 1"]


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("best = None\nresult = 0.5 > best", True),
        ("best = None\nresult = best > 0.5", False),
        ("best = None\nresult = best < 0.5", True),
        ("best = None\nresult = best <= None", True),
        ("a, best = 1, None\nresult = 0.5 >= best", True),
        ("best: object = None\nresult = -1 > best", True),
        ("class A: pass\na = A()\na.best = None\nresult = 1 > a.best", True),
        ("d = {}\nd['best'] = None\nresult = 1 > d['best']", True),
        ("def f(best=None): return 1 > best\nresult = f()", True),
        ("def f():\n  best = None\n  return [x for x in (1, 2) if x > best]\nresult = f()", [1, 2]),
        ("best = None\nbest = 3\nresult = 2 > best", False),
    ],
)
def test_none_sorts_below_everything(source: str, result: object) -> None:
    assert run(Ordering(), source)["result"] == result


@pytest.mark.parametrize(
    "source",
    [
        "best = 3\n1 > best",
        "best = None\n1 == best",
        "best = None\nbest is None",
        "best = None\n1 > other",
        "best = None\n0 < 1 < best",
    ],
)
def test_other_comparisons_are_not_touched(source: str) -> None:
    assert after(Ordering(), source) == source
    assert notes.applied == []


def test_a_comparison_without_none_is_python_s_own() -> None:
    with pytest.raises(TypeError):
        run(Ordering(), "best = None\nbest = 'text'\n1 > best")


def test_operands_are_evaluated_once_and_in_order() -> None:
    source = "seen = []\nbest = None\nf = lambda: seen.append('f') or 1\nf() > best\nf() > best"
    assert run(Ordering(), source)["seen"] == ["f", "f"]


def test_a_name_of_an_earlier_cell_counts() -> None:
    cells = Ordering()
    after(cells, "best = None\ndef f():\n    inner = None")
    assert ORDER in after(cells, "if 1 > best:\n    pass")
    assert ORDER not in after(cells, "if 1 > inner:\n    pass")


@pytest.mark.parametrize(
    ("source", "moved"),
    [
        ("open('/content/csc413/a.txt')", "open('/tmp/c/csc413/a.txt')"),
        ("os.chdir('/content')", "os.chdir('/tmp/c')"),
        ("os.system('mkdir -p /content/x; ls \"/content/y\"')", None),
        ("f = f'/content/{name}'", "f = f'/tmp/c/{name}'"),
        ("get_ipython().run_line_magic('cd', '/content/a2')", None),
    ],
)
def test_paths_move(source: str, moved: str | None) -> None:
    expected = moved or source.replace("/content", "/tmp/c")
    assert after(Paths(Path("/tmp/c")), source) == expected


@pytest.mark.parametrize(
    "source",
    ["'https://a.org/content/x'", "'/contents'", "'my/content/x'", "b'/content/x'", "1"],
)
def test_other_literals_stay(source: str) -> None:
    assert after(Paths(Path("/tmp/c")), f"x = {source}") == f"x = {source}"


def test_paths_stay_where_the_folder_is_the_real_one() -> None:
    assert after(Paths(Path("/content")), "x = '/content/x'") == "x = '/content/x'"


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("plt.grid('off')", "plt.grid(False)"),
        ("ax.grid(b='on', color='r')", "ax.grid(visible=True, color='r')"),
        ("plt.grid(True)", "plt.grid(True)"),
        ("plt.axis('off')", "plt.axis('off')"),
        ("grid('off')", "grid('off')"),
    ],
)
def test_grids(source: str, meant: str) -> None:
    assert after(Grids(), source) == meant


def test_real_code_passes_through_and_still_compiles() -> None:
    library = Path(sysconfig.get_path("stdlib"))
    for path in sorted(library.glob("[a-d]*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for transform in (
            Paths(Path("/tmp/c")),
            Budget(1),
            Imports(),
            Python2(),
            Ordering(),
            Grids(),
            Demands(),
        ):
            tree = transform.visit(tree)
        compile(ast.fix_missing_locations(tree), path.name, "exec")
