"""What `grader grade` does: from a download to a graded folder, doing only what is not done yet."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import grader
from grader.basics import interrupts, storage
from grader.basics.exits import GRADED, WITHHELD, BadInput, NoRoom, full, no_room, shown, writable
from grader.basics.nearest import meant
from grader.batch import batch, classfiles, journal, keys, record, results, understood
from grader.batch.display import Display
from grader.batch.record import Record
from grader.batch.results import Key, Results
from grader.batch.settings import Settings, new_seed, world_of
from grader.batch.supervisor import Parcel
from grader.handin.intake import Entry, Intake
from grader.handin.intake.notes import named
from grader.handin.intake.roster import Roster
from grader.judging import mistakes
from grader.kernel import sandbox
from grader.kernel.session.deadlines import Deadlines
from grader.model import HandIn
from grader.scoring import rubric

SMALLEST_SEED = 10**15  # of a class: at a million tries a second and core, 30 years of a core
GPU_DEVICES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")  # NVIDIA's, AMD's, Windows' in Linux


@dataclass(frozen=True)
class Plan:
    """What a run has to do: entries to grade, and ids of those that have not changed."""

    todo: tuple[Entry, ...]
    done: tuple[str, ...]


def grade(options: argparse.Namespace, found: Intake, roster: Roster | None) -> int:
    """Grade what was found at a path and show what came of it; the roster says who is missing."""
    _valid(options, alone=found.alone)
    if options.dry_run:
        return _understood(options, found, roster)
    rubric.load(options.rubric or rubric.SHIPPED)  # a wrong one leaves no folder behind
    mistakes.known()
    if options.out is not None:
        writable(options.out, "--out")
    with _output(options.out) as store, _world(options.data_root) as world:
        wanted = record.of_rubric(options.rubric, record.load(store.folder))
        settings = _settings(options, store, world, wanted.scores())
        found = found.named(store.given())
        store.remember(found.given)
        found = _only(found, options.only)
        with journal.kept(options.out, verbose=options.verbose):
            return _Grading(options, settings, store, found, wanted, roster).run()


def _understood(options: argparse.Namespace, found: Intake, roster: Roster | None) -> int:
    """Say how a download is understood, and leave everything as it is."""
    given = Results(options.out).given() if options.out and results.exists(options.out) else ()
    chosen = _only(found.named(given), options.only)
    for line in understood.lines(chosen, options.path, roster):
        print(line)
    print("nothing was graded (--dry-run)")
    return GRADED


def _only(found: Intake, wanted: Sequence[str]) -> Intake:
    """Return the submissions that are wanted, all if none are named."""
    ids = [entry.id for entry in found.entries]
    for id_ in wanted:
        if id_ not in ids:
            near = meant(id_, ids) or f"; there are {named(ids)}"
            raise BadInput(f"--only {shown(id_)}: no such submission{near}")
    entries = tuple(entry for entry in found.entries if not wanted or entry.id in wanted)
    return replace(found, entries=entries)


@contextlib.contextmanager
def _output(out: Path | None) -> Iterator[Results]:
    with contextlib.ExitStack() as stack:
        folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-")))
        yield stack.enter_context(results.opened(folder))


class _Grading:
    """One run of `grader grade`: what it was asked, what it found, what it has done."""

    def __init__(
        self,
        options: argparse.Namespace,
        settings: Settings,
        store: Results,
        found: Intake,
        rubric_: Record,
        roster: Roster | None,
    ) -> None:
        self.options, self.settings, self.store, self.found = options, settings, store, found
        self.before = record.load(store.folder)
        self.record = replace(
            rubric_, grader=grader.__version__, settings=record.of_settings(settings)
        )
        self._roster = roster
        self.display = Display(alone=found.alone)
        self._graded = sum(store.key(entry.id) is not None for entry in found.entries)
        self._count()

    def run(self) -> int:
        """Do what is to be done, then write the files of the class; a full disk is one line."""
        try:
            return self._run()
        except OSError as error:
            if not full(error):
                raise
            said = error if isinstance(error, NoRoom) else no_room(error, self.store.folder)
            journal.stopped(str(said))
            with contextlib.suppress(OSError, BadInput):
                classfiles.write(self.store, self._roster)
            raise NoRoom(error.errno, f"{said}; {self._how_far()}") from None
        finally:
            self.display.close()

    def _run(self) -> int:
        plan = self._plan()
        notes = (*self.found.notes, *self.found.clashes, *self._otherwise(), *self._rescored())
        journal.began(grader.__version__, self.settings.isolation, plan.todo, plan.done, notes)
        self.display.begin(plan.todo, plan.done, notes)
        if plan.todo:
            self._grade(plan)
        written = classfiles.write(self.store, self._roster)
        named = {entry.id for entry in self.found.entries}
        mine = [report for report in written.reports if report.submission.id in named]
        if self.found.alone and mine[0].submission.problem is not None:
            self.display.close()
            raise BadInput(_where(self.options.path, mine[0].submission.problem.reason))
        self.display.end(mine, written.notes, self.options.out)
        return WITHHELD if any(report.status == "withheld" for report in mine) else GRADED

    def _plan(self) -> Plan:
        todo, done = [], []
        for entry in self.found.entries:
            stored = self.store.key(entry.id)
            again = entry.id in self.options.only
            if again or not stored or stored.evidence != self._key(entry.read()).evidence:
                todo.append(entry)
            else:
                done.append(entry.id)
        self._graded = len(done)
        self._count()
        return Plan(tuple(todo), tuple(done))

    def _otherwise(self) -> Iterator[str]:
        """Yield a note if this run leaves others in the folder that were graded otherwise."""
        mine = {entry.id for entry in self.found.entries}
        stored = {id_: self.store.key(id_) for id_ in self.store.ids() if id_ not in mine}
        now = keys.run_key(self.settings)
        others = [id_ for id_, key in stored.items() if key and key.run not in ("", now)]
        if others:
            what = "; ".join(record.differences(self.before or self.record, self.record))
            yield (
                f"{len(others)} more in this folder were graded otherwise ({what}): grade the "
                "whole download again to have all of them alike"
            )

    def _rescored(self) -> Iterator[str]:
        """Score the whole folder again if it has another rubric, and yield a note that says so."""
        stored = [key for id_ in self.store.ids() if (key := self.store.key(id_)) is not None]
        rubrics = {key.rubric for key in stored} | ({self.before.key} if self.before else set())
        if self.store.ids() and rubrics - {self.record.key}:
            before = self.before.name if self.before else "one that is not kept"
            yield f"another rubric ({self.record.name}, before {before}): all scored again"
            classfiles.rescore(self.store, self.record)
        elif self.before and self.before.name != record.SHIPPED and self.options.rubric is None:
            yield f"scored with the rubric that this folder was scored with ({self.before.name})"
        storage.write(self.store.folder / record.FILE, storage.to_json(self.record), 0o600)

    def _count(self) -> None:
        """Have an interrupt say how far it is."""
        interrupts.told(f"interrupted; {self._how_far()}")

    def _how_far(self) -> str:
        """Return how many are graded, and how to go on."""
        if self.options.out is None:
            return "nothing is kept without --out"
        of = len(self.found.entries)
        return f"{self._graded} of {of} are graded, and the same command goes on"

    def _key(self, hand_in: HandIn) -> Key:
        evidence = keys.evidence_key(hand_in, self.settings)
        return Key(evidence, self.record.key, keys.run_key(self.settings))

    def _grade(self, plan: Plan) -> None:
        with self._engine(len(plan.todo)) as engine:
            hand_ins = (entry.read() for entry in plan.todo)
            batch.run(engine, hand_ins, self.settings, self._finished)

    def _engine(self, todo: int) -> contextlib.AbstractContextManager[batch.Engine]:
        """Return where to grade, after a look at whether the sandbox holds there."""
        options = self.options
        from grader.batch import cluster, warm

        if options.engine == "dask":
            return cluster.dask(options.scheduler, options.sandbox)
        sandbox.choose_isolation(options.sandbox)
        jobs = min(options.jobs or batch.default_jobs(), todo)
        return batch.local(jobs, warm.environment(self.settings), self.display.stage)

    def _finished(self, hand_in: HandIn, parcel: Parcel) -> None:
        """Store what came of a submission; what was withheld is tried again by the next run."""
        self.store.put(hand_in.id, parcel.files, None if parcel.withheld else self._key(hand_in))
        self._graded += not parcel.withheld
        self._count()
        report = classfiles.decided(self.store, hand_in.id, self.record)
        journal.finished(report, parcel.seconds)
        self.display.finished(report, parcel.seconds)


@contextlib.contextmanager
def _world(data_root: Path | None) -> Iterator[Path | None]:
    if data_root is None:
        yield None
        return
    from grader.basics.exits import BadData

    try:
        with world_of(data_root) as world:
            yield world
    except BadData as error:
        raise BadInput(f"--data-root {shown(data_root)}: {error}") from None


def _where(path: Path, reason: str) -> str:
    """Return a reason that begins with the path as it was given, not as the hand-in names it."""
    given = shown(path)
    _, _, rest = reason.partition(": ")
    return reason if given in reason else f"{given}: {rest}"


def _valid(options: argparse.Namespace, *, alone: bool) -> None:
    if options.seed is not None and options.seed < 0:
        raise BadInput(f"--seed {options.seed}: a seed is 0 or more")
    if not alone and options.seed is not None and options.seed < SMALLEST_SEED:
        raise BadInput(
            f"--seed {options.seed}: whoever hands in could find so small a seed by trying, and "
            f"know what is asked; leave it out, or give a secret one of at least {SMALLEST_SEED}"
        )
    if options.jobs is not None and options.jobs < 1:
        raise BadInput(f"--jobs {options.jobs}: at least 1")
    if options.weights is not None and not options.weights.is_file():
        raise BadInput(f"--weights {shown(options.weights)}: no such file")
    if options.engine == "dask" and options.scheduler is None:
        raise BadInput(
            "--engine dask: give the cluster's address with --scheduler, for instance tcp://host:8786"
        )


def _settings(
    options: argparse.Namespace, store: Results, world: Path | None, rubric_: rubric.Rubric
) -> Settings:
    return Settings(
        isolation="bubblewrap" if options.sandbox == "auto" else options.sandbox,
        world=world,
        seed=store.seed(options.seed, new_seed()),
        rubric=rubric_,
        weights=options.weights,
        full=options.full,
        device=_device(options.device),
        denied=(store.folder.resolve(),),
        deadlines=Deadlines.full_size() if options.full else Deadlines(),
    )


def _device(requested: str) -> str:
    available = requested != "cpu" and _has_gpu()
    if requested == "cuda" and not available:
        raise BadInput("--device cuda: no GPU that torch can use; leave the option out")
    return "cuda" if available else "cpu"


def _has_gpu() -> bool:
    """Return whether torch can use a GPU; torch, which takes seconds, is asked where one may be."""
    if sys.platform == "linux" and not any(map(os.path.exists, GPU_DEVICES)):
        return False
    import torch

    return bool(torch.cuda.is_available())
