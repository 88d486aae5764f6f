"""A whole hand-in made of few cells, so that a case can change one of them."""

import functools
import json
import tempfile
from pathlib import Path

from examples.writeup_pdf import pdf
from grader.handin.submissions import parse_notebook, receive
from grader.model import Submission, Writeup

NAME, WRITEUP = "a2-cnn.ipynb", "a2-writeup.pdf"
ANSWERS = """Question A3
weights: 9*NF + 72*NF^2 + 9*NF*NC + 9*NC^2
outputs: 1728*NF + 1280*NC
connections: 9216*NF + 8064*NF^2 + 2304*NF*NC + 9216*NC^2
With a doubled input:
weights: 9*NF + 72*NF^2 + 9*NF*NC + 9*NC^2
outputs: 6912*NF + 5120*NC
connections: 36864*NF + 32256*NF^2 + 9216*NF*NC + 36864*NC^2
"""
TRAIN = """def train(args, model=None):
    for epoch in range(args.epochs):
        loss.backward()
    plt.plot(losses)
    plt.show()
"""
SETTINGS = "args = AttrDict(model='{}', epochs={}, batch_size={})\n{} = train(args)\n"
FINE_TUNE = """model = torch.hub.load('pytorch/vision:v0.5.0', 'deeplabv3_resnet101')
args = AttrDict(epochs=10, train_batch_size=128)
train(args, model)
"""
PICTURE = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo="}}


def printed(text):
    """Return an output that prints `text`."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def counted(epochs, of=None):
    """Return the output of a training loop that counts its epochs."""
    lines = (f"Epoch [{n}/{of or epochs}], Loss: 1.5\n" for n in range(1, epochs + 1))
    return printed("".join(lines))


def code(source, *outputs):
    """Return a code cell with saved outputs."""
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": list(outputs)}
    return cell | {"execution_count": 1 if outputs else None}


def text(source):
    """Return a text cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def run(network, epochs=25, batch_size=100):
    """Return the code of a cell that trains a network."""
    return SETTINGS.format(network, epochs, batch_size, network.lower())


CELLS = {
    "helpers": code(TRAIN),
    "cnn": code(run("CNN"), counted(25), PICTURE),
    "unet": code(run("UNet"), counted(25), PICTURE),
    "study": code("args.batch_size = 10\ntrain(args)", counted(25), PICTURE),
    "fine_tune": code(FINE_TUNE, counted(10), PICTURE),
    "predictions": code("plot_prediction(args, model)", PICTURE),
}


def notebook(**changes):
    """Return a notebook as the bytes of its file; a cell that is changed to None is left out."""
    cells = [cell for cell in {**CELLS, **changes}.values() if cell is not None]
    made = {"nbformat": 4, "nbformat_minor": 1, "metadata": {}, "cells": cells}
    return json.dumps(made).encode()


def hand_in(answers=ANSWERS, name=NAME, **changes):
    """Return a submission with these answers in its write-up and these changes of cells."""
    data = notebook(**changes)
    return {
        "submission": Submission(
            "case",
            notebook_name=name,
            notebook=parse_notebook(data, name),
            writeup=Writeup(WRITEUP, 2, 0, answers),
        )
    }


@functools.cache
def write_up(answers=ANSWERS):
    """Return a write-up as the bytes of its file."""
    return pdf([answers])


def received(**files):
    """Return the submission of a folder with these files; `__` in a name stands for a dot."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "hand-in"  # messages name it
        folder.mkdir()
        for name, data in files.items():
            (folder / name.replace("__", ".").replace("_", "-")).write_bytes(data)
        return {"submission": receive(folder)}
