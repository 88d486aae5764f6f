"""Graded folders without a kernel: verdicts that a test makes up, scored as a run scores them."""

from __future__ import annotations

import json
from pathlib import Path

from grader.basics import storage
from grader.batch import record
from grader.batch import results as results_
from grader.judging.catalog import catalogue
from grader.model import (
    CheckResult,
    Evidence,
    ExecutedNotebook,
    Finding,
    GradeReport,
    HandIn,
    Replies,
    Status,
    Submission,
    SubmissionFile,
    Verdict,
)
from grader.scoring import reporting, rubric
from grader.scoring.rubric import Rubric

SHIPPED = rubric.load()
POOL = Finding("block 1 of CNN", "pool first", "ReLU first", "pool_after_relu")
OTHER = Finding("the scores", "the diagram's", "others")


def passed() -> tuple[CheckResult, ...]:
    """Return the verdicts on a right submission."""
    return tuple(CheckResult(name, Status.PASSED) for name in catalogue())


def results(**lost: tuple[Finding, ...]) -> tuple[CheckResult, ...]:
    """Return verdicts; those that are given failed with the findings: `cnn_blocks=(POOL,)`."""
    given = {name.replace("_", ".", 1): found for name, found in lost.items()}
    return tuple(
        CheckResult(r.id, Status.FAILED, given[r.id]) if r.id in given else r for r in passed()
    )


def report(
    name: str,
    found: tuple[CheckResult, ...],
    rules: Rubric = SHIPPED,
    files: tuple[SubmissionFile, ...] = (),
) -> GradeReport:
    """Return the report that verdicts come to."""
    evidence = Evidence(Submission(name, files), ExecutedNotebook("none"), Replies({}))
    return reporting.report(evidence, found, rules, {"grader": "1", "seed": "7"})


def put(
    out: Path,
    name: str,
    found: tuple[CheckResult, ...],
    rules: Rubric = SHIPPED,
    files: tuple[SubmissionFile, ...] = (),
) -> None:
    """Put a graded submission into a folder of results."""
    storage.save_report(out / name, report(name, found, rules, files))
    storage.save_results(out / name / storage.EVIDENCE / storage.RESULTS, found)
    key = {"evidence": "e", "rubric": record.of_rubric(None).key}
    (out / name / results_.KEY).write_text(json.dumps(key))


def held(out: Path, name: str) -> None:
    """Put a withheld submission into a folder of results."""
    withheld = reporting.withheld(HandIn(name), Verdict.SANDBOX_FAILURE, "it died", SHIPPED, "none")
    storage.save_report(out / name, withheld)
