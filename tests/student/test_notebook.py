"""`grader check` on files: what is refused in one line, and what is left of a run."""

import nbformat
import pytest

from examples.notebook_builder import RIGHT
from grader.basics.exits import BadInput
from grader.cli import main as cli
from grader.model import CellRun, ExecutedNotebook, Outcome, StudentError
from grader.student.notebook import _without_gaps, check_file, opened

HEAD = "import math\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("none.ipynb", None, "No such file"),
        ("a2.py", "", "not a notebook; give the .ipynb"),
        ("empty.ipynb", "", "the file is empty"),
        ("broken.ipynb", "{", "not a notebook"),
    ],
)
def test_a_file_that_is_no_notebook_gets_one_line(tmp_path, capsys, name, content, line):
    if content is not None:
        (tmp_path / name).write_text(content)
    assert cli.main(["check", str(tmp_path / name)]) == 2
    told = capsys.readouterr()
    assert line in told.err
    assert told.err.count("\n") == 1
    assert not told.out


def test_a_word_that_names_no_check_is_told_before_anything_runs(tmp_path, capsys):
    assert cli.main(["check", str(tmp_path / "none.ipynb"), "--only", "unett"]) == 2
    assert "did you mean 'unet'?" in capsys.readouterr().err


def test_a_folder_stands_for_the_notebook_in_it(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "a2-cnn.ipynb")
    assert opened(tmp_path).notebook_name == "a2-cnn.ipynb"


def test_the_write_up_beside_the_notebook_is_looked_at(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "a2-cnn.ipynb")
    assert opened(tmp_path / "a2-cnn.ipynb").writeup is None
    (tmp_path / "a2-writeup.pdf").write_text("no PDF")
    writeup = opened(tmp_path / "a2-cnn.ipynb").writeup
    assert writeup is not None
    assert writeup.problem.mistake == "writeup_not_pdf"


def test_a_link_is_refused(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "real.ipynb")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "real.ipynb")
    with pytest.raises(BadInput):
        opened(tmp_path / "link.ipynb")


def test_a_cell_that_only_says_what_is_missing_is_no_broken_cell():
    def raised(index, name):
        return CellRun(index, Outcome.RAISED, 0.0, StudentError(name, "x"))

    ran = ExecutedNotebook("none", (raised(1, "NotImplementedError"), raised(2, "ValueError")))
    assert [run.index for run in _without_gaps(ran).cells] == [2]


def test_modules_near_the_notebook_are_there_to_be_imported(tmp_path):
    """As in grading, where a folder is handed in: `networks.py`, `src/layers.py`."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "layers.py").write_text(HEAD + RIGHT["MyConv2d"])
    (tmp_path / "networks.py").write_text(HEAD + "from src.layers import MyConv2d\n" + RIGHT["CNN"])
    for aside in (".git", "env"):
        (tmp_path / aside).mkdir()
        (tmp_path / aside / "networks.py").write_text("x = 1")
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    cells = ["from networks import CNN, MyConv2d"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nbformat.write(notebook, tmp_path / "a2-cnn.ipynb")
    assert set(opened(tmp_path).beside) == {"networks.py", "src/layers.py"}
    report = check_file(tmp_path, ["A1-conv"])
    assert report.green == report.count > 0
