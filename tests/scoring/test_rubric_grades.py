"""What a rubric holds once it is loaded, and each field of a check's grade."""

import pytest

from grader.judging import mistakes
from grader.judging.catalog import catalogue
from grader.model import CheckResult, Finding, ManualQuestion, Status
from grader.scoring import rubric
from grader.scoring.rubric import Price, RubricError

TOML = "format = 1\n"


def write(tmp_path, text):
    path = tmp_path / "my.toml"
    path.write_text(text, "utf-8")
    return path


def whole(extra="", question="", automatic=1):
    """A rubric with one question that holds every check, all the points on the first."""
    names = list(catalogue())
    shares = ", ".join(f'"{n}" = {1 if n == names[0] else 0}' for n in names)
    head = f"{TOML}{extra}\n[questions.Q]\nautomatic = {automatic}\n{question}\n"
    return f"{head}checks = {{ {shares} }}\n"


def test_what_is_loaded_is_what_was_written(tmp_path):
    extra = "[prices]\nrelu_at_end = 0.25\nrelu_missing = { each = 0.1, most = 0.3 }\n"
    extra += "pool_missing = { each = 0.4 }\n"
    loaded = rubric.load(write(tmp_path, whole(extra, 'title = "Žoë"\nmanual = 0.5')))
    (question,) = loaded.questions
    assert (question.id, question.title) == ("Q", "Žoë")
    assert (question.automatic, question.manual) == (1.0, 0.5)
    assert list(question.checks) == list(catalogue())
    assert loaded.prices == {
        "relu_at_end": Price(0.25, 0.25),
        "relu_missing": Price(0.1, 0.3),
        "pool_missing": Price(0.4, 0.4),
    }
    assert loaded.hints is True


def test_what_is_left_out(tmp_path):
    loaded = rubric.load(write(tmp_path, whole()))
    (question,) = loaded.questions
    assert (question.title, question.manual) == ("Q", 0.0)
    assert {loaded.seen_by(name) for name in catalogue()} == {"public"}
    assert rubric.score(passed().values(), loaded).manual == ()


