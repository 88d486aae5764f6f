"""`make demo`: grade the bundled submissions, print one report, say where the others lie."""

import sys
import time
from pathlib import Path

from grader.basics import storage
from grader.cli.main import main
from grader.reports import terminal

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "demo-results"
SEED = "4711000000000000001"
SHOWN = "chen-three-mistakes"


def demo() -> int:
    """Grade `examples/submissions` into `demo-results/` with a fixed seed."""
    print("grading five sample submissions; on two cores this takes a few minutes\n", flush=True)
    started = time.monotonic()
    code = main(
        ["grade", str(ROOT / "examples" / "submissions"), "--out", str(RESULTS), "--seed", SEED]
    )
    if not (RESULTS / SHOWN).is_dir():
        return code
    print("\n" + terminal.render(storage.load_report(RESULTS / SHOWN)))
    print(f"graded in {time.monotonic() - started:.0f} s")
    print(f"the class:  {RESULTS / 'index.html'}")
    print(f"a report:   {RESULTS / SHOWN / 'report.html'}")
    return code


if __name__ == "__main__":
    sys.exit(demo())
