"""Records what the public checks need of the reference: numbers, and nothing of how it is made.

`python -m grader.student.recording FOLDER` writes the two files that `recorded.py` reads;
`grader bundle student` puts them into the students' package.
"""

from __future__ import annotations

import sys
from pathlib import Path

from grader.judging import catalog, oracle, recorded
from grader.judging.draws import PUBLIC_SEED, Draw
from grader.model.assignment import chosen


def record(place: Path) -> None:
    """Write the recorded replies into the folder `place`."""
    live = chosen().live
    every = catalog.requests(Draw(PUBLIC_SEED))
    asked = {r.id: r for r in every if live.records is None or r.kind in live.records}
    replies = oracle.answer(asked.values(), chosen().data.stand_in(None))
    kept = (live.recorded(replies[id_], request) for id_, request in asked.items())
    recorded.save(place, kept, asked)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m grader.student.recording FOLDER")
    record(Path(sys.argv[1]))
