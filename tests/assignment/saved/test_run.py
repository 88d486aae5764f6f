"""Training runs, curves and pictures in saved outputs, whatever the layout."""

import json
from pathlib import Path

import pytest

from examples.notebook_builder import build_notebook, notebook_text
from examples.pictures import horses
from examples.saved_outputs import error, ordinary_outputs, picture, stream
from grader.assignment.saved.run import read
from grader.handin.submissions import open_submission, parse_notebook
from grader.judging.cells import read_cells

EXAMPLES = Path(__file__).parents[3] / "examples" / "submissions"
PICTURE = picture(horses(1, columns=1, rows=1))
ORDINARY = ordinary_outputs()


def runs(notebook, network="UNet"):
    saved = read(parse_notebook(notebook_text(notebook).encode(), "n"))
    return [(r.epochs, r.planned, r.batch_size) for r in saved.of(network)]


def printed(text, pieces=None):
    """Return the UNet runs of a notebook whose training cell printed `text`."""
    outputs = ORDINARY | {"train_unet": [stream(text), PICTURE]}
    quick = {"train_unet_batch_10": "", "train_unet_batch_50": ""}
    return runs(build_notebook(quick | (pieces or {}), outputs=outputs))


@pytest.mark.parametrize(
    ("name", "unet"),
    [
        ("amelie-right", [(25, 25, 100), (25, 25, 10), (25, 25, 50)]),
        ("bilal-other-style", [(25, 25, 100), (25, 25, 20), (25, 25, 300)]),
        ("chen-three-mistakes", [(25, 25, 100), (25, 25, 20), (25, 25, 200)]),
        ("dana-unfilled", [(None, 25, 100)]),
        ("emil-broken-middle", [(None, 10, 5)]),
    ],
)
def test_the_examples(name, unet):
    saved = read(open_submission(EXAMPLES / name).notebook)
    assert [(r.epochs, r.planned, r.batch_size) for r in saved.of("UNet")] == unet
    assert [r.network for r in saved.runs][-1] == "DeepLab"


def test_what_is_said_of_a_run():
    saved = read(open_submission(EXAMPLES / "amelie-right").notebook)
    assert str(saved.of("UNet")[1]) == "UNet, 25 epochs, batch size 10 (cell 38)"
    assert saved.curves == (22, 32, 37, 38, 55)
    assert saved.cells_with_output == 13
    saved = read(open_submission(EXAMPLES / "emil-broken-middle").notebook)
    (run,) = saved.of("UNet")
    assert str(run) == (
        "UNet, 10 epochs in its settings, batch size 5 (cell 35), which ended with RuntimeError"
    )
    assert (run.at_most, run.surely) == (10, None)
    saved = read(open_submission(EXAMPLES / "dana-unfilled").notebook)
    assert (saved.cells_with_output, saved.cells_that_ran, saved.pictures) == (0, 0, ())


def lines(template, numbers=range(1, 26)):
    return "".join(template.format(n) + "\n" for n in numbers)


@pytest.mark.parametrize(
    ("text", "run"),
    [
        (lines("Epoch [{}/25], Loss: 1.52, Val Acc: 44.1%"), (25, 25, 100)),
        (lines("Epoch {}/25 - loss 1.5"), (25, 25, 100)),
        (lines("epoch: {} of 25"), (25, 25, 100)),
        (lines("('Epoch', {}, 'loss', 1.5)"), (25, 25, 100)),
        (lines("Epoch {}: 1.5", range(25)), (25, 25, 100)),
        (lines("EPOCH #{}"), (25, 25, 100)),
        (lines("[Epoch {}] train 1.5"), (25, 25, 100)),
        (lines("Epoch [{}/25]", range(5, 26, 5)), (25, 25, 100)),
        (lines("Epoch [{}/40]", range(1, 41)), (40, 40, 100)),
        (lines("Epoch [{}/25]", range(1, 12)), (11, 25, 100)),
        (lines("Epoch {}", range(1, 26)) + "Best epoch: 17\n", (25, 25, 100)),
        (lines("Epoch [{0}/25] train\nEpoch [{0}/25] valid"), (25, 25, 100)),
        ("  4%|#   | 1/25 [00:02]\r100%|####| 25/25 [00:50]", (25, 25, 100)),
        ("Epochs: 25\ndone\n", (None, 25, 100)),
        ("finished\n", (None, 25, 100)),
        ("batch size: 64\n" + lines("Epoch {}/25"), (25, 25, 64)),
        ("Namespace(batch_size=20)\n" + lines("Epoch {}/25"), (25, 25, 20)),
        ("Streaming output truncated.\n" + lines("Epoch [{}/25]", range(18, 26)), (25, 25, 100)),
    ],
)
def test_print_formats(text, run):
    assert printed(text) == [run]


