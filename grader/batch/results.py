"""The folder of a graded class: the only place where results are written, and always whole.

    OUT/<submission>/report.json, report.html, evidence/   one folder a submission
    OUT/gradebook.csv, summary.json, index.html, marks.csv  the class
    OUT/.grader/run.json                                    the seed, for this run's repetition
    OUT/.grader/ids.json                                    whose each id is, for good
    OUT/.grader/graded.json                                 how it was graded (record.py)
    OUT/.grader/lock                                        held by the run that writes
    OUT/.grader/new, OUT/.grader/old                        on the way in and out
    OUT/.grader/all, OUT/.grader/all.ready                  other points for the whole class

A folder comes into place by being renamed, so it is there whole or not at all. A run that was
killed between two renames is finished by the next one (`recover`).
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from grader.basics import storage
from grader.basics.exits import BadInput, room, shown
from grader.handin.intake import ids
from grader.model import GradeReport

OWN = ".grader"
GIVEN = "ids.json"
KEY = "key.json"
ALL = "all"  # where files of many results wait until the last one is made
READY = ".ready"  # how a folder's name ends that is complete but not yet in its place
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Key:
    """What a result depends on: while both are the same, it need not be made again."""

    evidence: str  # submission, grader, data, seed, settings
    rubric: str
    run: str = ""  # grader, data, seed, settings: the same for a whole class


class Results:
    """An output folder, locked by this run; see `opened`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._own = folder / OWN

    def seed(self, wanted: int | None, fresh: int) -> int:
        """Return the seed of this class: the wanted one, else the one used before, else `fresh`."""
        path = self._own / "run.json"
        before = None
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            before = int(json.loads(path.read_text("utf-8"))["seed"])
        seed = next(value for value in (wanted, before, fresh) if value is not None)
        if seed != before:
            storage.write(path, (json.dumps({"format": 1, "seed": seed}) + "\n").encode(), 0o600)
        return seed

    def given(self) -> tuple[ids.Given, ...]:
        """Return the ids that submissions have got in this folder, noted or not."""
        noted: tuple[ids.Given, ...] = ()
        with contextlib.suppress(OSError, storage.Unreadable):
            noted = storage.from_json(tuple[ids.Given, ...], (self._own / GIVEN).read_bytes())
        known = {each.id for each in noted}
        return (*noted, *(ids.Given(id_, id_) for id_ in self.ids() if id_ not in known))

    def remember(self, given: Iterable[ids.Given]) -> None:
        """Note the ids of a run, so that they stay with their submissions whatever else comes."""
        before = self.given()
        all_ = tuple({each.id: each for each in (*before, *given)}.values())
        if all_ != before:
            storage.write(self._own / GIVEN, storage.to_json(all_, tuple[ids.Given, ...]))

    def key(self, id_: str) -> Key | None:
        """Return what the stored result of a submission was made of; None if there is none."""
        try:
            raw = json.loads((self._place(id_) / KEY).read_text("utf-8"))
            return Key(str(raw["evidence"]), str(raw["rubric"]), str(raw.get("run", "")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, id_: str, files: Files, key: Key | None) -> None:
        """Put the result of a submission in place of an older one. Without a key it is provisional.

        Raises:
            ValueError: a file name that would leave the folder.
            NoRoom: the disk is full; the older result is as it was.
        """
        with room(self.folder, sum(map(len, files.values()))):
            wrapper = Path(tempfile.mkdtemp(prefix="n-", dir=self._made("new")))
            try:
                for name, data in files.items():
                    storage.write(wrapper / _inside(id_) / _inside(name), data)
                if key is not None:
                    storage.write(wrapper / id_ / KEY, _as_json(key))
            except OSError:
                shutil.rmtree(wrapper, ignore_errors=True)  # gives back what it took
                raise
        ready = wrapper.with_name(wrapper.name + READY)
        wrapper.rename(ready)
        self._install(ready / id_)

    def update(self, id_: str, files: Files, key: Key | None) -> None:
        """Replace single files of a result, the key last: until then the old points count."""
        place = self._place(id_)
        for name, data in files.items():
            storage.write(place / _inside(name), data)
        if key is not None:
            storage.write(place / KEY, _as_json(key))

    def replace_all(
        self, changed: Iterable[tuple[str, Files, Key | None]], own: Files | None = None
    ) -> None:
        """Replace files of many results, all of them or none, whatever ends the run.

        Args:
            changed: of each submission its files and its key; none comes into place before the
                last one is made, so whatever is raised on the way leaves everything as it was.
            own: files of `.grader` that go with them.
        """
        staged = self._own / ALL
        shutil.rmtree(staged, ignore_errors=True)
        try:
            for id_, files, key in changed:
                for name, data in files.items():
                    storage.write(staged / _inside(id_) / _inside(name), data)
                if key is not None:
                    storage.write(staged / id_ / KEY, _as_json(key))
            for name, data in (own or {}).items():
                storage.write(staged / OWN / name, data, 0o600)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        if staged.exists():
            staged.rename(staged.with_name(ALL + READY))
        self._settle()

    def _settle(self) -> None:
        """Bring into place what `replace_all` has made ready."""
        ready = self._own / (ALL + READY)
        for file in sorted(path for path in ready.rglob("*") if path.is_file()):
            file.replace(self.folder / file.relative_to(ready))
        shutil.rmtree(ready, ignore_errors=True)

    def write(self, name: str, data: bytes) -> None:
        """Write one of the class's own files."""
        storage.write(self.folder / name, data)

    def ids(self) -> list[str]:
        """Return the submissions that have a result, sorted."""
        return [folder.name for folder in storage.graded(self.folder)]

    def report(self, id_: str) -> GradeReport:
        """Return a stored report. Raises BadInput with one line if it cannot be read."""
        try:
            return storage.load_report(self._place(id_))
        except (OSError, storage.Unreadable) as error:
            raise BadInput(
                f"{shown(self._place(id_))}: {error}; remove this folder and grade again"
            ) from None

    def evidence(self, id_: str) -> Path:
        """Return the folder with what a result rests on."""
        return self._place(id_) / storage.EVIDENCE

    def _place(self, id_: str) -> Path:
        return self.folder / _inside(id_)

    def _made(self, name: str) -> Path:
        folder = self._own / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _install(self, new: Path) -> None:
        """Rename a complete folder into its place; an older one steps aside first."""
        place = self._place(new.name)
        if place.exists():
            aside = Path(tempfile.mkdtemp(prefix="o-", dir=self._made("old")))
            place.rename(aside / new.name)
            new.rename(place)
            shutil.rmtree(aside)
        else:
            new.rename(place)
        new.parent.rmdir()

    def recover(self) -> None:
        """Finish what a killed run was about to do; remove what it had only begun."""
        self._settle()
        shutil.rmtree(self._own / ALL, ignore_errors=True)
        for wrapper in sorted(self._made("new").iterdir()):
            if wrapper.name.endswith(READY):
                for new in list(wrapper.iterdir()):
                    self._install(new)
            shutil.rmtree(wrapper, ignore_errors=True)
        for aside in sorted(self._made("old").iterdir()):
            for folder in aside.iterdir():
                if not self._place(folder.name).exists():
                    folder.rename(self._place(folder.name))
            shutil.rmtree(aside, ignore_errors=True)


def _as_json(key: Key) -> bytes:
    return (json.dumps(asdict(key)) + "\n").encode()


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Results]:
    """Yield an output folder for writing, locked against other runs.

    Raises:
        BadInput: another run is writing into it.
    """
    (folder / OWN).mkdir(parents=True, exist_ok=True)
    (folder / OWN).chmod(0o700)  # the seed lies in it
    lock = FileLock(folder / OWN / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BadInput(
            f"--out {shown(folder)}: another run is writing there; wait for it, or give another "
            "folder"
        ) from None
    try:
        results = Results(folder)
        results.recover()
        yield results
    finally:
        lock.release()


def exists(folder: Path) -> bool:
    """Return whether something has been graded into a folder."""
    return bool(storage.graded(folder))


def is_busy(folder: Path) -> bool:
    """Return whether a run is writing into an output folder just now."""
    lock = FileLock(folder / OWN / "lock")
    if not Path(lock.lock_file).exists():
        return False
    try:
        with lock.acquire(timeout=0):
            return False
    except Timeout:
        return True


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    outside = path.is_absolute() or ".." in path.parts or "\\" in name
    if outside or not path.parts or path.parts[0] == OWN:
        raise ValueError(f"{name!r} is no name for a result")
    return name
