"""A package that is not here takes nothing along but what uses it."""

import pytest
from colab_world import absent


def test_what_stands_below_an_absent_package_is_defined(colab):
    cell = colab.run(
        "import no_such_package as nsp\n"
        "from no_such_package.deep.er import thing, other as o\n"
        "import no_such_package.deep\n"
        "answer = 42"
    )
    assert cell.status == "ok", cell.error
    assert colab.value("answer") == 42
    assert any("no_such_package is not here" in detail for detail in colab.applied("package"))


@pytest.mark.parametrize(
    "use",
    [
        "nsp()", "nsp.a.b(1)", "thing(3)", "list(thing)", "nsp.x[0]", "len(nsp.y)",
        "class Mine(nsp.Base): pass", "with nsp.open(): pass", "@o\ndef f(): pass", "nsp.x = 3",
    ],
)  # fmt: skip
def test_its_first_use_raises_and_names_the_package(colab, use):
    colab.run("import no_such_package as nsp\nfrom no_such_package import thing, other as o")
    assert colab.run(use).error.startswith("AbsentPackage: No module named 'no_such_package' here")


def test_a_notebook_that_looks_whether_it_is_there_is_told_the_truth(colab):
    colab.run(
        "import importlib, importlib.util\n"
        "found = []\n"
        "try:\n    import no_such_package\nexcept ImportError:\n    found.append('plain')\n"
        "try:\n    from no_such_package import x\nexcept:\n    found.append('bare')\n"
        "def look():\n"
        "    try:\n        import no_such_package.deep\n"
        "    except (ValueError, ModuleNotFoundError):\n        return 'tuple'\n"
        "found.append(look())\n"
        "found.append(importlib.util.find_spec('no_such_package') is None)\n"
        "try:\n    importlib.import_module('no_such_package')\n"
        "except ImportError:\n    found.append('by name')\n"
        "try:\n    import no_such_package\nexcept ValueError:\n    pass\nelse:\n"
        "    found.append('another')\n"
    )
    assert colab.value("found") == ["plain", "bare", "tuple", True, "by name", "another"]


def test_libraries_are_told_the_truth(colab):
    colab.run("import pandas_of_nobody as pd, sys")
    assert colab.value("'pandas_of_nobody' in sys.modules") is False


def test_a_missing_part_of_a_package_that_is_here_hides_nothing(colab):
    cell = colab.run("import torch.no_such_part")
    assert cell.error.startswith("ModuleNotFoundError")
    colab.run("from torch.no_such_part import x\nimport torch")
    assert colab.value("torch.zeros(2).sum().item()") == 0.0


@pytest.mark.parametrize("name", ["grader", "reference.unet", "tests"])
def test_the_graders_own_names_get_no_placeholder(name):
    error = ModuleNotFoundError(name=name.partition(".")[0])
    assert not absent._is_missing(error, name)
    assert absent._is_missing(ModuleNotFoundError(name="pandas"), "pandas.io")


def test_an_error_inside_a_module_beside_the_notebook_stays_its_own(colab):
    (colab.content / "beside.py").write_text("import not_here_either\n")
    assert "not_here_either" in colab.run("import beside").error