def test_two_runs_in_one_cell_are_told_apart():
    text = "Training UNet\n" + lines("Epoch {}/25") + "Training UNet\n" + lines("Epoch {}/25")
    loop = "for size in [100, 30]:\n    args.batch_size = size\n    train(args)"
    assert printed(text, {"run_unet": loop}) == [(25, 25, 100), (25, 25, 30)]


def test_more_runs_than_the_code_says_have_an_unknown_batch_size():
    text = lines("Epoch {}/25") + lines("Epoch {}/25")
    assert printed(text) == [(25, 25, 100), (25, 25, None)]


SETTINGS = {
    "attributes": "args.batch_size = 30\nargs.epochs = 40\nunet_cnn = train(args)",
    "keys": "args['batch_size'] = 30\nargs['epochs'] = 40\nunet_cnn = train(args)",
    "update": "args.update({'batch_size': 30, 'epochs': 40})\nunet_cnn = train(args)",
    "update of the dict": "args_dict['batch_size'] = 30\nargs_dict.update(epochs=40)\n"
    "args.update(args_dict)\nunet_cnn = train(args)",
    "a copy": "settings = AttrDict(args)\nsettings.batch_size = 30\nsettings.epochs = 40\n"
    "unet_cnn = train(settings)",
    "keywords": "mine = AttrDict(model='UNet', batch_size=30, epochs=40)\nu = train(mine)",
    "two stars": "mine = AttrDict(**dict(args, batch_size=30, epochs=40))\nu = train(mine)",
    "setattr": "setattr(args, 'batch_size', 30)\nsetattr(args, 'epochs', 40)\ntrain(args)",
    "a function": "def again(size, epochs=40):\n    args.batch_size = size\n"
    "    args.epochs = epochs\n    return train(args)\nunet = again(30)",
    "a loop": "for args.batch_size, args.epochs in zip([30], [40]):\n    train(args)",
    "a list by name": "sizes = [30]\nfor i, size in enumerate(sizes):\n"
    "    args.batch_size = sizes[i]\n    args.epochs = 40\n    train(args)",
    "a dictionary of results": "args.epochs = 40\nargs.batch_size = 30\nfound = {}\n"
    "found['30'] = train(args)\nprint(found)",
    "magic": "%%time\n%matplotlib inline\n!nvidia-smi\nargs.batch_size = 30\nargs.epochs = 40\n"
    "unet = train(args)",
    "python 2": "print 'training', args.model\nargs.batch_size = 30\nargs.epochs = 40\n"
    "unet = train(args)",
    "a line that does not parse": "args.batch_size = 30\nargs.epochs = 40\nwhat is this\n"
    "unet = train(args)",
    "a condition": "if True:\n    args.batch_size = 30\n    args.epochs = 40\n    train(args)",
}


@pytest.mark.parametrize("style", SETTINGS)
def test_ways_to_set_the_settings(style):
    assert printed("done", {"run_unet": SETTINGS[style]}) == [(None, 40, 30)]


INLINE = """batch_size = 30
epochs = 40
model = UNet(3, 32, 24, 1)
for epoch in range(epochs):
    for xs, ys in get_batch(train_grey, train_rgb_cat, batch_size):
        loss = compute_loss(criterion, model(xs), ys, batch_size, 24)
        loss.backward()
        optimizer.step()
"""


