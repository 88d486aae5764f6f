"""Whatever a kernel answers: verdicts, points, a report and every export, and never our failure."""

import contextlib
import functools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from grader.assignment.forms import FORMS
from grader.assignment.pages import blocks, colourings
from grader.basics import storage
from grader.basics.schema import Misfit
from grader.judging import catalog
from grader.kernel import requests
from grader.model import (
    Evidence,
    ExecutedNotebook,
    GradeReport,
    Outcome,
    Replies,
    Reply,
    Status,
    Student,
    StudentError,
)
from grader.proving import solutions
from grader.reports.html.nouns import Parts
from grader.scoring import reporting, rubric
from tests.fuzz import exports
from tests.fuzz.drawn import WORDS, around, array, fitting
from tests.fuzz.effort import many

FAMILIES = {
    "conv2d": "conv2d.",
    "cnn": "cnn.",
    "unet": "unet.",
    "training": ("cnn.learn.", "unet.learn."),
    "finetune": "finetune.",
}
ENVIRONMENT = reporting.environment("cpu", 1)
FUZZ = settings(
    max_examples=many(25),
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@functools.cache
def real(id_):
    """The reference's reply, its values as they travel."""
    reply = solutions.reference().peek(id_)
    return replace(reply, values=json.loads(json.dumps(reply.values)))


@functools.cache
def checks_of(family):
    return tuple(name for name in catalog.catalogue() if name.partition(".")[0] == family)


def asked_in(family):
    prefix = FAMILIES[family]
    return [i for i in solutions.requests() if i.startswith(prefix) and ".learn." not in i] or [
        i for i in solutions.requests() if i.startswith(prefix)
    ]


@functools.cache
def drawn(kind):
    form = FORMS[kind].values
    return fitting(form) | fitting(form.in_part())


def values_of(asked):
    return around(real(asked.id).values) | drawn(asked.kind)


@st.composite
def arrays_of(draw, asked, values):
    """Arrays as they are expected beside these values, some of them others, or gone."""
    form, expected = FORMS[asked.kind], {}
    with contextlib.suppress(Misfit):
        form.values.check(values, "")
        expected = form.arrays(asked, values)
    known = real(asked.id).arrays
    found = {}
    for name, want in list(expected.items())[:40]:
        kept = known.get(name)
        if kept is not None and want.shape in (None, kept.shape) and draw(st.integers(0, 3)):
            found[name] = kept
        elif draw(st.integers(0, 9)):
            found[name] = draw(_expected(want, kept))
    if draw(st.integers(0, 9)) == 0:
        found[draw(st.sampled_from(["output", "x", "grad.conv.0.weight", "losses"]))] = draw(
            array()
        )
    return found


@st.composite
def _expected(draw, want, kept):
    found = draw(array(kept))
    small = max((want.most, *(want.shape or ()))) < 1 << 16
    if want.shape is not None and small and draw(st.integers(0, 9)):
        found = found.ravel()[:1] if found.size else found
        found = found.repeat(want.most).reshape(want.shape) if found.size else found
    return found


@st.composite
def replies_to(draw, family):
    """One to three replies of a family, by id."""
    ids = draw(st.lists(st.sampled_from(asked_in(family)), min_size=1, max_size=3, unique=True))
    found = {}
    for id_ in ids:
        asked = solutions.requests()[id_]
        outcome = draw(st.sampled_from([*[Outcome.OK] * 6, Outcome.RAISED, Outcome.MISSING]))
        values = draw(values_of(asked))
        arrays = draw(arrays_of(asked, values)) if outcome is Outcome.OK else {}
        error = None if outcome is Outcome.OK else StudentError("E\u202e", "m" * 500, "l")
        found[id_] = requests.typed(asked, Reply(id_, outcome, values, arrays, error, 0.1))
    return found


@functools.cache
def right():
    known = {id_: solutions.reference().peek(id_) for id_ in solutions.requests()}
    evidence = Evidence(
        solutions.ALONE, ExecutedNotebook("none"), Replies(known, solutions.requests())
    )
    return known, {r.id: r for r in catalog.judge(evidence, solutions.reference())}


def evidence_with(changed):
    known, _ = right()
    found = Replies({**known, **changed}, solutions.requests())
    return Evidence(solutions.ALONE, ExecutedNotebook("none"), found)


def judged(changed, family):
    evidence = evidence_with(changed)
    results = catalog.judge(evidence, solutions.reference(), checks_of(family))
    for result in results:
        assert result.status is not Status.BROKEN, f"{result.id}: {result.message}"
    return evidence, tuple({**right()[1], **{r.id: r for r in results}}.values())


@st.composite
def named(draw, report):
    """A report of a hand-in whose names and notes are whatever somebody wrote."""
    id_ = report.submission.id
    student = Student(id_, draw(WORDS), draw(WORDS), draw(WORDS))
    submission = replace(report.submission, students=(student,), notebook_name=draw(WORDS))
    return replace(report, submission=submission, notes=(*report.notes, draw(WORDS)))


def graded(evidence, results):
    """The report, with what holds for any."""
    report = reporting.report(evidence, results, rubric.load(), ENVIRONMENT)
    assert report.status == "graded"
    assert 0 <= report.score <= report.max_score
    assert storage.from_json(GradeReport, storage.to_json(report)) == report
    return report


def parts(evidence, family):
    """Return what a page shows of a family: all of them at once would take a second."""
    if family in ("cnn", "unet"):
        return Parts(networks=blocks.networks(evidence, solutions.reference()))
    if family in ("training", "finetune"):
        return Parts(learning=colourings.learning(evidence.replies, solutions.reference()))
    return Parts()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where exports find what they fill in, with the variables of Classroom 50's runner."""
    path = tmp_path_factory.mktemp("exports")
    exports.prepare(path, solutions.ALONE.id)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in exports.RUNNER.items():
            patch.setenv(name, value)
        yield path


@pytest.mark.parametrize("fill", [np.inf, -np.inf, np.nan, 1e300, -1e300, 0.0])
def test_starting_numbers_of_any_size_are_judged(fill):
    """Drawn once: a mean of infinite numbers."""
    reply = solutions.reference().peek("conv2d.init")
    for some in (slice(None), slice(1), slice(0, 2)):
        arrays = {name: numbers.astype(float) for name, numbers in reply.arrays.items()}
        for numbers in arrays.values():
            numbers.flat[some] = fill
        judged({"conv2d.init": replace(reply, arrays=arrays)}, "conv2d")


@pytest.mark.parametrize("family", FAMILIES)
@given(data=st.data())
@FUZZ
def test_any_reply_is_judged_and_shown(folder, family, data):
    evidence, results = judged(data.draw(replies_to(family)), family)
    report = data.draw(named(graded(evidence, results)))
    drawn_too = data.draw(st.integers(0, 4)) == 0  # pages read networks again, and take their time
    found = parts(evidence, family) if drawn_too else Parts()
    for name, text in (*exports.exported(report, folder), *exports.shown(report, found)):
        assert text, name
        assert not exports.hiding(name, text), name
