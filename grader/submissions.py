"""Finds and safely opens submissions. Nothing in here runs what a student wrote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from grader.exits import BadInput, shown
from grader.files import Refused, read_plain
from grader.model import Problem, Submission, SubmissionFile, Writeup
from grader.written import writeup

NAME = "a2-cnn.ipynb"
SIZE_LIMIT = 64 << 20  # bytes; real ones have 1 to 3 MB
DEPTH_LIMIT = 60
NEWEST = 4
RESERVED = frozenset('/\\:*?"<>|')  # in file names, on one system or another
INSTEAD = (".html", ".htm", ".py", ".ipynb.txt", ".ipynb.json", "cnn.json", "cnn.txt")
IGNORED = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}


def read_file(path: Path, limit: int = SIZE_LIMIT) -> bytes:
    """Read a plain file of at most `limit` bytes; links, pipes and devices are refused."""
    try:
        return read_plain(path, limit)
    except Refused as refused:
        raise BadInput(f"{shown(path)}: {refused}; give a notebook or its folder") from None


def parse_notebook(data: bytes, name: str) -> str:
    """Return a notebook as nbformat 4 JSON text, upgraded if it is older.

    Raises BadInput with one line for anything that is not a notebook.
    """
    if not data.strip():
        raise BadInput(f"{shown(name)}: the file is empty; save the notebook and hand it in again")
    try:
        raw = json.loads(data)
    except UnicodeDecodeError:
        raise BadInput(f"{shown(name)}: not text, so not a notebook; hand in the .ipynb") from None
    except (ValueError, RecursionError) as error:
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "too deep"
        kind = "an HTML page" if data.lstrip()[:1] == b"<" else f"broken JSON ({where})"
        raise BadInput(
            f"{shown(name)}: {kind}, not a notebook; download the .ipynb again"
        ) from None
    return _upgraded(raw, name)


def _upgraded(raw: Any, name: str) -> str:
    version = raw.get("nbformat") if isinstance(raw, Mapping) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise BadInput(f"{shown(name)}: JSON, but not a notebook (no nbformat); hand in the .ipynb")
    if not 1 <= version <= NEWEST:
        raise BadInput(
            f"{shown(name)}: nbformat {version}, but this program reads formats 1 to {NEWEST}; "
            "save it with Jupyter as version 4"
        )
    if _depth(raw) > DEPTH_LIMIT:
        raise BadInput(f"{shown(name)}: nested more than {DEPTH_LIMIT} deep; not a real notebook")
    try:
        notebook = nbformat.convert(nbformat.from_dict(dict(raw)), NEWEST)
        _complete(notebook)
        nbformat.validate(notebook)
        return str(nbformat.writes(notebook, version=NEWEST))
    except Exception as error:  # noqa: BLE001 - nbformat's errors have no common base
        reason = str(error).strip().splitlines() or [""]
        raise BadInput(
            f"{shown(name)}: not a notebook that Jupyter can open ({shown(reason[0])[:120]})"
        ) from None


def _complete(notebook: Any) -> None:
    """Put in what old or hand-edited notebooks leave out and later tools insist on."""
    notebook.setdefault("metadata", {})
    notebook["cells"] = [c for c in notebook.get("cells", []) if isinstance(c, Mapping)]
    notebook["nbformat_minor"] = 5
    widgets = notebook["metadata"].get("widgets")
    if isinstance(widgets, Mapping):  # saved widgets without a state break every exporter
        notebook["metadata"].pop("widgets")
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{number}"  # its place: unique, and the same in every run
        cell.setdefault("metadata", {})
        source = cell.get("source", "")
        cell["source"] = "".join(source) if isinstance(source, list) else str(source)
        if cell.get("cell_type") == "code":
            cell.setdefault("outputs", [])
            cell.setdefault("execution_count", None)


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= DEPTH_LIMIT:
        depth += 1
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
        ]
    return depth


def open_submission(path: Path) -> Submission:
    """Return the submission at `path`: a notebook, or a folder that holds one.

    Raises BadInput with one line when there is nothing to grade.
    """
    submission = receive(path)
    if submission.problem is not None:
        raise BadInput(submission.problem.reason)
    return submission


def receive(path: Path) -> Submission:
    """Return what was handed in at `path`, whatever it is worth; `problem` says what is wrong.

    Raises BadInput for a file that is no notebook at all; a folder is always received.
    """
    if path.is_dir():
        files = _files(path)
        return _submission(_identifier(path), {f.relative_to(path).as_posix(): f for f in files})
    data = read_file(path)
    if path.suffix != ".ipynb":
        raise BadInput(f"{shown(path)}: not a notebook; give the .ipynb or its folder")
    folder = path.parent.resolve().name
    name = folder if path.name == NAME and folder else path.stem
    notebook, problem = _parsed(data, str(path))
    return Submission(
        _safe(name), (_described(path.name, data),), path.name, notebook, problem=problem
    )


def _parsed(data: bytes, name: str) -> tuple[str | None, Problem | None]:
    try:
        return parse_notebook(data, name), None
    except BadInput as bad:
        return None, Problem("not_a_notebook", str(bad))


def _identifier(folder: Path) -> str:
    return _safe(folder.resolve().name)


def _safe(name: str) -> str:
    """Return a name that is a file name everywhere."""
    kept = "".join(c if c.isprintable() and c not in RESERVED else "_" for c in name).strip(" .")
    return kept or "submission"


def _files(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.rglob("*")):
        parts = set(path.relative_to(folder).parts)
        if not parts & IGNORED and path.is_file() and not path.name.startswith("."):
            found.append(path)
    return found


def _described(name: str, data: bytes) -> SubmissionFile:
    return SubmissionFile(name, len(data), hashlib.sha256(data).hexdigest())


def _submission(name: str, files: Mapping[str, Path]) -> Submission:
    contents: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    for file, path in files.items():
        try:
            contents[file] = read_file(path)
        except BadInput as bad:
            refused[file] = str(bad)
    notebooks = sorted((n for n in files if n.endswith(".ipynb")), key=_rank)
    chosen, notebook, problem = _notebook(name, notebooks, contents, refused)
    notes = [f"not looked at: {line}" for file, line in refused.items() if file != chosen]
    if len(notebooks) > 1 and notebook is not None:
        others = ", ".join(shown(n) for n in notebooks if n != chosen)
        notes.append(f"several notebooks: {shown(chosen)} was graded, not {others}")
    return Submission(
        name,
        tuple(_described(n, data) for n, data in contents.items()),
        chosen,
        notebook,
        tuple(notes),
        _writeup(contents),
        problem or (_none(name, list(files)) if chosen is None else None),
    )


def _notebook(
    name: str, notebooks: list[str], contents: Mapping[str, bytes], refused: Mapping[str, str]
) -> tuple[str | None, str | None, Problem | None]:
    """Return the first notebook that can be read, else the first with what is wrong with it."""
    tried: list[tuple[str | None, str | None, Problem | None]] = []
    for file in notebooks:
        if file in refused:
            tried.append((file, None, Problem("not_a_notebook", refused[file])))
        else:
            tried.append((file, *_parsed(contents[file], f"{name}/{file}")))
        if tried[-1][1] is not None:
            return tried[-1]
    return tried[0] if tried else (None, None, None)


def _none(name: str, files: list[str]) -> Problem:
    """Return why a folder without a notebook cannot be graded."""
    instead = [n for n in files if n.lower().endswith(INSTEAD)]  # an export, or a download renamed
    if instead:
        reason = f"{shown(name)}: no notebook (.ipynb), but {shown(instead[0])}"
        return Problem("not_a_notebook", f"{reason}; hand in {NAME}")
    reason = f"{shown(name)}: no notebook (.ipynb) in this folder; it holds {len(files)} files"
    return Problem("notebook_missing", reason)


def _writeup(contents: Mapping[str, bytes]) -> Writeup:
    chosen = writeup.choose(list(contents))
    if chosen is None:
        return writeup.missing([shown(name) for name in contents])
    return writeup.read(contents[chosen], chosen)


def _rank(notebook: str) -> tuple[bool, int, str]:
    """Return how likely a notebook is the one to grade: the very name, then the shallowest."""
    return notebook.rpartition("/")[2] != NAME, notebook.count("/"), notebook


def find(path: Path) -> list[Path]:
    """Return the submissions at `path`: itself, or the folders below it that hold notebooks.

    Raises BadInput when there is none.
    """
    if not path.exists():
        raise BadInput(f"{shown(path)}: no such file or folder")
    if path.is_file() or any(p.suffix == ".ipynb" for p in path.iterdir()):
        return [path]
    folders = [p for p in sorted(path.iterdir()) if p.is_dir() and _counts(p)]
    with_notebooks = [p for p in folders if any(f.suffix == ".ipynb" for f in _files(p))]
    if not with_notebooks:
        raise BadInput(f"{shown(path)}: no notebook (.ipynb) in it or in the folders below it")
    return folders


def _counts(folder: Path) -> bool:
    """Return whether a folder is somebody's, an empty one too."""
    return folder.name not in IGNORED and not folder.name.startswith(".")
