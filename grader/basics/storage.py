"""Evidence and reports on disk: JSON, tensors beside it as safetensors. Files appear whole."""

from __future__ import annotations

import functools
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from pydantic import TypeAdapter, ValidationError
from safetensors.numpy import load_file
from safetensors.numpy import save as save_arrays

from grader.basics.exits import room
from grader.model import (
    CheckResult,
    ExecutedNotebook,
    GradeReport,
    Outcome,
    Replies,
    Reply,
    Request,
    StudentError,
)

T = TypeVar("T")
RESULTS = "results.json"
SUBMISSION = "submission.json"  # as it was handed in, the notebook's text in it
SEPARATOR = "/"  # between a reply's id and the name of its array


class Unreadable(ValueError):
    """A stored file that is not what it should be; the message is one line."""


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file so that it is there whole or not at all. Raises NoRoom on a full disk."""
    with room(path.parent, len(data)):
        _write(path, data, mode)


def _write(path: Path, data: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def to_json(value: Any, kind: Any = None) -> bytes:
    """Return any of the nouns of `grader.model` as JSON; equal values give equal bytes.

    Args:
        value: the noun, or several.
        kind: its type where that is more than the value's class: `tuple[Student, ...]`.
    """
    plain = _adapter(cast("Any", kind or type(value))).dump_python(value, mode="json")
    return text_bytes(json.dumps(plain, indent=1, ensure_ascii=False) + "\n")


def text_bytes(text: str) -> bytes:
    """Return text as UTF-8; half a surrogate pair, which a notebook can print, becomes `?`."""
    return text.encode("utf-8", "replace")


def from_json(kind: type[T], data: bytes) -> T:
    """Return a noun of `grader.model` from its JSON. Raises Unreadable with one line."""
    try:
        found: T = _adapter(cast("Any", kind)).validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise Unreadable(
            f"not a {getattr(kind, '__name__', kind)}: {where}: {first['msg']}"
        ) from None
    return found


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Return what reads and writes a noun; to make one costs more than to use it."""
    return TypeAdapter(kind)


def save_replies(folder: Path, replies: Replies) -> None:
    """Write replies as replies.json and replies.safetensors.

    Requests that a search came upon are written beside them, likewise; all others are drawn again
    from the run's seed.
    """
    _save_requests(folder, [r for r in replies.requests.values() if r.found])
    heads, arrays = {}, {}
    for id_ in replies:
        reply = replies.peek(id_)
        heads[id_] = {
            "outcome": reply.outcome.value,
            "values": reply.values,
            "error": vars(reply.error) if reply.error else None,
            "seconds": reply.seconds,
        }
        for name, array in reply.arrays.items():
            arrays[f"{id_}{SEPARATOR}{name}"] = np.ascontiguousarray(array)
    write(folder / "replies.safetensors", save_arrays(arrays))
    write(folder / "replies.json", (json.dumps(heads, indent=1) + "\n").encode())


def load_replies(folder: Path, drawn: Mapping[str, Request] | None = None) -> Replies:
    """Return the replies that `save_replies` wrote.

    Args:
        folder: where they lie.
        drawn: the requests that the catalogue draws from the seed of that run, by id; those that
            a search came upon are read from the folder.
    """
    heads, arrays = _load(folder, "replies")
    replies = {id_: _reply(id_, head, arrays[id_]) for id_, head in heads.items()}
    return Replies(replies, {**(drawn or {}), **_load_requests(folder)})


def _save_requests(folder: Path, requests: list[Request]) -> None:
    heads = {r.id: {"kind": r.kind, "params": dict(r.params)} for r in requests}
    arrays = {
        f"{r.id}{SEPARATOR}{name}": np.ascontiguousarray(array)
        for r in requests
        for name, array in r.arrays.items()
    }
    write(folder / "requests.safetensors", save_arrays(arrays))
    write(folder / "requests.json", (json.dumps(heads, indent=1) + "\n").encode())


def _load_requests(folder: Path) -> dict[str, Request]:
    heads, arrays = _load(folder, "requests")
    return {
        id_: Request(id_, head["kind"], head["params"], arrays[id_], found=True)
        for id_, head in heads.items()
    }


def _load(folder: Path, name: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return what a pair of files holds by id: the JSON and the arrays."""
    heads = json.loads((folder / f"{name}.json").read_text("utf-8"))
    arrays: dict[str, dict[str, Any]] = {id_: {} for id_ in heads}
    for key, array in load_file(folder / f"{name}.safetensors").items():
        id_, _, rest = key.partition(SEPARATOR)
        arrays[id_][rest] = array
    return heads, arrays


def _reply(id: str, head: Mapping[str, Any], arrays: Mapping[str, Any]) -> Reply:  # noqa: A002
    error = StudentError(**head["error"]) if head["error"] else None
    return Reply(id, Outcome(head["outcome"]), head["values"], arrays, error, head["seconds"])


def save_results(path: Path, results: tuple[CheckResult, ...]) -> None:
    """Write check results, all that scoring needs."""
    plain = TypeAdapter(tuple[CheckResult, ...]).dump_python(results, mode="json")
    write(path, text_bytes(json.dumps(plain, indent=1, ensure_ascii=False) + "\n"))


def load_results(path: Path) -> tuple[CheckResult, ...]:
    """Return the check results that `save_results` wrote. Raises Unreadable."""
    return from_json(tuple[CheckResult, ...], path.read_bytes())


def save_evidence(
    folder: Path,
    executed: ExecutedNotebook,
    notebook: str,
    replies: Replies,
    results: tuple[CheckResult, ...],
) -> None:
    """Write all that is needed to judge or to score again without a kernel."""
    save_replies(folder, replies)
    write(folder / "executed.json", to_json(executed))
    write(folder / "executed.ipynb", text_bytes(notebook))
    save_results(folder / RESULTS, results)


REPORT = "report.json"
TRACEBACK = "traceback.txt"  # of a fault of the grader's own, for the bug report
EVIDENCE = "evidence"


def graded(out: Path) -> list[Path]:
    """Return the folders below `out` that hold a report, sorted."""
    return sorted(path.parent for path in out.glob(f"*/{REPORT}"))


def save_report(folder: Path, report: GradeReport) -> None:
    """Write report.json."""
    write(folder / REPORT, to_json(report))


def load_report(folder: Path) -> GradeReport:
    """Return the report of a folder. Raises Unreadable."""
    return from_json(GradeReport, (folder / REPORT).read_bytes())
