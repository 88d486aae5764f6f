"""`grader compare OLD NEW`: whose points changed, in which question, and why."""

import shutil

import pytest

from grader.basics import storage
from grader.batch import record
from grader.cli import main as cli
from grader.model import SubmissionFile
from grader.scoring import rubric
from tests.graded import OTHER, POOL, held, passed, put, results

WRONG = results(cnn_blocks=(POOL,))


@pytest.fixture
def folders(tmp_path):
    """Return a folder of results, and a copy of it that a test changes."""
    old, new = tmp_path / "old", tmp_path / "new"
    for name, found in (("ada", WRONG), ("bob", passed())):
        put(old, name, found)
    storage.write(old / record.FILE, storage.to_json(record.of_rubric(None)))
    shutil.copytree(old, new)
    return old, new


def compare(capsys, folders):
    capsys.readouterr()
    assert cli.main(["compare", *map(str, folders)]) == 0
    return capsys.readouterr().out.splitlines()


def test_the_same_folder_has_not_changed(capsys, folders):
    assert compare(capsys, folders) == ["0 of 2 changed; mean of the automatic points 3.12 -> 3.12"]


def test_another_rubric(capsys, folders):
    mine = folders[1].parent / "mine.toml"
    mine.write_text(rubric.SHIPPED.read_text().replace("pool_after_relu = 0.2",
                                                       "pool_after_relu = 0.5"))  # fmt: skip
    cli.main(["rescore", str(folders[1]), "--rubric", str(mine)])
    assert compare(capsys, folders) == [
        "ada: 3.04 of 3.20 -> 2.80 of 3.20",
        "  A1 0.64 of 0.80 -> 0.40 of 0.80",
        "  because: another rubric (mine.toml, before the shipped rubric)",
        "1 of 2 changed; mean of the automatic points 3.12 -> 3.00",
    ]


def test_handed_in_again(capsys, folders):
    put(folders[1], "ada", results(cnn_values=(OTHER,)), files=(SubmissionFile("a.ipynb", 1, "x"),))
    lines = compare(capsys, folders)
    assert lines[1:3] == [
        (
            "  A1 0.64 of 0.80 -> 0.68 of 0.80: cnn.blocks failed -> passed no longer "
            "pool_after_relu, cnn.values passed -> failed"
        ),
        "  because: other files: a.ipynb",
    ]


def test_a_decision_marks_and_a_withheld_report(capsys, folders):
    new = folders[1]
    (new / "overrides.csv").write_text(
        "submission,question or check,points or verdict,reason,who\n"
        "ada,A1,0.7,as agreed,Kim\nbob,deduction,0.5,late,Kim\n"
    )
    (new / "marks.csv").write_text("submission,question,points\nada,A2,0.2\n")
    cli.main(["merge", str(new)])
    lines = compare(capsys, folders)
    assert lines == [
        "ada: 3.04 of 3.20 -> 3.10 of 3.20",
        "  A1 0.64 of 0.80 -> 0.70 of 0.80",
        "  A2 not marked -> 0.20",
        (
            "  because: decided by a person: A1: 0.70 of 0.80 points: as agreed [Kim]; "
            "marks of a person"
        ),
        "bob: 3.20 of 3.20 -> 2.70 of 3.20",
        "  because: decided by a person: deduction: −0.50 points: late [Kim]",
        "2 of 2 changed; mean of the automatic points 3.12 -> 2.90",
    ]
    shutil.rmtree(new / "ada")
    held(new, "ada")
    lines = compare(capsys, folders)
    assert lines[0] == "ada: 3.04 of 3.20 -> withheld"
    assert "because: withheld now: it died" in "\n".join(lines)


def test_a_decision_is_the_same_under_another_rubric(capsys, folders):
    for folder in folders:
        (folder / "overrides.csv").write_text(
            "submission,question or check,points or verdict,reason,who\nada,A1,0.7,agreed,Kim\n"
        )
        cli.main(["merge", str(folder)])
    mine = folders[1].parent / "mine.toml"
    mine.write_text(rubric.SHIPPED.read_text().replace("automatic = 0.8", "automatic = 0.9"))
    cli.main(["rescore", str(folders[1]), "--rubric", str(mine)])
    because = [line for line in compare(capsys, folders) if "because" in line]
    assert because
    assert set(because) == {"  because: another rubric (mine.toml, before the shipped rubric)"}


def test_another_grader_or_seed_and_nothing_known(capsys, folders):
    path = folders[1] / "ada" / "report.json"
    put(folders[1], "ada", passed())
    assert "files, rubric and versions are alike" in compare(capsys, folders)[2]
    text = path.read_text().replace('"grader": "1"', '"grader": "2"').replace('"7"', '"8"')
    path.write_text(text)
    assert compare(capsys, folders)[2] == "  because: grader 1 -> 2; another seed"


def test_who_is_in_one_folder_alone(capsys, folders):
    shutil.rmtree(folders[0] / "ada")
    shutil.rmtree(folders[1] / "bob")
    assert compare(capsys, folders) == [
        "ada: in the new folder alone",
        "bob: in the old folder alone",
        "0 of 0 changed",
    ]


def test_no_results_is_one_line(capsys, tmp_path):
    assert cli.main(["compare", str(tmp_path), str(tmp_path)]) == 2
    assert "no report.json there" in capsys.readouterr().err
