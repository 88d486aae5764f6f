"""Cells as syntax trees: what cannot be parsed is left out, hostile code is bounded in time."""

import ast
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.assignment.saved.code import draws, parse, trains
from grader.assignment.saved.settings import Call, training_calls
from grader.judging.cells import SavedCell


def names(source):
    return [ast.unparse(statement) for statement in parse(source)]


@pytest.mark.parametrize(
    ("source", "statements"),
    [
        ("x = 1", ["x = 1"]),
        ("%cd /content\nx = 1", ["pass", "x = 1"]),
        ("%%time\nx = 1", ["pass", "x = 1"]),
        ("!wget a\n?help\nx?\nx = 1", ["pass", "pass", "pass", "x = 1"]),
        ("files = !ls\nx = %env HOME", ["files = None", "x = None"]),
        ("if a:\n    !wget b\nx = 1", ["if a:\n    pass", "x = 1"]),
        ("print 'a', b\nx = 1", ["pass", "x = 1"]),
        ("print('%d'\n      % n)", ["print('%d' % n)"]),
        ("this won't parse\nx = 1", ["pass", "x = 1"]),
        ("def f():\n    # nothing\n\nx = 1", ["def f():\n    pass", "x = 1"]),
        ("if a:\nx = 1\nfor b in c:  # why", ["if a:\n    pass", "x = 1", "for b in c:\n    pass"]),
        (
            "class A:\n    def f(self):\n        #####\n\nx = 1",
            ["class A:\n\n    def f(self):\n        pass", "x = 1"],
        ),
        ("x = '\\d'", ["x = '\\\\d'"]),
        ("", []),
        ("((((", ["pass"]),
        ("x = 1\x00", ["pass"]),
    ],
)
def test_what_is_read_of_a_cell(source, statements):
    assert names(source) == statements


def test_training_and_drawing_are_recognised():
    assert trains(ast.parse("for e in x:\n    loss.backward()"))
    assert not trains(ast.parse("model.train()\nmodel(x)"))
    assert draws(ast.parse("plt.plot(a)"))
    assert draws(ast.parse("plot_losses(a)"))
    assert not draws(ast.parse("plt.subplot(1, 2, 1)\nplt.imshow(a)"))


