"""Cells of Python 2: their statements, methods and division, and no other cell's."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from colab_world.python2 import Python2

if TYPE_CHECKING:
    from tests.kernel.inside.conftest import Colab


def modern(source: str) -> str:
    return "".join(Python2().lines(source.splitlines(keepends=True)))


@pytest.mark.parametrize(
    ("source", "today"),
    [
        ("print 'a'\n", "print('a')\n"),
        ("if x:\n    print 'é', x,\n", "if x:\n    print('é', x,)\n"),
        ("print 'a'; print 'b'\n", "print('a'); print('b')\n"),
        ("print '%d' % (\n    3), 'z'\n", "print('%d' % (\n    3), 'z')\n"),
        ("print 'a'  # why\nprint('b')\n", "print('a')  # why\nprint('b')\n"),
        ("exec 'x = 1'\n", "exec('x = 1')\n"),
        ("try:\n    f()\nexcept OSError, e:\n    print e\n",
         "try:\n    f()\nexcept OSError as e:\n    print(e)\n"),
        ("try:\n    f()\nexcept (A, B), e: pass\n", "try:\n    f()\nexcept (A, B) as e: pass\n"),
        ("def f():\n    raise ValueError, 'bad %d' % 3\n",
         "def f():\n    raise ValueError('bad %d' % 3)\n"),
    ],
)  # fmt: skip
def test_statements_are_rewritten_where_they_stand(source: str, today: str) -> None:
    assert modern(source) == today
    ast.parse(today)


@pytest.mark.parametrize(
    "source",
    ["print('a')\n", "def f(:\n", "x = '\0'\n", "", "print\n", "raise, 3\n", "x, y: int\n"],
)
def test_other_sources_stay(source: str) -> None:
    assert modern(source) == source


def test_a_cell_of_python_2_divides_as_python_2(colab: Colab) -> None:
    cell = colab.run(
        "import sys\nprint 7 / 2, 7.0 / 2, 8 // 3\nprint >>sys.stdout, -7 / 2\n"
        "try:\n    {}['x']\nexcept KeyError, e:\n    print 'caught', e\n"
    )
    assert cell.text == "3 3.5 2\n-4\ncaught 'x'\n", cell.error
    assert colab.run("print(7 / 2)").text == "3.5\n"


def test_methods_are_found_by_their_old_names(colab: Colab) -> None:
    cell = colab.run(
        "class Line:\n    next = None\n    def iteritems(self):\n        return 'own'\n"
        "d = {'a': 1}\n"
        "print(list(d.iteritems()), list(d.itervalues()), d.has_key('a'), iter([5]).next())\n"
        "print(Line().iteritems(), Line().next)"
    )
    assert cell.text == "[('a', 1)] [1] True 5\nown None\n", cell.error
    assert colab.run("[].next()").error == "AttributeError: 'list' object has no attribute 'next'"


def test_modules_are_found_by_their_old_names(colab: Colab) -> None:
    cell = colab.run(
        "import cPickle, urllib2, urllib\nfrom StringIO import StringIO\nfrom Queue import Queue\n"
        "print(cPickle.loads(cPickle.dumps([1])), StringIO('x').read(), Queue().empty())\n"
        "print(callable(urllib2.urlopen), callable(urllib.urlretrieve))"
    )
    assert cell.text == "[1] x True\nTrue True\n", cell.error
    assert colab.run("try:\n    import Tkinter\nexcept ImportError:\n    x = 2").status == "ok"


def test_an_argument_called_async_is_of_python_3_and_divides_like_it(colab):
    cell = colab.run("import torch\nprint(7 / 2, torch.ones(1).cuda(async=True).item())")
    assert cell.text.strip() == "3.5 1.0"
