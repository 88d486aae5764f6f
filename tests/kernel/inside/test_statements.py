"""A statement that raises takes only itself along."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import pytest
from colab_world.pieces import Broken, salvage

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab


def test_the_rest_of_a_cell_runs_and_what_ran_is_not_run_again(colab: Colab) -> None:
    cell = colab.run("ran = []\nran.append(1)\nraise OSError('gone')\nran.append(2)\nran")
    assert (cell.status, cell.error) == ("error", "OSError: gone")
    assert cell.text == "[1, 2]"


def test_the_first_error_of_several_is_the_cell_s(colab: Colab) -> None:
    reply = _reply(colab, "1 / 0\nlater = 5\nnowhere\n")
    assert reply["ename"] == "ZeroDivisionError"
    assert "division by zero" in reply["traceback"][-1]
    assert colab.value("later") == 5


def test_a_class_that_raises_defines_nothing(colab: Colab) -> None:
    colab.run("class Half:\n    first = 1\n    second = nowhere\nwhole = 2")
    assert colab.value("'Half' in globals()") is False
    assert colab.value("whole") == 2


def test_a_compound_statement_is_one(colab: Colab) -> None:
    cell = colab.run("for i in range(3):\n    print(i)\n    if i == 1:\n        1 / 0\nprint('on')")
    assert cell.text == "0\n1\non\n"


def test_an_interrupted_cell_does_not_go_on(colab: Colab) -> None:
    cell = colab.run("raise KeyboardInterrupt\nafter_all = True")
    assert cell.status == "error"
    assert colab.value("'after_all' in globals()") is False


def test_what_compiles_to_nothing_costs_only_itself(colab: Colab) -> None:
    cell = colab.run("return 5\nreached = True")
    assert cell.error.startswith("SyntaxError: 'return' outside function")
    assert colab.value("reached") is True


def test_values_are_shown_as_ever(colab: Colab) -> None:
    assert colab.run("1\n2").text == "2"
    assert colab.run("2\nx = 1").text == ""
    assert colab.run("await __import__('asyncio').sleep(0, 'waited')").text == "'waited'"


def _reply(colab: Colab, source: str) -> dict[str, Any]:
    sent = colab.client.execute(source, stop_on_error=False)
    while True:
        message = colab.client.get_shell_msg(timeout=60)
        if message["parent_header"]["msg_id"] == sent:
            content: dict[str, Any] = message["content"]
            return content


def test_what_raised_holds_no_memory(colab: Colab) -> None:
    """Also of the statements that raised before the last one, and of errors on the way."""
    colab.run(
        "import weakref, torch\nheld = []\n"
        "def step():\n    big = torch.zeros(9)\n    held.append(weakref.ref(big))\n"
        "    try:\n        big.nowhere()\n    except AttributeError:\n        raise OSError\n"
    )
    assert colab.run("step()\nstep()\n1 / 0\nstep()").status == "error"
    assert colab.value("[ref() is None for ref in held]") == [True, True, True]


UNFILLED = """\
class MyConv2d:
    good = True

class CNN:
    def __init__(self):
        ############### YOUR CODE GOES HERE ###############
        ###################################################

    def forward(self, x):
        return x

class UNet:
    def also(self):
        return True
"""


def test_an_unfilled_class_does_not_take_its_neighbours_along(colab: Colab) -> None:
    colab.run("del_these = [globals().pop(n, None) for n in ('MyConv2d', 'CNN', 'UNet')]")
    reply = _reply(colab, UNFILLED)
    assert reply["ename"] == "IndentationError"
    assert "after function definition on line 5" in reply["evalue"]
    assert colab.value("MyConv2d.good and UNet().also()") is True
    assert colab.value("'CNN' in globals()") is False


def test_a_class_that_is_alone_and_unfilled_is_told_as_python_tells_it(colab: Colab) -> None:
    cell = colab.run("class UNet:\n    def forward(self, x):\n        ###### YOUR CODE ######\n")
    assert cell.error.startswith("IndentationError: expected an indented block after function")


def test_source_can_be_looked_up_in_a_cell_of_which_a_part_is_broken(colab: Colab) -> None:
    colab.run(UNFILLED)
    assert "def also" in colab.value("__import__('inspect').getsource(UNet.also)")


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("a = (1,\nb = 2\nc = 3\n", ["b", "c"]),
        ("if x:\n    a = 1\nelse:\n    b = 2\nc = = 1\n", ["If"]),
        ("@wrap\ndef f():\n    pass\nx = ]\n", ["FunctionDef"]),
        ("s = '''\ndef f(:\n'''\ny = = 2\nz = 1\n", ["s", "z"]),
        ("x = = 1\ny = ]\n", []),
        ("def f():\n", []),
        ("a = 1\n" * 300 + "b = = 1\n", ["a"] * 300),
        ("(" * 50 + "\n" + "x = = 1\n" * 500, None),
    ],
)
def test_which_statements_are_told_apart(source: str, kept: list[str] | None) -> None:
    tree = salvage(source, ast.parse)
    if kept is None:
        assert tree is None
        return
    assert tree is not None
    whole = [node for node in tree.body if not isinstance(node, Broken)]
    assert [_name(node) for node in whole] == kept
    assert len(tree.body) > len(whole)
    assert len(whole) > 0 or len(tree.body) == 1


def _name(node: ast.stmt) -> str:
    return (
        getattr(node.targets[0], "id", "") if isinstance(node, ast.Assign) else type(node).__name__
    )
