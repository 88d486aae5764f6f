"""Files handed in beside the notebook: few, small, text, and there to be imported."""

import nbformat
import numpy as np
import pytest

from grader.assignment.asking import network
from grader.basics import storage
from grader.batch.run import room
from grader.batch.settings import Settings
from grader.handin.beside import FILE_BYTES, MOST_FILES, beside
from grader.handin.submissions import parse
from grader.kernel.session.deadlines import Deadlines
from grader.kernel.session.execution import NotebookRunner
from grader.model import HandIn, Outcome, Submission
from grader.proving.solutions import world
from grader.scoring.rubric import load
from tests.cells import CONV, notebook_of
from tests.kernel.session.kernels import convolution

PY = b"x = 1\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a2/networks.py", PY),
        ("a2/src/networks.py", PY),
        ("a2/labels.csv", b"1,2\n"),
    ],
)
def test_what_lies_beside_the_notebook_or_below_it_is_taken(name, data):
    taken = beside({name: data, "a2/own.py": PY}, "a2/a2-cnn.ipynb")
    assert taken[name.removeprefix("a2/")] == data.decode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("networks.py", PY),  # above it
        ("other/networks.py", PY),
        ("a2/../networks.py", PY),
        ("a2/.hidden.py", PY),
        ("a2/.git/networks.py", PY),
        ("a2/a/b/c/d/networks.py", PY),
        ("a2/model.pt", b"weights"),
        ("a2/networks.pyc", b"code"),
        ("a2/networks.so", b"code"),
        ("a2/large.py", b"#" * (FILE_BYTES + 1)),
        ("a2/latin.py", b"# \xe9"),
        ("a2/odd\n.py", PY),
        ("a2/\udcff.py", PY),
        ("a2/own.py/networks.py", PY),
    ],
)
def test_what_is_not_taken(name, data):
    taken = beside({name: data, "a2/own.py": PY}, "a2/a2-cnn.ipynb")
    assert taken == {"own.py": PY.decode()}


def test_neither_many_files_nor_data_alone():
    many = {f"m{n:03}.py": PY for n in range(2 * MOST_FILES)}
    assert len(beside(many, "a2-cnn.ipynb")) == MOST_FILES
    assert "z.py" in beside({f"a/{name}": PY for name in many} | {"z.py": PY}, "a2-cnn.ipynb")
    assert beside({"notes.txt": b"x"}, "a2-cnn.ipynb") == {}
    assert beside({"networks.py": PY}, None) == {}
    assert (
        sum(map(len, beside({f"{n}.py": b"#" * 200_000 for n in range(9)}, "n").values()))
        <= 1 << 20
    )


def test_a_hand_in_with_modules_says_so_and_survives_storage():
    text = nbformat.writes(notebook_of("from networks import CNN")).encode()
    submission = parse(HandIn("ada", {"a2-cnn.ipynb": text, "networks.py": PY}))
    assert dict(submission.beside) == {"networks.py": "x = 1\n"}
    assert "laid beside the notebook: networks.py" in submission.notes
    assert storage.from_json(Submission, storage.to_json(submission)) == submission
    assert not submission.without_contents().beside


PATIENT = Deadlines(cell=60, submission=300, request=60)
NETWORKS = f"""{CONV}
class CNN(nn.Module):
    def __init__(self, kernel, num_filters, num_colours, num_in_channels):
        super().__init__()
        self.only = MyConv2d(num_in_channels, num_colours, kernel)
    def forward(self, x):
        if x.shape[-1] == 7:
            raise ValueError('seven')
        return self.only(x)
"""


@pytest.mark.parametrize("first", ["from networks import CNN", "import networks"])
def test_a_module_handed_in_beside_is_imported_and_asked(first):
    settings = Settings("bubblewrap", world(), seed=1, rubric=load())
    cells = ["%mkdir -p /content/csc413/a2/\n%cd /content/csc413/a2", first]
    cells += ["%%writefile more.py\ny = 2", "import more\nprint(more.y, open('data.csv').read())"]
    notebook = notebook_of(*cells)
    files = {"networks.py": NETWORKS, "more.py": "y = 1", "data.csv": "3"}
    arrays = {"input": np.ones((1, 1, 8, 8)), "conv": np.ones((9, 99)), "norm": np.ones((9, 9))}
    with room(settings, notebook, files) as folders:
        runner = NotebookRunner("bubblewrap", folders, PATIENT)
        with runner.opened(notebook):
            runner.run_cells()
            assert runner.nb.cells[3].outputs[0].text == "2 3\n"
            assert runner.ask(convolution()).outcome is Outcome.OK
            asked = network("n", "CNN", (3, 4, 5, 1), arrays, mode="eval", dtype="float64", seed=0)
            assert runner.ask(asked).outcome is Outcome.OK
            arrays["input"] = np.ones((1, 1, 7, 7))
            asked = network("n", "CNN", (3, 4, 5, 1), arrays, mode="eval", dtype="float64", seed=0)
            assert runner.ask(asked).error.line == "raise ValueError('seven')"
