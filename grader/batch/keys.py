"""What a result depends on, as digests: while they stay the same it need not be made again."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from grader.batch.settings import Settings
from grader.model import HandIn
from grader.model.assignment import chosen

PACKAGE = Path(__file__).parents[1]
SUFFIXES = (".py", ".json", ".safetensors", ".css")
LIBRARIES = ("torch", "torchvision", "numpy", "scipy", "ipykernel", "nbclient", "nbconvert")
CHUNK = 1 << 20


def evidence_key(hand_in: HandIn, settings: Settings) -> str:
    """Return the digest of all that the evidence of a submission depends on."""
    digest = hashlib.sha256()
    for part in (code_digest(), _of_hand_in(hand_in), _of_settings(settings)):
        digest.update(part.encode())
    return digest.hexdigest()


def run_key(settings: Settings) -> str:
    """Return the digest of what is the same for all submissions of a run, but for the rubric."""
    return hashlib.sha256((code_digest() + _of_settings(settings)).encode()).hexdigest()


def _of_hand_in(hand_in: HandIn) -> str:
    files = {name: hashlib.sha256(data).hexdigest() for name, data in hand_in.files.items()}
    students = [asdict(student) for student in hand_in.students]
    plain = [hand_in.id, files, dict(hand_in.refused), hand_in.notes, students, hand_in.late]
    return json.dumps(plain, sort_keys=True)


def _of_settings(settings: Settings) -> str:
    """Everything but the rubric, which has a key of its own, and where things lie."""
    plain = [settings.isolation, settings.seed, settings.full, settings.max_epochs, settings.device]
    deadlines = asdict(settings.deadlines)
    data = _of_folder(settings.world) if settings.world else "stand-in"
    weights = _of_file(settings.weights) if settings.weights else None
    return json.dumps([plain, deadlines, data, weights], sort_keys=True)


@functools.cache
def _of_folder(folder: Path) -> str:
    """Names, sizes and times of a data folder: reading 500 MB for a key would take longer."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    rows = [(p.relative_to(folder).as_posix(), p.stat().st_size, p.stat().st_mtime) for p in files]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@functools.cache
def _of_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@functools.cache
def code_digest() -> str:
    """Return the digest of the grader, the assignment, the reference and what computes."""
    digest = hashlib.sha256(chosen().title.encode())
    for path in _sources():
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    for name in LIBRARIES:
        digest.update(f"{name} {_version(name)}".encode())
    return digest.hexdigest()


def _sources() -> Iterable[Path]:
    folders = (PACKAGE, PACKAGE.parent / "reference", chosen().home)
    return sorted({p for folder in folders for p in folder.rglob("*") if p.suffix in SUFFIXES})


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
