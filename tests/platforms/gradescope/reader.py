"""An independent reader of Gradescope's `results.json`, written from its documentation.

Each function raises AssertionError for what Gradescope would refuse or misread.
"""

from __future__ import annotations

import json

import jsonschema

from tests.json_rules import no_constant

VISIBILITY = ["visible", "hidden", "after_due_date", "after_published"]
OUTPUT = ["text", "html", "simple_format", "md", "ansi"]
RESULTS = {
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


def results(data: bytes) -> dict:
    """Return results.json as Gradescope would read it."""
    found = json.loads(data, parse_constant=no_constant)
    jsonschema.validate(found, RESULTS)
    return found


def total(found: dict) -> float | None:
    """Return the total that Gradescope computes: the top one wins; None if there is none."""
    if "score" in found:
        return found["score"]
    scores = [test["score"] for test in found.get("tests", ()) if "score" in test]
    return sum(scores) if scores else None


def student_sees_total(found: dict) -> bool:
    """Return whether a student is shown the total: not if one test is hidden."""
    return all(test["visibility"] == "visible" for test in found.get("tests", ()))
