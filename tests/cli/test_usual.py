"""grader.toml: options of a class, read from its folder of results alone; what is typed wins."""

from pathlib import Path

import pytest

from grader.basics.exits import BadInput
from grader.cli import main as cli
from grader.cli import usual

TEXT = """
[grade]
roster = "../students.csv"
jobs = 2
full = false
[export.canvas]
assignment = "A 2"
scale = true
[push.markus]
url = "https://markus.example.edu"
course = 7
assignment = 3
"""


@pytest.fixture
def out(tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / usual.FILE).write_text(TEXT)
    return str(tmp_path / "results")


def parsed(*typed):
    arguments, _ = usual.completed(typed)
    return cli.parser().parse_args(arguments)


def test_options_of_the_class_need_not_be_typed(out, tmp_path):
    found = parsed("grade", "download.zip", "--out", out)
    assert (found.roster, found.jobs, found.full) == (tmp_path / "students.csv", 2, False)
    found = parsed("export", out, "--to", "canvas", "--gradebook", "x.csv")
    assert (found.assignment, found.scale) == ("A 2", True)
    found = parsed("push", "markus", out)
    assert (found.url, found.course, found.assignment) == ("https://markus.example.edu", 7, 3)


def test_what_is_typed_wins(out):
    assert parsed("grade", "download.zip", f"--out={out}", "--jobs", "5").jobs == 5
    assert parsed("push", "markus", out, "--course", "8").course == 8


def test_other_formats_and_verbs_get_nothing(out):
    for typed in (["export", out, "--to", "csv"], ["status", out], ["checks"], [], ["--help"]):
        assert usual.completed(typed) == (typed, [])


def test_no_file_beside_what_was_handed_in_is_asked(out, tmp_path, monkeypatch):
    monkeypatch.chdir(out)
    typed = ["grade", ".", "--out", str(tmp_path / "other")]
    assert usual.completed(typed) == (typed, [])
    assert usual.completed(["grade", out]) == (["grade", out], [])


def test_isolation_and_seed_are_typed():
    assert not {"sandbox", "seed"} & {option for table in usual.KNOWN.values() for option in table}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[grade", "not TOML"),
        ("[grad]\njobs = 1", "grad is none of its tables: [grade], [rescore]"),
        ("grade = 1", "grade is none of its tables"),
        ("[export]\nscale = true", "export.scale is none of its tables"),
        ('[grade]\nsandbox = "none"', "[grade] sandbox: not one of roster, rubric"),
        ("[grade]\njobs = [1]", "[grade] jobs: a text, a whole number or true"),
        (b"\xff", "not TOML"),
    ],
)
def test_a_wrong_file_is_one_line(out, capsys, text, line):
    data = text if isinstance(text, bytes) else text.encode()
    Path(out, usual.FILE).write_bytes(data)
    assert cli.main(["grade", "x", "--out", out]) == cli.USAGE
    said = capsys.readouterr().err
    assert said.startswith("grader: ")
    assert said.count("\n") == 1
    assert line in said
    with pytest.raises(BadInput):
        usual.completed(["rescore", out])


def test_the_options_are_shown(out, capsys):
    assert cli.main(["export", out, "--to", "canvas"]) == cli.USAGE
    assert capsys.readouterr().err.splitlines()[0] == (
        "note: of grader.toml: '--assignment=A 2' --scale"
    )


def test_every_option_of_a_table_is_one_of_its_verb():
    for name, options in usual.KNOWN.items():
        verb, _, further = name.partition(".")
        lead = {"export": ["export", "r", "--to", further], "push": ["push", further, "r"]}.get(
            verb, [verb, "r"]
        )
        needed = ["--url=u", "--course=1", "--assignment=1"] if verb == "push" else []
        for option in options:
            flag = option in ("scale", "full", "verbose")
            value = "total" if option == "score" else "1"
            typed = [*lead, *needed, f"--{option}" if flag else f"--{option}={value}"]
            assert cli.parser().parse_args(typed).verb == verb
