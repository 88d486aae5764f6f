"""How a folder of results was graded: rubric with its text, grader, settings; for later runs."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import grader
from grader.basics import storage
from grader.basics.exits import BadInput, shown
from grader.batch.settings import Settings
from grader.scoring import rubric
from grader.scoring.rubric import Rubric

FILE = Path(".grader", "graded.json")
SHIPPED = "the shipped rubric"
FORMAT = 1


@dataclass(frozen=True)
class Record:
    """What `graded.json` holds: enough to score the folder as before, whatever became of a file.

    Attributes:
        grader: version of the grader of the last run.
        rubric: text of the rubric of every report in the folder.
        name: of the rubric's file, for people.
        settings: of the last run, for people.
    """

    grader: str
    rubric: str
    name: str = SHIPPED
    settings: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def key(self) -> str:
        """Return the digest of the rubric."""
        return hashlib.sha256(self.rubric.encode()).hexdigest()

    def scores(self) -> Rubric:
        """Return the rubric. Raises RubricError where this grader cannot use it any more."""
        return rubric.of(self.rubric.encode(), self.name)


def load(folder: Path) -> Record | None:
    """Return the record of a folder of results; None for one that was graded before there was any.

    Raises BadInput for one that cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        found = storage.from_json(Record, path.read_bytes())
    except (OSError, storage.Unreadable) as error:
        raise BadInput(
            f"{shown(path)}: {error}; remove it and give the rubric with --rubric"
        ) from None
    return found


def of_rubric(path: Path | None, before: Record | None = None) -> Record:
    """Return a record with a rubric: of a file, else as before, else the shipped one.

    Raises RubricError, one line, for a rubric that cannot be used.
    """
    if path is None and before is not None:
        before.scores()
        return before
    if path is not None:
        with contextlib.suppress(OSError):  # the shipped rubric by its own path, say
            path = None if path.samefile(rubric.SHIPPED) else path
    file = path or rubric.SHIPPED
    rubric.load(file)
    name = SHIPPED if path is None else path.name
    return Record(grader.__version__, file.read_text("utf-8"), name)


def of_settings(settings: Settings) -> dict[str, str]:
    """Return settings in words; where a course keeps its files is nobody's business."""
    return {
        "isolation": settings.isolation,
        "device": settings.device,
        "training": "in full" if settings.full else f"{settings.max_epochs} epoch",
        "data": "stand-in" if settings.world is None else "the real sets",
        "weights": "stand-in" if settings.weights is None else settings.weights.name,
    }


def differences(before: Record, now: Record) -> list[str]:
    """Return what is graded otherwise than before, in words; the rubric is not among it."""
    found = []
    if before.grader != now.grader:
        found.append(f"grader {before.grader}, now {now.grader}")
    for name, value in now.settings.items():
        old = before.settings.get(name)
        if old not in (None, value):
            found.append(f"{name} {old}, now {value}")
    return found or ["another state of the grader, its libraries or its seed"]


def said(record: Record) -> str:
    """Return in words how a folder was graded."""
    return f"graded by grader {record.grader} with {shown(record.name)}"
