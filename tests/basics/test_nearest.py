"""Suggestions: one matcher for verbs, checks, mistakes and students, prefixes first."""

import pytest

from grader.basics import storage
from grader.basics.exits import BadInput
from grader.basics.nearest import meant, nearest
from grader.cli import main as cli
from grader.judging.catalog import catalogue
from grader.model import GradeReport, Submission
from grader.platforms.common.exporting import chosen
from grader.reports import catalogue_text
from grader.scoring import rubric


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("unet.s", ["unet.settings", "unet.skip_connections"]),
        ("skip_conn", ["unet.skip_connections"]),
        ("UNET.BLOCK", ["unet.blocks"]),
        ("cnn.block", ["cnn.blocks"]),  # and not the likest of another family
        ("nothing like it", []),
        ("", []),
        (" ", []),
    ],
)
def test_prefixes_come_first(word, found):
    assert nearest(word, catalogue()) == found


def test_a_likely_slip_is_found_behind_them():
    assert nearest("cnn.vlaues", catalogue()) == ["cnn.values"]
    assert meant("cnn.vlaues", catalogue()) == "; did you mean 'cnn.values'?"


def test_the_same_word_twice_is_one_suggestion():
    assert nearest("ad", ["ada", "ada"]) == ["ada"]


def test_at_most_three_are_named():
    assert meant("s", ["s1", "s2", "s3", "s4"]) == "; did you mean 's1', 's2' or 's3'?"


@pytest.mark.parametrize(
    ("verb", "line"),
    [
        ("garde", "there is no verb 'garde'; did you mean 'grade'?"),
        ("res", "there is no verb 'res'; did you mean 'rescore'?"),
        ("zzz", "there is no verb 'zzz'; `grader --help` lists them"),
    ],
)
def test_verbs(capsys, verb, line):
    assert cli.main([verb]) == cli.USAGE
    assert capsys.readouterr().err == f"grader: {line}\n"


def test_checks_and_mistakes():
    for word, name in (("cnn.bl", "cnn.blocks"), ("relu_at", "relu_at_end")):
        with pytest.raises(KeyError, match=f"did you mean '{name}'"):
            catalogue_text.explain(word, rubric.load())


def test_students():
    reports = [GradeReport(Submission(n), "graded", 1, 2, "none") for n in ("ada-l", "bob", "ada")]
    with pytest.raises(BadInput, match="did you mean 'ada' or 'ada-l'"):
        chosen(reports, "ad")


def test_submissions_of_a_merged_table(tmp_path, capsys):
    storage.save_report(tmp_path / "ada-lovelace", GradeReport(Submission("ada-lovelace"), "graded",
                                                               1, 2, "none"))  # fmt: skip
    (tmp_path / "marks.csv").write_text("submission,question,points\nada,A2,0.1\n")
    assert cli.main(["merge", str(tmp_path)]) == cli.USAGE
    assert "'ada' among the results; did you mean 'ada-lovelace'?" in capsys.readouterr().err