LOOPS = "".join("    " * n + f"for v{n} in [{'1, ' * 40}]:\n" for n in range(8))
HOSTILE = {
    "parentheses": "(" * 30_000,
    "signs": "-" * 29_000 + "1",
    "attributes": "x = a" + ".a" * 14_000,
    "a sum": "1" + "+1" * 14_000,
    "powers": "1" + "**1" * 9000,
    "elif": "if a: pass\n" + "elif a: pass\n" * 2300,
    "lambdas": "lambda:" * 4000 + "1",
    "decorators": "@a\n" * 15_000,
    "calls": "f(" * 3000 + ")" * 3000,
    "comprehensions": "[" * 90 + "x" + " for x in y]" * 90,
    "conditions": "a if b else " * 2400 + "c",
    "loops": LOOPS + "    " * 8 + "args.batch_size = v0\n" + "    " * 8 + "train(args)",
    "a long range": "for i in range(10 ** 30):\n    train(args)\nfor j in range(10**9): train(a)",
    "functions": "def train(a):\n    loss.backward()\n"
    "def f():\n    f()\n    train(1)\n    f()\nf()",
    "a large number": "args.epochs = " + "9" * 4000 + "\ntrain(args)",
    "a list of itself": "a = {}\na['a'] = a\nargs = a\nargs.update(args)\ntrain(args)",
    "strange keys": "a = {1: 2, None: 3, 'x': 4}\na[[1]] = 2\nsetattr(a, [], 1)\nb = a[{}]\n"
    "a.b.c = 1",
    "strange calls": "range('a')\nrange()\nrange(1, 2, 0)\nzip()\nenumerate(1)\nlist()\n"
    "dict(1, a=2)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_code_is_bounded_in_time(name):
    train = "args = {}\ndef train(args):\n    loss.backward()\n"
    cells = [SavedCell(i, True, code) for i, code in enumerate((train, HOSTILE[name]))]
    started = time.process_time()
    for call in training_calls(cells):
        assert call.epochs is None or call.epochs <= 1_000_000
    assert time.process_time() - started < 30


def test_many_cells_are_bounded_too():
    cells = [SavedCell(i, True, "@a\n" * 9000) for i in range(100)]
    started = time.process_time()
    assert training_calls(cells) == ()
    assert time.process_time() - started < 30


def test_a_cell_that_breaks_does_not_hide_the_next():
    cells = [
        SavedCell(0, True, "def train(args):\n    loss.backward()"),
        SavedCell(1, True, "("),
        SavedCell(2, False, "train(args)"),
        SavedCell(3, True, "unet = train({'epochs': 3, 'batch_size': 4})"),
    ]
    assert training_calls(cells) == (Call(3, "UNet", 3, 4),)


PIECES = [
    "args",
    ".",
    "batch_size",
    " = ",
    "10",
    "\n",
    "    ",
    "for ",
    "in ",
    "[1, 2]",
    ":",
    "(",
    ")",
]
PIECES += [
    "train",
    "def ",
    "{'epochs': 3}",
    ".update",
    "**",
    "*",
    ",",
    "!ls",
    "%cd x",
    "return ",
    "'",
]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_code_is_followed_or_left(source):
    train = "args = {}\ndef train(args):\n    loss.backward()\n"
    cells = [SavedCell(0, True, train), SavedCell(1, True, source + "\ntrain(args)")]
    assert all(isinstance(call, Call) for call in training_calls(cells))


TRAIN = "def train(args):\n    loss.backward()\n"


def asked(*sources, counts=()):
    """Return (network, epochs, batch size, sure) of the runs that cells ask for."""
    counts = counts or (None,) * (len(sources) + 1)
    cells = [
        SavedCell(i, True, source, count=count)
        for i, (source, count) in enumerate(zip((TRAIN, *sources), counts, strict=True))
    ]
    return [(c.network, c.epochs, c.batch_size, c.sure) for c in training_calls(cells)]


UNET = "args = dict(model='UNet', epochs=25, batch_size=100)\n"


@pytest.mark.parametrize(
    ("source", "sizes"),
    [
        ("for b in {'small': 10, 'large': 500}.values():\n    train(dict(args, batch_size=b))",
         [10, 500]),
        ("for name, b in {'s': 10}.items():\n    args['batch_size'] = b\n    train(args)", [10]),
        ("for k in range(2):\n    args['batch_size'] = 10 * (k + 1)\n    train(args)", [10, 20]),
        ("for b in np.array([10, 20]):\n    args.update(batch_size=int(b))\n    train(args)",
         [10, 20]),
        ("[train(dict(args, batch_size=b)) for b in (10, 20)]", [10, 20]),
        ("nets = {b: train(dict(args, batch_size=b)) for b in (10, 20)}", [10, 20]),
        ("list(train(dict(args, batch_size=2 ** p)) for p in range(3, 5))", [8, 16]),
        ("args['batch_size'] = 10 if True else 20\ntrain(args)", [10]),
        ("args['batch_size'] = 10 if gpu() else 20\ntrain(args)", [None]),
        ("args['batch_size'] = 10 ** 10 ** 10\ntrain(args)", [None]),
        ("args['batch_size'] = 10 // 0\ntrain(args)", [None]),
        ("[train(args) for a in x for b in y]", [100]),
    ],
)  # fmt: skip
def test_batch_sizes_that_are_calculated(source, sizes):
    assert [size for _, _, size, _ in asked(UNET + source)] == sizes


@pytest.mark.parametrize(
    ("source", "epochs"),
    [
        ("if True:\n    args['epochs'] = 2\n", 2),
        ("quick = False\nif quick:\n    args['epochs'] = 2\n", 25),
        ("quick = 0\nif quick:\n    args['epochs'] = 2\nelse:\n    args['epochs'] = 30\n", 30),
        ("if torch.cuda.is_available():\n    args['epochs'] = 2\n", None),
        ("if a:\n    pass\nelif b:\n    args['epochs'] = 2\n", None),
        ("if a:\n    x = 2\n", 25),
        ("if a:\n    epochs = args['epochs'] = 2\n", None),
    ],
)
def test_what_a_condition_leaves_is_known_only_if_the_condition_is(source, epochs):
    assert [e for _, e, _, _ in asked(UNET + source + "train(args)")] == [epochs]


@pytest.mark.parametrize(
    ("counts", "sure"),
    [
        ((1, 2, 3, 4), True),
        ((1, 9, 5, 6), False),  # the settings were run again after the training
        ((1, 2, 4, 3), False),  # the change below was run before the training
        ((9, 2, 3, 4), True),  # a function that is defined again changes nothing
        ((None, None, None, None), True),
        ((1, 2, None, None), True),
        ((1, 7, None, 8), True),
    ],
)
def test_settings_are_sure_if_the_order_of_running_gives_the_same(counts, sure):
    run = asked(UNET, "train(args)", "args['batch_size'] = 10", counts=counts)
    assert run == [("UNet", 25, 100, sure)]
