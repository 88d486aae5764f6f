"""MarkUs's own rules for a test run, in our words: what it demands, stores and makes of it.

From MarkUs 2.9.0 to 2.10.1 (the same in both): `app/contracts/test_results_contract.rb`,
`TestRun#update_results!`, `TestResult`'s validations and `Submission#set_autotest_marks`.
"""

from __future__ import annotations

import jsonschema

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
FILLED = {"type": "string", "minLength": 1}
MAYBE_TEXT, MAYBE_WHOLE = {"type": ["string", "null"]}, {"type": ["integer", "null"]}
TEST = {
    "type": "object",
    "required": ["name", "time", "output", "status", "marks_total", "marks_earned"],
    "properties": {
        "name": FILLED,
        "time": MAYBE_WHOLE,
        "output": TEXT,
        "status": FILLED,
        "marks_total": WHOLE,
        "marks_earned": WHOLE,
    },
}
INFO = {
    "type": ["object", "null"],
    "required": ["name", "test_group_id", "display_output"],
    "properties": {
        "name": FILLED,
        "criterion": MAYBE_TEXT,
        "test_group_id": WHOLE,
        "display_output": TEXT,
    },
}
GROUP = {
    "type": "object",
    "required": ["time", "tests", "extra_info"],
    "properties": {
        "time": MAYBE_WHOLE,
        "timeout": MAYBE_WHOLE,
        "stderr": MAYBE_TEXT,
        "malformed": MAYBE_TEXT,
        "tests": {"type": "array", "items": TEST},
        "extra_info": INFO,
        "overall_comment": MAYBE_TEXT,
    },
}
CONTRACT = {
    "type": "object",
    "required": ["error", "status", "test_groups"],
    "properties": {
        "error": MAYBE_TEXT,
        "status": FILLED,
        "test_groups": {"type": "array", "items": GROUP},
    },
}
STATUSES = ("pass", "partial", "fail", "error", "error_all")


def failures(results: object) -> list[str]:
    """Return what the contract says against a run; MarkUs answers 422 with it."""
    return [
        error.message for error in jsonschema.Draft202012Validator(CONTRACT).iter_errors(results)
    ]


def stored(results: dict) -> list[dict]:
    """Return what MarkUs keeps of a run's test groups: a test that is not valid is lost."""
    if results["status"] == "failed":
        return []
    return [
        {
            "id": group["extra_info"]["test_group_id"],
            "tests": _tests(group["tests"]),
            "error": not group["tests"],
            "comment": group.get("overall_comment"),
        }
        for group in results["test_groups"]
    ]


def _tests(tests: list[dict]) -> list[dict]:
    kept: dict[str, dict] = {}
    for test in tests:
        fits = test["status"] in STATUSES and min(test["marks_earned"], test["marks_total"]) >= 0
        if fits and test["name"].strip() and test["name"] not in kept:
            kept[test["name"]] = test
    return list(kept.values())


def mark(groups: list[dict], most: float) -> float | None:
    """Return the mark of a criterion whose test groups these are; None where it is left alone."""
    if not groups or any(group["error"] for group in groups):
        return None
    tests = [test for group in groups for test in group["tests"]]
    earned, total = (sum(test[f"marks_{name}"] for test in tests) for name in ("earned", "total"))
    if not earned or not total:
        return 0.0
    return most if earned >= total else round(earned / total * most, 2)
