"""What is not written yet: the template's own gap, or the handout's as it was given out.

Everything else that fails is called what it is. A student who reads "not written yet" of code that
is there looks in the wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grader.model import Finding
from grader.student.history import class_in, code_of

RAISED = re.compile(r"it raises NotImplementedError(?: at `raise NotImplementedError|: Question )")
CLASSES = {"A1-conv": "MyConv2d", "A1": "CNN", "B1": "UNet"}
SUBJECTS = {
    **CLASSES,
    "C1": "the choice of the parameters that learn",
    "C2": "freezing and the new last layer",
}
OWN = re.compile(r"\bself\.|\bMyConv2d\b|\bnn\.|\bF\.|\btorch\.")  # what any network's code has
SELECTS = re.compile(r"parameters\(|\bclassifier\b")
FREEZES = re.compile(r"\brequires_grad|\bclassifier\b[^=\n]{0,60}=[^=]")
NO_GAP = {"handin", "counts"}


def gap(question: str, findings: Iterable[Finding], sources: Sequence[str]) -> str:
    """Return what of a question is not written yet, in words; "" if what fails is written.

    Args:
        question: its id, such as "B1".
        findings: of its checks that failed.
        sources: the notebook's code cells in order; empty where they are not known.
    """
    found = list(findings)
    subject = SUBJECTS.get(question)
    if not found or subject is None:
        return ""
    missing = [finding.actual for finding in found if finding.mistake == "missing"]
    if missing and not _is_there(question, sources):
        return f"{missing[0]}: run, or write, the cell that makes it"
    written = any(RAISED.search(finding.actual) for finding in found)
    if written or _is_untouched(question, {finding.mistake for finding in found}, sources):
        return f"{subject} {'are' if ' and ' in subject else 'is'} not written yet"
    return ""


def _is_there(question: str, sources: Sequence[str]) -> bool:
    name = CLASSES.get(question)
    return bool(name and class_in(name, sources))


def _is_untouched(question: str, mistakes: set[str | None], sources: Sequence[str]) -> bool:
    """Return whether the handout's own text still stands where the answer belongs."""
    if question in CLASSES:
        text = class_in(CLASSES[question], sources)
        return bool(text) and not OWN.search(text)
    if question == "C1":
        return "selects_nothing" in mistakes and not SELECTS.search(_selection(sources))
    untouched = {"head_not_replaced", "not_frozen"} <= mistakes
    return untouched and not any(FREEZES.search(code_of(source)) for source in sources)


def _selection(sources: Sequence[str]) -> str:
    """Return the code of the last cell that says which parameters learn."""
    found = (code_of(source) for source in reversed(sources))
    return next((code for code in found if "learned_parameters" in code), "")