def test_visibility_has_a_default_and_exceptions(tmp_path):
    text = whole() + '[visibility]\ndefault = "hidden"\n"cnn.values" = "public"\n'
    loaded = rubric.load(write(tmp_path, text))
    assert loaded.seen_by("cnn.values") == "public"
    assert loaded.seen_by("cnn.blocks") == "hidden"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (whole("prices = 1"), "prices must be a table"),
        (TOML + "[questions]\nQ = 3", "questions.Q must be a table"),
        (TOML + "[questions.Q]\nchecks = 3", "checks must be a table"),
        (
            TOML + "[questions.Q]\nchecks = {'cnn.values' = 'x'}",
            "questions.Q.checks.cnn.values='x'",
        ),
        (TOML + "[questions.Q]\nzzz = 3", "unknown key of questions.Q: 'zzz'"),
        (whole("[prices]\nrelu_at_end = 'x'"), "prices.relu_at_end='x' must be a number"),
        (whole("[prices]\nrelu_at_end = {each = 0.1, most = 'x'}"), "prices.relu_at_end.most='x'"),
        (whole(automatic=1e6), "questions.Q.automatic=1000000.0 must be a number"),
    ],
)
def test_each_place_is_named(tmp_path, text, line):
    path = write(tmp_path, text)
    with pytest.raises(RubricError) as caught:
        rubric.load(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: {line}")
    assert not said.endswith("XX")
    assert said.count("did you mean") <= 1


def passed(**_):
    return {name: CheckResult(name, Status.PASSED, seconds=0.5) for name in catalogue()}


def grades(changed):
    results = passed() | {result.id: result for result in changed}
    return {g.id: g for g in rubric.score(results.values(), rubric.load()).checks}


WRONG = Finding("the thing", "this", "that", "pool_after_relu", "block 1", None)
NOTED = Finding("a note", "n1", "n2", "upsample_after_relu", None, None, 0.0, True)


def test_the_grade_of_a_failed_check():
    result = CheckResult("cnn.blocks", Status.FAILED, (NOTED, WRONG), "", 0.25)
    grade = grades([result])["cnn.blocks"]
    entry = catalogue()["cnn.blocks"]
    assert grade.id == "cnn.blocks"
    assert grade.question == "A1"
    assert grade.status is Status.FAILED
    assert grade.visibility == "public"
    assert grade.title == entry.title
    assert grade.mistakes == ("pool_after_relu", "upsample_after_relu")
    assert (grade.message, grade.expected, grade.actual) == ("the thing", "this", "that")
    record = mistakes.known()["pool_after_relu"]
    assert (grade.why, grade.hint) == (f"{record.why}.", f"{record.look_for}.")
    assert grade.seconds == 0.25
    assert grade.findings == (NOTED, WRONG)


def test_a_findings_own_hint_goes_first():
    own = Finding("w", "e", "a", None, None, "look here")
    assert (
        grades([CheckResult("cnn.blocks", Status.FAILED, (own,))])["cnn.blocks"].hint == "look here"
    )


def test_the_grade_of_a_check_that_only_noted_something():
    grade = grades([CheckResult("cnn.blocks", Status.PASSED, (NOTED,))])["cnn.blocks"]
    assert (grade.message, grade.expected, grade.actual) == ("a note", "n1", "n2")
    assert grade.points == grade.max_points


def test_the_grade_of_a_check_without_findings():
    plain = grades([])["cnn.blocks"]
    assert (plain.message, plain.expected, plain.actual, plain.why, plain.hint) == ("",) * 5
    assert plain.mistakes == ()
    skipped = grades([CheckResult("cnn.blocks", Status.SKIPPED, (), "not judged: x")])["cnn.blocks"]
    assert skipped.message == "not judged: x"


def test_what_a_person_marks():
    scored = rubric.score(passed().values(), rubric.load())
    assert scored.manual[0] == ManualQuestion("A2", "What the pictures of the CNN show", 0.3)
    assert [q.question for q in scored.manual] == [
        "A2", "A3", "A4", "B2", "B3", "B4", "C3", "C4", "C5",
    ]  # fmt: skip
    assert all(q.answer is None for q in scored.manual)
    assert {q.id: q.title for q in scored.questions}["B1"] == "UNet"


def shares(question):
    return next(q.checks for q in rubric.load().questions if q.id == question)


def test_two_failures_without_a_price_add_up_and_the_passed_checks_keep_theirs():
    unknown = Finding("w", "e", "a")
    first = CheckResult("cnn.values", Status.FAILED, (unknown,))
    second = CheckResult("cnn.gradients", Status.ERROR)
    results = passed() | {"cnn.values": first, "cnn.gradients": second}
    scored = rubric.score(results.values(), rubric.load())
    lost = shares("A1")["cnn.values"] + shares("A1")["cnn.gradients"]
    points = {q.id: q.points for q in scored.questions}
    assert points["A1"] == pytest.approx(0.8 * (1 - lost), abs=1e-6)
    for grade in scored.checks:
        own = 0.0 if grade.id in ("cnn.values", "cnn.gradients") else grade.max_points
        assert grade.points == pytest.approx(own, abs=1e-6)


def test_what_a_price_leaves_is_spread_over_the_failed_checks_by_their_shares():
    results = passed()
    for name in ("cnn.values", "cnn.blocks"):
        results[name] = CheckResult(name, Status.FAILED, (WRONG,))
    scored = {g.id: g for g in rubric.score(results.values(), rubric.load()).checks}
    values, blocks = shares("A1")["cnn.values"], shares("A1")["cnn.blocks"]
    rest = values + blocks - 0.2
    assert scored["cnn.values"].points == pytest.approx(
        0.8 * rest * values / (values + blocks), abs=1e-5
    )
    assert scored["cnn.blocks"].points == pytest.approx(
        0.8 * rest * blocks / (values + blocks), abs=1e-5
    )
    assert scored["cnn.settings"].points == scored["cnn.settings"].max_points


def test_a_hidden_check_is_hidden_in_its_grade(tmp_path):
    text = whole() + '[visibility]\n"cnn.values" = "hidden"\n'
    scored = rubric.score(passed().values(), rubric.load(write(tmp_path, text)))
    hidden = {g.id for g in scored.checks if g.visibility == "hidden"}
    assert hidden == {"cnn.values"}


def test_a_failure_without_a_price_costs_everything_that_it_held_up():
    worth = [n for q in rubric.load().questions if q.automatic for n in q.checks]
    ends = [n for n in worth if catalogue()[n].requires]
    last = next(n for n in ends if catalogue()[catalogue()[n].requires[0]].requires)
    middle = catalogue()[last].requires[0]
    first = catalogue()[middle].requires[0]
    results = passed()
    results[first] = CheckResult(first, Status.FAILED, (Finding("w", "e", "a"),))
    results[middle] = CheckResult(middle, Status.SKIPPED)
    results[last] = CheckResult(last, Status.SKIPPED)
    score = rubric.score(results.values(), rubric.load())
    scored = {g.id: g for g in score.checks}
    assert [scored[name].points for name in (first, middle, last)] == [0, 0, 0]
    (question,) = (q for q in rubric.load().questions if first in q.checks)
    (grade,) = (g for g in score.questions if g.id == question.id)
    lost = sum(question.checks[name] for name in (first, middle, last))
    assert grade.points == pytest.approx(grade.max_points * (1 - lost))
    assert all(
        g.points == g.max_points for n, g in scored.items() if n not in (first, middle, last)
    )


def test_a_failed_check_that_is_worth_nothing_earns_nothing(tmp_path):
    first, second, *_ = catalogue()
    results = passed() | {second: CheckResult(second, Status.FAILED)}
    scored = rubric.score(results.values(), rubric.load(write(tmp_path, whole())))
    assert {g.id: g.points for g in scored.checks if g.points} == {first: 1.0}


NEEDY = """format = 1
[questions.given]
automatic = 0.2
needs = {needs}
checks = {{ "conv2d.runs" = 1, {rest} }}
[questions.own]
automatic = {own}
checks = {{ "cnn.builds" = 1 }}
[questions.free]
checks = {{ "cnn.values" = 0 }}
"""


def needy(tmp_path, needs='["own"]', own=0.8):
    others = [n for n in catalogue() if n not in ("conv2d.runs", "cnn.builds", "cnn.values")]
    rest = ", ".join(f'"{name}" = 0' for name in others)
    return rubric.load(write(tmp_path, NEEDY.format(needs=needs, rest=rest, own=own)))


@pytest.mark.parametrize(
    ("needs", "failed", "points"),
    [
        ('["own"]', (), {"given": 0.2, "own": 0.8}),
        ('["own"]', ("cnn.builds",), {"given": 0, "own": 0}),
        ('["own", "free"]', ("cnn.builds",), {"given": 0, "own": 0}),
        ('["own"]', ("conv2d.runs",), {"given": 0, "own": 0.8}),
        ("[]", ("cnn.builds",), {"given": 0.2, "own": 0}),
    ],
)
def test_what_is_handed_out_earns_nothing_alone(tmp_path, needs, failed, points):
    results = [
        CheckResult(name, Status.FAILED if name in failed else Status.PASSED)
        for name in catalogue()
    ]
    scored = rubric.score(results, needy(tmp_path, needs))
    assert {q.id: q.points for q in scored.questions if q.max_points} == points
    assert sum(c.points for c in scored.checks) == pytest.approx(scored.points)


def test_a_fraction_of_a_point_is_one_that_is_earned(tmp_path):
    results = [CheckResult(name, Status.PASSED) for name in catalogue()]
    assert rubric.score(results, needy(tmp_path, own=0.3)).points == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("needs", "line"),
    [
        ('["onw"]', "unknown question in questions.given.needs: 'onw'; did you mean 'own'?"),
        ("3", "questions.given.needs=3 must be a list of questions"),
        ("[1]", r"questions.given.needs=\[1\] must be a list of questions"),
    ],
)
def test_needs_that_name_nothing_are_refused(tmp_path, needs, line):
    with pytest.raises(RubricError, match=line):
        needy(tmp_path, needs)
