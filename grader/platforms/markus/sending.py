"""What `grader push markus` does: the results of a graded folder to the groups of an assignment."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.basics.exits import GRADED, WITHHELD, BadInput, shown
from grader.model import GradeReport
from grader.platforms.common.exporting import chosen, load
from grader.platforms.markus.client import MarkUs, Patience, Refused, address
from grader.platforms.markus.memory import Memory, named
from grader.platforms.markus.targets import Mark, Runs, remarks, runs

KEY = "MARKUS_API_KEY"
LARGEST = 10_000_000  # bytes that MarkUs takes in one call
RESULTS, REPORT = "results", "report.html"
STOP = (401, 403)  # the key is wrong: every other group would be refused, too


@dataclass(frozen=True)
class Parcel:
    """What one submission sends: results, and the report beside them."""

    id: str
    names: tuple[str, ...]  # that its group may bear
    body: Mapping[str, Any] | None  # None: no score, and the server takes scores alone
    report: bytes | None

    @property
    def contents(self) -> dict[str, bytes]:
        """Return what is sent, as bytes by name."""
        found = {RESULTS: json.dumps(self.body).encode()} if self.body is not None else {}
        return found | ({REPORT: self.report} if self.report is not None else {})


def push(options: argparse.Namespace, patience: Patience | None = None) -> int:
    """Send what was not sent yet; exit code 1 if something could not be sent, or is withheld."""
    server = f"{address(options.url)} course {options.course} assignment {options.assignment}"
    reports = chosen(load(options.graded), options.submission)
    if options.dry_run:
        for parcel in _parcels(options.graded, reports, _unasked(options)):
            print(f"{shown(parcel.id)}: would send {named(parcel.contents) or 'nothing'}")
        return GRADED
    client = MarkUs(options.url, _key(), options.course, options.assignment, patience)
    target = _target(client, options)
    parcels = _parcels(options.graded, reports, target)
    sender = _Sender(client, Memory(options.graded, server), target)
    sent = [sender.told(parcel, group) for parcel, group in _addressed(client, parcels)]
    held = sum(report.status != "graded" for report in reports)
    print(f"{sum(sent)} of {len(parcels)} submissions are on {shown(server)}")
    if held:
        print(f"{held} withheld: {target.withheld}")
    return GRADED if all(sent) and len(sent) == len(parcels) and not held else WITHHELD


def _key() -> str:
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise BadInput(f"{KEY} is not set: put the API key of your MarkUs account there")
    return key


def _unasked(options: argparse.Namespace) -> Runs | Mark:
    """Return where results would go, for a dry run: the server is not asked."""
    if options.criterion:
        return Mark(options.criterion)
    return Runs(options.test_group or 0, options.hidden_test_group)


def _target(client: MarkUs, options: argparse.Namespace) -> Runs | Mark:
    if options.criterion:
        return Mark(options.criterion)
    try:
        groups = client.test_groups()
    except Refused as refused:
        raise BadInput(_remedy(refused)) from None
    target = runs(groups, options.test_group, options.hidden_test_group)
    for remark in remarks(groups, target):
        _say(f"note: {remark}")
    return target


def _parcels(folder: Path, reports: Sequence[GradeReport], target: Runs | Mark) -> list[Parcel]:
    return [_parcel(folder, report, target) for report in reports]


def _parcel(folder: Path, report: GradeReport, target: Runs | Mark) -> Parcel:
    submission = report.submission
    path = folder / submission.id / REPORT
    return Parcel(
        submission.id,
        (submission.id, *(student.id for student in submission.students)),
        target.body(report),
        path.read_bytes() if path.is_file() else None,
    )


def _addressed(client: MarkUs, parcels: Sequence[Parcel]) -> Iterator[tuple[Parcel, int]]:
    """Yield each submission with its group; one without a group is told, and left out."""
    try:
        groups = client.groups()
    except Refused as refused:
        raise BadInput(_remedy(refused)) from None
    for parcel in parcels:
        fits = {groups[name] for name in parcel.names if name in groups}
        if len(fits) == 1:
            yield parcel, fits.pop()
        else:
            found = "no group of this name" if not fits else f"{len(fits)} groups fit"
            _say(f"{shown(parcel.id)}: {found} in MarkUs; not sent")


@dataclass(frozen=True)
class _Sender:
    """Sends parcels to a target, and remembers what was taken."""

    client: MarkUs
    memory: Memory
    target: Runs | Mark

    def told(self, parcel: Parcel, group: int) -> bool:
        """Send one submission and say what came of it; return whether all of it is there."""
        try:
            lines = list(self._send(parcel, group))
        except Refused as refused:
            if refused.code in STOP:
                raise BadInput(_remedy(refused)) from None
            _say(f"{shown(parcel.id)}: not sent: {_remedy(refused)}")
            return False
        print(f"{shown(parcel.id)}: {'; '.join(lines) or 'sent before'}", flush=True)
        return not any("too large" in line for line in lines)

    def _send(self, parcel: Parcel, group: int) -> Iterator[str]:
        """Send what the server does not have; yield a few words on each part."""
        for name, data in parcel.contents.items():
            if self.memory.has(parcel.id, name, data):
                continue
            if len(data) > LARGEST:
                yield f"{name} is too large ({len(data) / 1e6:.1f} MB, MarkUs takes 10): not sent"
                continue
            if name == REPORT:
                self.client.put_feedback(group, name, "text/html", data)
            else:
                self.target.send(self.client, group, parcel.body or {})
            self.memory.keep(parcel.id, name, data)
            yield f"{name} sent"


def _remedy(refused: Refused) -> str:
    remedies = {
        401: f"the key in {KEY} is not accepted; copy it again from your MarkUs account",
        403: f"the account of {KEY} may not do this; use an instructor's",
        404: "MarkUs knows no such course, assignment, group or collected submission; a server "
        "before 2.9 takes no test runs, only marks: give --criterion NAME",
        413: "the server finds it too large",
        422: "MarkUs does not take these results; is the submission collected?",
    }
    remedy = remedies.get(refused.code)
    return f"{refused} ({remedy})" if remedy else str(refused)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
