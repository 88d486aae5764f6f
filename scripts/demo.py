"""`make demo`: grade the bundled submissions and say where the reports lie."""

import sys
import time
from pathlib import Path

from grader.cli import main

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "demo-results"


def demo() -> int:
    """Grade `examples/submissions` into `demo-results/` with a fixed seed."""
    started = time.monotonic()
    code = main(
        ["grade", str(ROOT / "examples" / "submissions"), "--out", str(RESULTS), "--seed", "1"]
    )
    print(f"graded in {time.monotonic() - started:.0f} s; reports: {RESULTS}/*/report.json")
    return code


if __name__ == "__main__":
    sys.exit(demo())