def test_a_training_loop_of_ones_own_and_a_function_by_another_name():
    assert printed("done", {"run_unet": INLINE}) == [(None, 40, 30)]
    own = (
        "def fit(model, batch_size=30, epochs=40):\n    loss.backward()\n\n\nfit(UNet(3, 8, 24, 1))"
    )
    assert printed("done", {"run_unet": own}) == [(None, 40, 30)]


def test_what_is_not_literal_is_unknown():
    unknown = "args.batch_size = int(input())\nargs.epochs *= 2\ntrain(args)"
    assert printed("done", {"run_unet": unknown}) == [(None, None, None)]


def test_calling_train_on_a_network_is_no_training_run():
    assert printed("done", {"run_unet": "unet_cnn.train()\nunet_cnn.train(True)"}) == []


def test_an_error_belongs_to_the_last_run_of_its_cell():
    outputs = dict(ORDINARY)
    outputs["train_unet"] = [stream(lines("Epoch {}/25", range(1, 4))), error("KeyError", "x", [])]
    saved = read(parse_notebook(notebook_text(build_notebook(outputs=outputs)).encode(), "n"))
    assert [r.error for r in saved.of("UNet")] == ["KeyError", "", ""]
    assert saved.of("UNet")[0].surely == 3


def notebook_of(*cells):
    made = [{"metadata": {}, "execution_count": None, **cell} for cell in cells]
    for cell in made:
        if cell["cell_type"] == "markdown":
            del cell["execution_count"]
    return json.dumps({"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": made})


@pytest.mark.parametrize(
    ("data", "count"),
    [
        ({"image/png": "AAAA"}, 1),
        ({"image/svg+xml": ["<svg/>"]}, 1),
        ({"application/vnd.plotly.v1+json": {}}, 1),
        ({"text/html": "<div><img src='data:image/png;base64,AA'></div>"}, 1),
        ({"text/html": "<table></table>", "text/plain": "x"}, 0),
        ({"text/plain": ["<Figure size", " 640x480>"]}, 0),
    ],
)
def test_what_counts_as_a_picture(data, count):
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    (cell,) = read_cells(
        notebook_of({"cell_type": "code", "source": "plt.show()", "outputs": [output]})
    )
    assert cell.pictures == count
    assert cell.ran


def test_pictures_in_text_cells():
    source = "![a](data:image/png;base64,AAAA)\n<img src='x.png'> ![b](attachment:b.png)"
    (cell,) = read_cells(notebook_of({"cell_type": "markdown", "source": source}))
    assert cell.pictures == 3
    assert "AAAA" not in cell.source


def only(source, *outputs):
    cell = {"cell_type": "code", "source": source, "outputs": list(outputs)}
    return [str(run) for run in read(notebook_of(cell)).runs]


def test_a_run_whose_code_is_not_followed_is_named_by_the_words_around_it():
    printed = stream(lines("Epoch {}/25"))
    fit = "learner = Learner(UNet(3, 32, 24, 1), batch_size=10)\nlearner.fit()"
    assert only(fit, printed) == ["UNet, 25 epochs, batch size 10 (cell 1)"]
    two = "fit(UNet(3, 8, 24, 1), batch_size=10)\nfit(CNN(3, 8, 24, 1), batch_size=20)"
    assert only(two, printed) == ["a network, 25 epochs, batch size not told (cell 1)"]
    cell = {"cell_type": "code", "source": fit, "outputs": [printed]}
    assert [run.sure for run in read(notebook_of(cell)).runs] == [False]


@pytest.mark.parametrize(
    ("text", "epochs"),
    [
        (lines("[{}/25] loss 1.5"), 25),
        (lines("  {} / 25: loss 1.5"), 25),
        (lines("[{}/25] loss 1.5", range(1, 8)), 7),
        (lines("[{}/50] batch of 50"), None),
        (lines("accuracy {}/25"), None),
    ],
)
def test_epochs_are_counted_without_the_word_if_they_count_to_as_many_as_asked(text, epochs):
    ((reached, planned, _),) = printed(text)
    assert (reached, planned) == (epochs, 25)
