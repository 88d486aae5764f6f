"""How long `grader similar` takes on a class, and what of planted copies it finds.

    python benchmarks/alike.py FOLDER [--students N] [--copies N]

Writes what a graded folder holds of N hand-ins (no kernel runs): notebooks in the shape of real
ones, the networks written in one of several ways, cells of one's own behind them, and copies of
some of these with other names, comments and order.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import time
from pathlib import Path

from benchmarks import real_shaped, students
from examples.notebook_builder import notebook_text
from grader.basics import storage
from grader.model import GradeReport, Submission
from grader.reports.similar.pairs import pairs
from grader.reports.similar.reading import works

OWN = (
    "def {a}(t):\n    return t.clamp(min={n}) * {m} + t.mean(dim=(2, 3), keepdim=True)",
    "{a} = [{n} + i * {m} for i in range({n}) if i % {m} != 1]",
    "for {a} in range({n}):\n    print({a} // {m}, losses[-{a}:], args.epochs - {n})",
    "with torch.no_grad():\n    {a} = unet(grey[:{n}]).argmax(dim=1).float().std() / {m}",
    "plt.plot(np.convolve(losses, np.ones({n}) / {n})[::{m}], label=str({m} * {n}))",
    "{a} = {{k: v.numel() * {m} for k, v in unet.state_dict().items() if v.dim() > {n}}}",
)
SHARE = 20  # hand-ins that solve the assignment in the same way: more than a class's rare rows
WORDS = ["alpha", "beta", "gamma", "delta", "kappa", "sigma", "omega", "theta", "zeta", "rho"]


def own_cells(rng: random.Random) -> list[str]:
    """Return cells that one student alone would write."""
    cells = []
    for _ in range(6):
        lines = [
            text.format(a=rng.choice(WORDS), n=rng.randint(2, 60), m=rng.randint(2, 9))
            for text in rng.choices(OWN, k=8)
        ]
        cells.append("\n".join(lines))
    return cells


def copied(cells: list[str], rng: random.Random) -> list[str]:
    """Return cells with other names, a comment each, and in another order."""
    names = dict(zip(WORDS, rng.sample([f"my_{word}" for word in WORDS], len(WORDS)), strict=True))
    renamed = [
        "# my own idea\n" + re.sub(r"\b[a-z]+\b", lambda m: names.get(m[0], m[0]), cell)
        for cell in cells
    ]
    rng.shuffle(renamed)
    return renamed


def _notebook(student: students.Student, number: int) -> str:
    """Return the text of a notebook as large as real ones are."""
    rng = random.Random(number)  # noqa: S311 - a class, not a secret
    return notebook_text(real_shaped.notebook(dict(student.pieces), rng))


def write(folder: Path, count: int, copies: int) -> set[tuple[str, str]]:
    """Write a folder of results; return the pairs of which one is a copy."""
    rng = random.Random(0)  # noqa: S311 - a class, not a secret
    own = {}
    planted = set()
    ways = [
        _notebook(student, n) for n, student in enumerate(students.make(max(3, count // SHARE)))
    ]
    ids = [f"student-{number:03}" for number in range(count)]
    for number, id_ in enumerate(ids):
        cells = own_cells(rng)
        if number >= count - copies:
            of = ids[number - count + copies]
            cells = copied(own[of], rng)
            planted.add((of, id_))
        own[id_] = cells
        notebook = json.loads(ways[number % len(ways)])
        notebook["cells"] += [
            {"cell_type": "code", "metadata": {}, "source": cell, "outputs": []} for cell in cells
        ]
        submission = Submission(id_, notebook=json.dumps(notebook))
        report = GradeReport(Submission(id_), "graded", 0.0, 3.2, "none")
        storage.save_report(folder / id_, report)
        place = folder / id_ / storage.EVIDENCE / storage.SUBMISSION
        storage.write(place, storage.to_json(submission))
    return planted


def main() -> None:
    """Write a class, compare it and say what was found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--students", type=int, default=300)
    options.add_argument("--copies", type=int, default=5)
    chosen = options.parse_args()
    planted = write(chosen.folder, chosen.students, chosen.copies)
    wall, cpu = time.perf_counter(), time.process_time()
    found = list(works(chosen.folder, print))
    read = time.perf_counter()
    pairs_ = {(pair.left, pair.right) for pair in pairs(found)}
    done = time.perf_counter()
    print(f"{len(found)} hand-ins: {read - wall:.1f} s to read, {done - read:.1f} s to compare")
    spent = time.process_time() - cpu + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    print(f"processor time, children included: {spent:.1f} s")
    print(f"copies found: {len(planted & pairs_)} of {len(planted)}; others: {pairs_ - planted}")


if __name__ == "__main__":
    main()
