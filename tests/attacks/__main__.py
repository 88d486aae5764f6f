"""Runs the attack suite and prints its table; see README.md beside this file."""

from __future__ import annotations

import argparse
import sys
import time

from tests.attacks import lab


def main() -> int:
    """Run the attacks that are named, or all; 0 if every one was contained."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--sandbox", choices=("bubblewrap", "uid"), default="bubblewrap")
    parser.add_argument("--kernels", choices=("fresh", "forked"), default="fresh")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    chosen = [a for a in lab.attacks() if not options.names or a.name in options.names]
    started, results = time.monotonic(), []
    for group in lab.sessions(chosen):
        found = lab.run(group, options.sandbox, forked=options.kernels == "forked")
        results += found
        print(
            "\n".join(
                list(lab.table(found))[1:] if len(results) > len(found) else lab.table(found)
            ),
            flush=True,
        )
    held = [result.held for result in results]
    peak = max(result.peak_mb for result in results)
    seconds = time.monotonic() - started
    print(f"{sum(held)} of {len(held)} contained, peak {peak:.0f} MB, {seconds:.0f} s")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
