"""JUnit XML as pytest's xunit2 writes it: a suite a submission, a case a check.

Pages of CI are read by students, too: the hidden checks of a question are one case without words.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from grader.model import CheckGrade, GradeReport, Status
from grader.platforms.common.nouns import Platform, Whole
from grader.reports import wording

TAGS = {Status.FAILED: "failure", Status.ERROR: "error", Status.BROKEN: "error"}
TAGS[Status.SKIPPED] = "skipped"


def junit(reports: Sequence[GradeReport]) -> bytes:
    """Return a document with the checks of one submission, or of a class."""
    root = ET.Element("testsuites", {"name": "grader"})
    root.extend(_suite(report) for report in reports)
    ET.indent(root)
    document: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return document + b"\n"


def _suite(report: GradeReport) -> ET.Element:
    report = wording.counted(report)
    open_ = wording.for_students(report)
    cases = [_case(report, check) for check in open_.checks]
    cases += _hidden(report)
    if report.status != "graded":
        cases.append(_withheld(report))
    suite = ET.Element(
        "testsuite",
        {
            "name": wording.line(report.submission.id),
            "errors": _count(cases, "error"),
            "failures": _count(cases, "failure"),
            "skipped": _count(cases, "skipped"),
            "tests": str(len(cases)),
            "time": f"{sum(check.seconds for check in open_.checks):.3f}",
        },
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report).items():
        ET.SubElement(properties, "property", {"name": name, "value": value})
    suite.extend(cases)
    return suite


def _hidden(report: GradeReport) -> list[ET.Element]:
    lost: dict[str, bool] = {}
    for check in report.checks:
        if check.visibility == "hidden":
            lost[check.question] = lost.get(check.question, False) or check.status in TAGS
    found = []
    for question, failed in lost.items():
        case = _element(report, f"{question} hidden checks", 0.0)
        if failed:
            ET.SubElement(case, "failure", {"message": wording.HIDDEN})
        found.append(case)
    return found


def _properties(report: GradeReport) -> dict[str, str]:
    found = {"status": report.status, "isolation": report.isolation}
    if report.status == "graded":
        found |= {"score": f"{report.score:g}", "max_score": f"{report.max_score:g}"}
    return found


def _count(cases: Sequence[ET.Element], tag: str) -> str:
    return str(sum(case.find(tag) is not None for case in cases))


def _case(report: GradeReport, check: CheckGrade) -> ET.Element:
    case = _element(report, check.id, check.seconds)
    if tag := TAGS.get(check.status):
        message = wording.line(check.message)
        kind = {"type": "pytest.skip"} if tag == "skipped" else {}
        ET.SubElement(case, tag, {"message": message, **kind}).text = wording.told(check)
    return case


def _withheld(report: GradeReport) -> ET.Element:
    case = _element(report, "grader", 0.0)
    ET.SubElement(case, "error", {"message": wording.headline(report)}).text = report.reason and (
        wording.clean(report.reason)
    )
    return case


def _element(report: GradeReport, name: str, seconds: float) -> ET.Element:
    where = wording.line(report.submission.id)
    return ET.Element("testcase", {"classname": where, "name": name, "time": f"{seconds:.3f}"})


PLATFORM = Platform("JUnit", Whole(lambda reports, _: junit(reports)))
