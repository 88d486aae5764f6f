"""The committed examples are what the builder makes, and have what real notebooks have."""

import json
import re
from pathlib import Path

import pytest

from examples.build_submissions import SUBMISSIONS, main
from examples.notebook_builder import HERE
from examples.quirks import QUIRKS

COMMITTED = HERE / "submissions"
NAMES = sorted(SUBMISSIONS)
AMELIE, BILAL, CHEN, DANA, EMIL = NAMES


def read(name):
    return json.loads((COMMITTED / name / "a2-cnn.ipynb").read_text(encoding="utf-8"))


def code_cells(notebook):
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return ["".join(cell["source"]) for cell in cells]


def text_cells(notebook):
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    return ["".join(cell["source"]) for cell in cells]


def saved(notebook, kind):
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return [output for output in outputs if output["output_type"] == kind]


def files(root: Path):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("a2-*")}


def test_committed_examples_are_a_fresh_build(tmp_path):
    assert main([str(tmp_path)]) == 0
    fresh, committed = files(tmp_path), files(COMMITTED)
    assert sorted(fresh) == sorted(committed)
    assert len(fresh) == 2 * len(NAMES) == 10
    different = [str(path) for path in fresh if fresh[path] != committed[path]]
    assert different == [], "run `python -m examples.build_submissions`"


def test_builder_refuses_two_folders(capsys):
    assert main(["one", "two"]) == 2
    assert "usage: python -m examples.build_submissions [FOLDER]" in capsys.readouterr().err


@pytest.mark.parametrize("path", sorted(files(COMMITTED)), ids=str)
def test_no_file_is_over_a_megabyte(path):
    assert 500 < (COMMITTED / path).stat().st_size < 1_000_000


@pytest.mark.parametrize("name", NAMES)
def test_shape_of_the_notebook(name):
    notebook = read(name)
    codes = len(code_cells(notebook))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 1 if name == BILAL else 0)
    assert 58 <= len(notebook["cells"]) <= 63
    assert 22 <= codes <= 27
    assert not any("id" in cell for cell in notebook["cells"])
    assert notebook["metadata"]["kernelspec"]["name"] == ("python3" if name == BILAL else "python2")


@pytest.mark.parametrize("name", sorted(set(NAMES) - {DANA}))
def test_widgets_lack_their_state(name):
    widgets = read(name)["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]
    assert "state" not in widgets
    assert all("state" in model for model in widgets.values())


def test_execution_counts_are_out_of_order_or_missing():
    cells = [cell for cell in read(AMELIE)["cells"] if cell["cell_type"] == "code"]
    counts = [cell["execution_count"] for cell in cells]
    known = [count for count in counts if count is not None]
    assert None in counts
    assert known != sorted(known)
    assert len(known) > 15


def test_outputs_are_of_python_2_7_and_an_unrun_notebook_has_none():
    printed = "".join("".join(output["text"]) for output in saved(read(AMELIE), "stream"))
    assert "('training set', (50000, 3, 32, 32))" in printed
    assert "/usr/local/lib/python2.7/" in printed
    assert len(re.findall(r"Epoch \[25/25\], training", printed)) == 4
    assert len(saved(read(AMELIE), "display_data")) > 10
    assert all(cell.get("outputs", []) == [] for cell in read(DANA)["cells"])


def test_pictures_in_text_cells_are_of_real_size():
    text = "\n".join(text_cells(read(AMELIE)))
    sizes = [len(found) for found in re.findall(r"data:image/png;base64,([\w+/=]+)", text)]
    assert len(sizes) == 3
    assert all(30_000 < size < 125_000 for size in sizes)


def test_errors_are_saved_where_the_session_met_them():
    assert [output["ename"] for output in saved(read(EMIL), "error")] == [
        "NameError",
        "RuntimeError",
    ]


@pytest.mark.parametrize(("quirk", "name", "parts"), QUIRKS, ids=[row[0] for row in QUIRKS])
def test_quirk_is_there(quirk, name, parts):
    pattern = "(?s:.*)".join(re.escape(part) for part in parts)
    found = [cell for cell in code_cells(read(name)) if re.search(pattern, cell)]
    assert found, f"{quirk}: not in {name}"


def test_one_right_notebook_enters_no_folder_and_has_no_markers_in_its_cnn():
    cells = code_cells(read(BILAL))
    assert not any("%cd" in cell or "os.chdir" in cell for cell in cells)
    assert [("WRITE FROM" in cell) for cell in cells if "class CNN" in cell] == [False]


def test_there_are_empty_cells_and_extra_ones():
    assert "" in code_cells(read(AMELIE))
    assert sum("train(args" in cell for cell in code_cells(read(AMELIE))) == 7
    assert sum("train(args" in cell for cell in code_cells(read(BILAL))) == 7


@pytest.mark.parametrize("twice", ["class AttrDict", "def train", "def compute_loss",
                                   "def run_validation_step"])  # fmt: skip
def test_helpers_are_defined_twice(twice):
    assert sum(twice in cell for cell in code_cells(read(AMELIE))) == 2


def test_a_badge_comes_first_and_answers_stand_in_text_cells():
    assert "colab-badge.svg" in text_cells(read(AMELIE))[0]
    assert any("1728 NF + 1280 NC" in cell for cell in text_cells(read(BILAL)))


@pytest.mark.parametrize("name", [AMELIE, BILAL, CHEN, EMIL])
def test_write_up_holds_the_counts(name):
    data = (COMMITTED / name / "a2-writeup.pdf").read_bytes()
    assert data.startswith(b"%PDF-1.4\n")
    assert re.search(rb"1728 ?\*?NF \+ 1280 ?\*?NC", data)
