"""What a notebook imports and the world does not have: the rest of its cell is there."""

from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from colab_world.absent import Absent, AbsentPackage, silently
from colab_world.imports import Imports
from colab_world.missing import Missing

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab

GONE = "AbsentPackage: imgaug is not installed here"
USES = {
    "a call": "imgaug.DataFrame({})",
    "a version": "print(imgaug.__version__)",
    "a base class": "class Net(imgaug.layers.Layer): pass",
    "an item": "imgaug.options['x']",
    "a condition": "assert imgaug",
    "a loop": "for x in imgaug.things: pass",
    "an instance": "isinstance(3, imgaug.Series)",
    "an assignment": "imgaug.options.width = 3",
    "a context": "with imgaug.strategy: pass",
    "a decorator": "@imgaug.function\ndef f(): pass",
    "a sum": "1 + imgaug.one",
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_use_says_what_is_absent(colab: Colab, use: str) -> None:
    assert colab.run("import imgaug, os.path as path").status == "ok"
    assert colab.run(use).error == GONE


def test_an_import_cell_keeps_its_other_names(colab: Colab) -> None:
    cell = colab.run(
        "from imgaug.keras.utils import get_file\nimport imgaug.pyplot as np2, math\n"
        "from imgaug.parts import *\nfrom collections import OrderedDict, Nothing as nothing\n"
        "import torch, torch._nothing, torch.nothing as odd\n"
        "def later():\n    from imgaug import found\n    return found\n"
        "layers = later().layers\nprint(math.sqrt(4), OrderedDict.__name__, torch.ones(1).item())\n"
        "print(np2, nothing, odd, layers)"
    )
    gone = "<imgaug is not installed here>"
    expected = f"{gone} <collections has no Nothing here> <torch has no nothing here> {gone}"
    assert cell.text == f"2.0 OrderedDict 1.0\n{expected}\n", cell.error


@pytest.mark.parametrize(
    "guard",
    [
        "try:\n    import imgaug\nexcept ImportError:\n    print('own way')",
        "try:\n    if True:\n        from imgaug import a\nexcept:\n    print('own way')",
        "try:\n    import imgaug\nexcept (KeyError, ModuleNotFoundError):\n    print('own way')",
        (
            "import contextlib\nwith contextlib.suppress(ImportError):\n    print('own way')\n"
            "    import imgaug\n    print('never')"
        ),
        (
            "import importlib\ntry:\n    importlib.import_module('imgaug')\n"
            "except ImportError:\n    print('own way')"
        ),
        (
            "def probe():\n    import imgaug\n    imgaug.use()\n"
            "try:\n    probe()\nexcept ImportError:\n    print('own way')"
        ),
    ],
)
def test_a_fallback_of_the_notebook_s_is_taken(colab: Colab, guard: str) -> None:
    cell = colab.run(guard)
    assert cell.text == "own way\n", cell.error


def test_libraries_look_for_packages_as_ever(colab: Colab) -> None:
    colab.run("import imgaug, sys")
    assert colab.value("'imgaug' in sys.modules") is False
    source = "try:\n    import imgaug\n    FOUND = True\nexcept ImportError:\n    FOUND = False\n"
    colab.run(f"exec({source!r})")
    assert colab.value("FOUND") is False


def test_it_is_moviepy_and_blames_nobody(colab: Colab) -> None:
    colab.run("import moviepy\nimport moviepy.parts\nfrom moviepy import a, b")
    assert colab.applied("moviepy") == [
        "moviepy is not installed here; only the lines that use it are lost"
    ]


def test_a_file_beside_the_notebook_is_found_and_read_as_a_cell_is(colab: Colab) -> None:
    colab.run("%mkdir -p /content/beside\n%cd -q /content/beside")
    (Path(colab.content) / "beside" / "nets.py").write_text(
        "import imgaug\ndef width():\n    return 8\ndef table():\n    return imgaug.Table()\n"
    )
    assert colab.run("from nets import width, table\nprint(width())").text == "8\n"
    assert colab.run("table()").error == GONE
    assert "cannot import name 'depth' from 'nets'" in colab.run("from nets import depth").error
    (Path(colab.content) / "beside" / "broken.py").write_text("def f(:\n")
    assert colab.run("import broken").error.startswith("SyntaxError")
    cell = colab.run("raise ImportError('my own')")
    assert cell.error == "ImportError: my own"


def test_code_that_is_fetched_from_the_network_is_not_there() -> None:
    missing = Missing(Path("/content"))
    missing.begin("# !git clone nothing\nx = 1")
    assert asked(missing, "some_utils.general").startswith("some_utils is not installed here")
    missing.begin("!git clone https://example.org/us/repo")
    assert asked(missing, "some_utils.general") == (
        "some_utils is not here: the notebook fetches it from the network, which is not there"
    )
    assert asked(missing, "keras.utils") == "keras is not installed here"


def asked(missing: Missing, module: str) -> str:
    try:
        __import__(module)
    except ImportError:
        placeholder: Any = missing.placeholder(module)
    with pytest.raises(AbsentPackage) as error:
        placeholder()
    return str(error.value)


def test_a_placeholder_looks_like_nothing_else() -> None:
    placeholder = Absent("imgaug.table", "imgaug is not installed here")
    assert not hasattr(placeholder, "_repr_html_")
    assert not hasattr(placeholder, "__torch_function__")
    assert repr(placeholder.parts) == "<imgaug is not installed here>"
    assert placeholder not in ({}, [])
    with pytest.raises(TypeError):
        copy.deepcopy(placeholder)


def test_lines_stay_where_they_are() -> None:
    source = "import a, b\n\nfrom __future__ import division\nfrom . import c\nx = 1\n"
    tree = Imports().visit(ast.parse(source))
    assert [node.lineno for node in tree.body] == [1, 1, 3, 4, 5]
    assert ast.unparse(tree.body[2:]) == ast.unparse(ast.parse(source).body[1:])


def test_a_notebook_that_looks_for_a_module_is_told_the_truth(colab: Colab) -> None:
    colab.run("import importlib.util as u, imgaug\nfound = u.find_spec('imgaug')")
    assert colab.value("found") is None


@pytest.mark.parametrize("name", ["grader", "reference.unet", "tests"])
def test_the_graders_own_names_get_no_placeholder(name: str) -> None:
    missing = Missing(Path("/content"))
    try:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    except ImportError:
        with pytest.raises(ModuleNotFoundError, match="No module named"):
            missing.placeholder(name)


@pytest.mark.parametrize("use", [use for use in USES.values() if not use.startswith("class")])
def test_while_the_grader_asks_a_use_does_nothing(colab: Colab, use: str) -> None:
    colab.run("import imgaug")
    asked = f"from colab_world import absent\nwith absent.silently():\n    exec({use!r})"
    fails = "AssertionError: " if use.startswith("assert") else ""
    assert colab.run(asked).error == fails
    assert colab.run(use).error == GONE


def test_while_the_grader_asks_what_a_placeholder_wraps_is_there() -> None:
    bar = Absent("bar", "bar is not installed here")
    with silently():
        assert list(bar.tqdm([1, 2, 3], "batches")) == [1, 2, 3]
        assert bar.trace(abs)(-3) == 3
        assert list(bar.log({"loss": 1})) == list(bar) == list(reversed(bar)) == []
        with bar.run("training") as run:
            run.step += 1
        assert (len(bar), int(bar), float(bar), bool(bar), 1 in bar) == (0, 0, 0.0, False, False)
        assert isinstance(1 + bar.loss / 2, Absent)
        with pytest.raises(StopIteration):
            next(bar)
    with pytest.raises(AbsentPackage):
        bar.tqdm([1])
