"""An independent reader of what MarkUs takes, written from its source.

Each function raises AssertionError for what MarkUs would refuse or misread.
"""

from __future__ import annotations

import json

import jsonschema

from grader.platforms.markus import results
from tests.json_rules import no_constant
from tests.platforms.markus import contract

TEST = {
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


def lines(text: str) -> tuple[list[dict], list[dict]]:
    """Return the tests of a custom tester, and its other objects."""
    tests, others = [], []
    assert text.endswith("\n")
    for line in text.splitlines():
        found = json.loads(line, parse_constant=no_constant)
        if APART & set(found):
            assert set(found) <= APART
            others.append(found)
        else:
            _test(found)
            tests.append(found)
    names = [test["name"] for test in tests]
    assert len(set(names)) == len(names)
    return tests, others


def _test(test: dict) -> None:
    jsonschema.validate(test, TEST)
    earned, total, status = test["marks_earned"], test["marks_total"], test["status"]
    if status == "pass":
        assert earned == total
    elif status == "partial":
        assert 0 < earned < total
    else:
        assert earned == 0


def body(body: dict) -> dict:
    """Return the results of an `add_test_run` body that MarkUs takes, and keeps whole."""
    assert len(json.dumps(body)) <= 10_000_000
    assert set(body) == {"test_results"}
    results = body["test_results"]
    assert contract.failures(results) == []
    assert not any(group.get("overall_comment") for group in results["test_groups"])
    kept = contract.stored(results)
    if results["status"] != "failed":
        assert [g["tests"] for g in kept] == [g["tests"] for g in results["test_groups"]]
    return results


def mark(results: dict, most: float) -> float | None:
    """Return the mark that MarkUs makes of a run; None where it leaves the mark alone."""
    return contract.mark(contract.stored(results), most)


def body_of(found, **groups):
    return json.loads(json.dumps(results.body(found, **({"test_group": 11} | groups))))
