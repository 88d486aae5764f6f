"""Proves the grader as course staff and CI need it: the catalogue's laws, the master, the template.

The two notebooks go through the whole line as a class of two does, by `grader grade`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.basics.exits import GRADED, BadInput
from grader.basics.numbers import many
from grader.handin import template
from grader.model.assignment import chosen
from grader.proving import cases, selftest

CASE_SECONDS = 1.3  # of one process; the whole catalogue, on two cores
NOTEBOOK_SECONDS = 60.0  # of the master, which trains four networks for an epoch each
WIDTH = 58

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Proof:
    """One line of the table.

    Attributes:
        what: is claimed.
        holds: whether it does.
        shown: what was found, for instance "3.20 of 3.20".
        seconds: that it took.
    """

    what: str
    holds: bool
    shown: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        """Return the line."""
        verdict = "ok" if self.holds else "WRONG"
        took = f"{self.seconds:.0f} s" if self.seconds >= 1 else ""
        return f"{self.what:<{WIDTH}} {verdict:<6} {self.shown:<14} {took}".rstrip()


def run(tests: Path, jobs: int, sandbox: str, tell: Tell, *, laws: bool = True) -> bool:
    """Prove everything, tell the table, and return whether all of it holds.

    Args:
        tests: folder with `mutants/` and `right_variants/`.
        jobs: processes.
        sandbox: as for `grader grade`.
        tell: is told each line.
        laws: whether the catalogue's laws are proved too, which takes most of the time.

    Raises:
        BadInput: the source tree is not here, or `jobs` is below 1.
    """
    if jobs < 1:
        raise BadInput(f"--jobs {jobs}: at least 1")
    master = template.master()
    tell(_cost(tests, jobs, laws=laws))
    proofs: list[Proof] = []
    steps = [
        _sources(master),
        _laws(tests, jobs, tell) if laws else (),
        _line(master, jobs, sandbox),
    ]
    for step in steps:
        for proof in step:
            tell(str(proof))
            proofs.append(proof)
    wrong = sum(not proof.holds for proof in proofs)
    tell("everything holds" if not wrong else f"{wrong} of {len(proofs)} do not hold")
    return not wrong


def _cost(tests: Path, jobs: int, *, laws: bool) -> str:
    """Return what this will take, as it was measured on two cores."""
    notebooks = "the master notebook and the template through the whole line"
    minutes = NOTEBOOK_SECONDS * (2 if jobs == 1 else 1.5) / 60
    if not laws:
        return f"{notebooks}: about {minutes:.0f} min"
    minutes += _count(tests) * CASE_SECONDS / jobs / 60
    return f"{_count(tests)} cases in {jobs} processes, then {notebooks}: about {minutes:.0f} min"


def _count(tests: Path) -> int:
    return len(cases.load(tests / "mutants")) + len(cases.load(tests / "right_variants"))


def _sources(master: Path) -> Iterator[Proof]:
    """Prove what needs no kernel: the template is the master's, and shows no solution."""
    text = template.template(master)
    committed = master.parents[1] / "student_template" / chosen().notebook
    try:
        current = committed.read_text("utf-8") == text
    except (OSError, UnicodeDecodeError):
        current = False
    yield Proof("the committed template is what the master makes", current)
    shown = template.leaked(master, text)
    count = many(len(shown), "line") if shown else "none"
    yield Proof("no line of a solution is in the template", not shown, count)


def _laws(tests: Path, jobs: int, tell: Tell) -> Iterator[Proof]:
    """Prove the laws over every case; only what is wrong of the long table is told."""
    started, lines = time.perf_counter(), list[str]()
    holds = selftest.run(tests, jobs, lines.append)
    for line in lines if not holds else ():
        if line.endswith("WRONG") or line.startswith(("    ", "no mutant fails")):
            tell(line)
    seconds = time.perf_counter() - started
    yield Proof("the laws of the catalogue", holds, f"{_count(tests)} cases", seconds)


def _line(master: Path, jobs: int, sandbox: str) -> Iterator[Proof]:
    """Prove the master and the template through the whole line, as a class of two."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="grader-validate-") as folder:
        class_, out = Path(folder) / "class", Path(folder) / "out"
        for name in ("master", "template"):
            (class_ / name).mkdir(parents=True)
        shutil.copyfile(master, class_ / "master" / chosen().notebook)
        (class_ / "template" / chosen().notebook).write_text(template.template(master), "utf-8")
        said = _graded(class_, out, jobs, sandbox)
        reports = {name: _report(out / name) for name in ("master", "template")}
    seconds = time.perf_counter() - started
    full, none = (reports[name] for name in ("master", "template"))
    won = bool(full) and full["status"] == "graded" and full["score"] == full["max_score"] > 0
    yield Proof("the master earns every automatic point", won, _score(full, said), seconds)
    nothing = bool(none) and none["status"] == "graded" and none["score"] == 0
    yield Proof("the untouched template earns none", nothing, _score(none, said))


def _graded(class_: Path, out: Path, jobs: int, sandbox: str) -> str:
    """Grade a class, and return the last line that was said if it did not go well."""
    command = [sys.executable, "-m", "grader", "grade", str(class_), "--out", str(out)]
    command += ["--jobs", str(jobs), "--sandbox", sandbox]
    done = subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, text=True, check=False
    )
    if done.returncode == GRADED:
        return ""
    return ((done.stderr or done.stdout).strip().splitlines() or ["it said nothing"])[-1]


def _report(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "report.json").read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def _score(report: dict[str, Any], said: str) -> str:
    if not report:
        return said or "no report"
    if report["status"] != "graded":
        return f"{report['status']}: {report.get('reason', '')}"
    return f"{report['score']:.2f} of {report['max_score']:.2f}"
