"""Independent readers of the platforms' formats, written from the platforms' descriptions.

Each one raises AssertionError for what its platform would refuse or misread.
"""

from __future__ import annotations

import json

import jsonschema

from tests.reports import markus_contract

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
# After schemas/result-v1.schema.json of foundation50/classroom50, August 2026.
NAMED, COUNTED = {"type": "string", "minLength": 1}, {"type": "integer", "minimum": 0}
CLASSROOM50 = {
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


def markus_body(body: dict) -> dict:
    """Return the results of an `add_test_run` body that MarkUs takes, and keeps whole."""
    assert len(json.dumps(body)) <= 10_000_000
    assert set(body) == {"test_results"}
    results = body["test_results"]
    assert markus_contract.failures(results) == []
    assert not any(group.get("overall_comment") for group in results["test_groups"])
    kept = markus_contract.stored(results)
    if results["status"] != "failed":
        assert [g["tests"] for g in kept] == [g["tests"] for g in results["test_groups"]]
    return results


def markus_mark(results: dict, most: float) -> float | None:
    """Return the mark that MarkUs makes of a run; None where it leaves the mark alone."""
    return markus_contract.mark(markus_contract.stored(results), most)


def classroom50(data: bytes) -> dict:
    """Return result.json as Classroom 50's runner takes it, with what the runner adds."""
    found = json.loads(data, parse_constant=_no_constant)
    stamped = {"owner": "ada", "assignment_type": "individual", "datetime": "2026-09-01T12:00:00Z"}
    jsonschema.validate(found | stamped, CLASSROOM50)
    assert found["score"] <= found["max-score"]
    assert all(test["score"] <= test["max-score"] for test in found["tests"])
    return found


def _no_constant(name: str) -> float:
    raise AssertionError(f"{name} is no JSON")


def moodle_feedback(names: list[str], participants: dict[int, str]) -> dict[str, str]:
    """Return which file each participant gets, as Moodle's `importziplib.php` finds it.

    The file's path and name are broken at "/", each part at its first four "_": the second piece
    must be the number of a participant, the next two a plugin.
    """
    given = {}
    for name in names:
        parts = ["import", *name.split("/")]
        assert not parts[-1].startswith((".", "~"))
        for place, part in enumerate(parts):
            pieces = part.split("_", 4)
            if len(pieces) < 4 or not pieces[1].isdecimal():
                continue
            who = participants.get(int(pieces[1]))
            if who is None or pieces[2:4] != ["assignfeedback", "file"]:
                continue
            own = "/".join(["".join(pieces[4:]), *parts[place + 1 :]])
            assert own == "/report.html", "only a path in full is known again, unchanged files too"
            assert who not in given
            given[who] = name
            break
    return given


def canvas_feedback(
    names: list[str], uploads: dict[tuple[str, str], str], groups: tuple[str, ...] = ()
) -> dict[str, tuple[str, str]]:
    """Return what each user's comment gets, a file and the name it is shown under.

    As `infer_comment_context_from_filename` of Canvas finds it; other files are ignored there.

    Args:
        names: of the zip.
        uploads: display names by user and number of the upload.
        groups: names of groups, which are taken off.
    """
    given = {}
    for name in names:
        base = name.rpartition("/")[2]
        group = next((each for each in groups if base.startswith(f"{each}_")), None)
        pieces = [p for p in base.removeprefix(f"{group}_").split("_") if p != "LATE"]
        anonymous = pieces[0] == "anon"
        numbers = [p for p in pieces if p.isdecimal()]
        user, upload = pieces[1:3] if anonymous else (*numbers, "", "")[:2]
        if not pieces[-1].startswith("link") and (user, upload) in uploads:
            assert user not in given
            given[user] = name, uploads[user, upload]
    return given
