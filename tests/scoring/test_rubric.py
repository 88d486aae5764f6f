"""Findings to points: the arithmetic by hand, and every way a rubric can be wrong."""

import dataclasses

import pytest

from grader.judging.catalog import catalogue
from grader.model import CheckResult, Finding, Status
from grader.scoring import rubric
from grader.scoring.rubric import RubricError

SHIPPED = rubric.load()


def results(**changed):
    """Every check passed, but for those given as part__property=result."""
    found = {name: CheckResult(name, Status.PASSED) for name in catalogue()}
    for key, (status, *findings) in changed.items():
        name = key.replace("__", ".", 1)
        found[name] = CheckResult(name, status, tuple(findings))
    return found.values()


def finding(mistake=None, where=None, credit=0.0, note=False):
    return Finding("what", "expected", "actual", mistake, where, None, credit, note)


def share(check):
    """The share of its question that a check has in the shipped rubric."""
    return next(q.checks[check] for q in SHIPPED.questions if check in q.checks)


def points(question, found):
    scored = rubric.score(found, SHIPPED)
    return next(q.points for q in scored.questions if q.id == question)


def test_six_points_two_for_each_part():
    parts = {"A": 0.0, "B": 0.0, "C": 0.0}
    for question in SHIPPED.questions:
        if question.id[0] in parts:
            parts[question.id[0]] += question.automatic + question.manual
    assert {part: round(value, 9) for part, value in parts.items()} == {"A": 2, "B": 2, "C": 2}


def test_everything_passed_is_every_point():
    scored = rubric.score(results(), SHIPPED)
    assert scored.points == scored.max_points == 3.2
    assert all(check.points == check.max_points for check in scored.checks)


def test_a_priced_mistake_costs_its_price_once_however_often_it_is_seen():
    seen = finding("pool_after_relu", "block 1")
    found = results(cnn__blocks=(Status.FAILED, seen, seen), cnn__values=(Status.FAILED, seen))
    assert points("A1", found) == pytest.approx(0.8 * 0.8)


def test_a_price_for_each_place_has_a_ceiling():
    def missing(blocks):
        found = [finding("relu_missing", f"block {b}") for b in range(1, blocks + 1)]
        return points("A1", results(cnn__blocks=(Status.FAILED, *found)))

    assert missing(1) == pytest.approx(0.8 * 0.8)
    assert missing(2) == pytest.approx(0.8 * 0.6)
    assert missing(3) == missing(5) == pytest.approx(0.8 * 0.5)


def test_prices_add_up_and_a_question_never_goes_below_zero():
    two = results(
        unet__skip_connections=(Status.FAILED, finding("skip_missing_input", "a")),
        unet__blocks=(Status.FAILED, finding("pool_after_relu", "b")),
    )
    assert points("B1", two) == pytest.approx(0.5)
    all_gone = results(
        unet__skip_connections=(Status.FAILED, finding("skips_missing")),
        unet__blocks=(Status.FAILED, finding("width_wrong")),
    )
    assert points("B1", all_gone) == 0


def test_a_failure_that_is_not_recognised_costs_the_check():
    found = results(cnn__values=(Status.FAILED, finding()))
    assert points("A1", found) == pytest.approx(0.8 * (1 - share("cnn.values")), abs=1e-6)


def test_partial_credit_keeps_a_share_of_the_check():
    found = results(training__cnn_accuracy=(Status.FAILED, finding("below_band", credit=0.75)))
    lost = share("training.cnn_accuracy") * 0.25
    assert points("A1", found) == pytest.approx(0.8 * (1 - lost), abs=1e-6)


def test_a_note_costs_nothing():
    found = results(cnn__blocks=(Status.PASSED, finding("upsample_after_relu", note=True)))
    assert points("A1", found) == 0.8


def chain(length):
    """A question and checks of it, each of which requires the one before."""
    for question in SHIPPED.questions:
        for last in question.checks if question.automatic else ():
            names = [last]
            while len(names) < length:
                needed = [n for n in catalogue()[names[0]].requires if n in question.checks]
                if len(catalogue()[names[0]].requires) != 1 or not needed:
                    break
                names.insert(0, needed[0])
            if len(names) == length and not catalogue()[names[0]].requires:
                return question, names
    raise AssertionError(f"no chain of {length} checks")


def verdicts(changed):
    return [changed.get(name, CheckResult(name, Status.PASSED)) for name in catalogue()]


def test_a_skipped_check_is_lost_unless_the_mistake_that_held_it_up_is_paid_for():
    question, (first, second) = chain(2)

    def kept(mistake):
        failed = CheckResult(first, Status.FAILED, (finding(mistake),))
        found = verdicts({first: failed, second: CheckResult(second, Status.SKIPPED)})
        return points(question.id, found) / question.automatic

    assert kept("width_wrong") == pytest.approx(1 - 0.3, abs=1e-5)
    assert kept(None) == pytest.approx(1 - share(first) - share(second), abs=1e-5)


