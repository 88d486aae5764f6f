"""An independent reader of Classroom 50's `result.json`, written from its schema."""

from __future__ import annotations

import json

import jsonschema

from grader.platforms import classroom50
from tests.json_rules import no_constant

# After schemas/result-v1.schema.json of foundation50/classroom50, August 2026.
NAMED, COUNTED = {"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}


RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit",
        "release", "review", "datetime", "score", "max-score", "tests",
    ],
    "properties": {
        "schema": {"const": "classroom50/result/v1"},
        "classroom": NAMED,
        "assignment": NAMED,
        "assignment_type": {"enum": ["individual", "group"]},
        "owner": NAMED,
        "submission": {"type": "string", "pattern": "^submit/"},
        "commit": NAMED,
        "release": NAMED,
        "review": NAMED,
        "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "score": COUNTED,
        "max-score": COUNTED,
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {
                    "test-name": NAMED,
                    "passed": {"type": "boolean"},
                    "score": COUNTED,
                    "max-score": COUNTED,
                },
            },
        },
    },
}  # fmt: skip


def result(data: bytes) -> dict:
    """Return result.json as Classroom 50's runner takes it, with what the runner adds."""
    found = json.loads(data, parse_constant=no_constant)
    stamped = {"owner": "ada", "assignment_type": "individual", "datetime": "2026-09-01T12:00:00Z"}
    jsonschema.validate(found | stamped, RESULT)
    assert found["score"] <= found["max-score"]
    assert all(test["score"] <= test["max-score"] for test in found["tests"])
    return found


RUNNER = {
    "CLASSROOM": "csc413", "ASSIGNMENT": "a2", "SUBMISSION_TAG": "submit/2026-09-01T12-00-00Z-abc",
    "COMMIT_URL": "https://example.com/c", "RELEASE_URL": "https://example.com/r",
}  # fmt: skip


def room_of(found):
    return result(classroom50.result(found, RUNNER))
