"""Independent readers of the platforms' formats, written from the platforms' descriptions.

Each one raises AssertionError for what its platform would refuse or misread.
"""

from __future__ import annotations

import base64
import json
import math

import jsonschema

VISIBILITY = ["visible", "hidden", "after_due_date", "after_published"]
OUTPUT = ["text", "html", "simple_format", "md", "ansi"]
GRADESCOPE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number", "minimum": 0},
        "output": {"type": "string"},
        "output_format": {"enum": OUTPUT},
        "visibility": {"enum": VISIBILITY},
        "stdout_visibility": {"enum": VISIBILITY},
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string"},
                    "number": {"type": "string"},
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "output": {"type": "string"},
                    "output_format": {"enum": OUTPUT},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": {"enum": VISIBILITY},
                },
            },
        },
    },
}
MARKUS_TEST = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "output", "marks_earned", "marks_total", "status", "time"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "output": {"type": "string"},
        "marks_earned": {"type": "number", "minimum": 0},
        "marks_total": {"type": "number", "exclusiveMinimum": 0},
        "status": {"enum": ["pass", "partial", "fail", "error", "error_all"]},
        "time": {"type": ["integer", "null"], "minimum": 0},
    },
}
APART = {"tags", "annotations", "extra_marks", "overall_comment"}  # objects of their own


def gradescope(data: bytes) -> dict:
    """Return results.json as Gradescope would read it."""
    found = json.loads(data, parse_constant=_no_constant)
    jsonschema.validate(found, GRADESCOPE)
    return found


def gradescope_total(found: dict) -> float | None:
    """Return the total that Gradescope computes: the top one wins; None if there is none."""
    if "score" in found:
        return found["score"]
    scores = [test["score"] for test in found.get("tests", ()) if "score" in test]
    return sum(scores) if scores else None


def student_sees_total(found: dict) -> bool:
    """Return whether a student is shown the total: not if one test is hidden."""
    return all(test["visibility"] == "visible" for test in found.get("tests", ()))


def markus_lines(text: str) -> tuple[list[dict], list[dict]]:
    """Return the tests of a custom tester, and its other objects."""
    tests, others = [], []
    assert text.endswith("\n")
    for line in text.splitlines():
        found = json.loads(line, parse_constant=_no_constant)
        if APART & set(found):
            assert set(found) <= APART
            others.append(found)
        else:
            _markus_test(found)
            tests.append(found)
    names = [test["name"] for test in tests]
    assert len(set(names)) == len(names)
    return tests, others


def _markus_test(test: dict) -> None:
    jsonschema.validate(test, MARKUS_TEST)
    earned, total, status = test["marks_earned"], test["marks_total"], test["status"]
    if status == "pass":
        assert earned == total
    elif status == "partial":
        assert 0 < earned < total
    else:
        assert earned == 0


def markus_mark(groups: list[dict], most: float) -> float | None:
    """Return the mark that MarkUs makes of test groups; None where it leaves the mark alone."""
    if not groups or any(not group["tests"] for group in groups):
        return None
    tests = [test for group in groups for test in group["tests"]]
    total = sum(test["marks_total"] for test in tests)
    return most * sum(test["marks_earned"] for test in tests) / total if total else 0.0


def markus_body(body: dict) -> list[dict]:
    """Return the test groups of an `add_test_results` body: whole marks, and ids."""
    assert len(json.dumps(body)) <= 10_000_000
    assert set(body) == {"test_results"}
    results = body["test_results"]
    assert set(results) == {"status", "error", "test_groups"}
    assert results["status"] == ("finished" if results["error"] is None else "failed")
    names = set()
    for group in results["test_groups"]:
        assert set(group) == {"time", "extra_info", "tests", "overall_comment"}
        assert isinstance(group["time"], int)
        info = group["extra_info"]
        assert set(info) == {"name", "test_group_id", "display_output", "criterion"}
        assert isinstance(info["test_group_id"], int)
        assert info["display_output"] in (0, 1, 2)
        for test in group["tests"]:
            _markus_test(test)
            assert isinstance(test["marks_earned"], int)
            assert isinstance(test["marks_total"], int)
            assert test["name"] not in names
            names.add(test["name"])
    return results["test_groups"]


def classroom(text: str) -> dict:
    """Return what a runner's result holds."""
    assert "\n" not in text
    found = json.loads(base64.b64decode(text, validate=True), parse_constant=_no_constant)
    assert set(found) == {"version", "status", "max_score", "tests"}
    assert found["version"] == 1
    assert found["status"] in ("pass", "fail", "error")
    keys = {"name", "status", "score", "message", "test_code", "filename", "line_no", "duration"}
    for test in found["tests"]:
        assert set(test) <= keys
        assert test["line_no"] == 0
        assert isinstance(test["duration"], int)
        assert test["status"] in ("pass", "fail", "error")
    return found


def classroom_console(found: dict) -> float:
    """Return the points that the console shows: passed / total × max."""
    passed = sum(test["status"] == "pass" for test in found["tests"])
    return passed / len(found["tests"]) * found["max_score"]


def classroom_points(found: dict) -> float:
    """Return the points that Classroom takes: the sum of scores."""
    return math.fsum(test["score"] for test in found["tests"])


def _no_constant(name: str) -> float:
    raise AssertionError(f"{name} is no JSON")