def test_skipped_through_two_steps_is_still_excused():
    question, (first, second, third) = chain(3)
    found = verdicts(
        {
            first: CheckResult(first, Status.FAILED, (finding("width_wrong"),)),
            second: CheckResult(second, Status.SKIPPED),
            third: CheckResult(third, Status.SKIPPED),
        }
    )
    assert points(question.id, found) / question.automatic == pytest.approx(0.7, abs=1e-5)


def test_an_error_without_a_finding_costs_the_check():
    assert points("C1", results(finetune__selection=(Status.ERROR,))) == 0


def test_the_points_of_the_checks_add_up_to_those_of_the_question():
    found = results(
        unet__skip_connections=(Status.FAILED, finding("skips_missing")),
        unet__values=(Status.FAILED, finding("skips_missing")),
    )
    scored = rubric.score(found, SHIPPED)
    for question in scored.questions:
        total = sum(c.points for c in scored.checks if c.question == question.id)
        assert total == pytest.approx(question.points, abs=1e-5)
    assert points("B1", found) == pytest.approx(0.1)


def test_hints_can_be_turned_off():
    found = results(cnn__blocks=(Status.FAILED, finding("pool_after_relu")))
    silent = dataclasses.replace(SHIPPED, hints=False)

    def hint(with_rubric):
        grades = rubric.score(found, with_rubric).checks
        return next(c.hint for c in grades if c.id == "cnn.blocks")

    assert hint(SHIPPED)
    assert hint(silent) == ""


def changed(tmp_path, old, new):
    text = rubric.SHIPPED.read_text("utf-8")
    assert old in text
    path = tmp_path / "my.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("format = 1", "format = 2", "format=2, but this program reads format 1"),
        ("format = 1", "", "format=None, but this program reads format 1"),
        ("hints = true", "hint = true", "unknown key 'hint'; did you mean 'hints'?"),
        ("hints = true", 'hints = "yes"', "hints='yes' must be true or false"),
        ('"cnn.blocks"', '"cnn.block"', "unknown check 'cnn.block'; did you mean 'cnn.blocks'?"),
        (
            "automatic = 0.8",
            "automatic = -1",
            "questions.A1.automatic=-1 must be a number, 0 or more",
        ),
        ("automatic = 0.8", "automatic = true", "questions.A1.automatic=True must be a number"),
        ("automatic = 0.8", "automatic = nan", "questions.A1.automatic=nan must be a number"),
        ("automatic = 0.8", "points = 1", "unknown key of questions.A1: 'points'"),
        ("manual = 0.4", "manual = '1'", "questions.A3.manual='1' must be a number, 0 or more"),
        (
            '"finetune.selection" = 1.0',
            '"finetune.selection" = 1.1',
            "C1.checks add up to 1.1, not to",
        ),
        (
            '"finetune.selection" = 1.0',
            "",
            "the shares of questions.C1.checks add up to 0, not to 1",
        ),
        ("relu_at_end = 0.3", "relu_at_end = 1.5", "prices.relu_at_end=1.5 takes away more than"),
        (
            "each = 0.2, most = 0.5",
            "each = 0.2, max = 0.5",
            "unknown key of prices.batchnorm_missing:",
        ),
        (
            "each = 0.2, most = 0.5",
            "most = 0.5",
            "prices.batchnorm_missing.each=None must be a number",
        ),
        ('default = "public"', 'default = "secret"', "visibility.default='secret' must be"),
        ('default = "public"', '"cnn.x" = "hidden"', "unknown check 'cnn.x'"),
        ("[visibility]", "[visible]", "unknown key 'visible'; did you mean 'visibility'?"),
        ("format = 1", "format = ", "not TOML"),
        (
            '"handin.cells_run" = 0',
            '"cnn.values" = 0',
            "check cnn.values is in both A1 and hand-in",
        ),
        (', "handin.cells_run" = 0', "", "no question holds the check handin.cells_run"),
    ],
)
def test_a_wrong_rubric_is_refused_by_name(tmp_path, old, new, line):
    path = changed(tmp_path, old, new)
    with pytest.raises(RubricError) as caught:
        rubric.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_mistake_cannot_be_priced(tmp_path):
    path = changed(tmp_path, "relu_at_end = 0.3", "relu_at_the_end = 0.3\nrelu_at_end = 0.3")
    with pytest.raises(RubricError, match=r"unknown mistake 'relu_at_the_end'.*'relu_at_end'"):
        rubric.load(path)


def test_a_rubric_that_is_not_there(tmp_path):
    with pytest.raises(RubricError, match="No such file"):
        rubric.load(tmp_path / "absent.toml")


def test_a_hidden_check(tmp_path):
    path = changed(tmp_path, 'default = "public"', 'default = "public"\n"cnn.values" = "hidden"')
    loaded = rubric.load(path)
    assert loaded.seen_by("cnn.values") == "hidden"
    assert loaded.seen_by("cnn.blocks") == "public"
