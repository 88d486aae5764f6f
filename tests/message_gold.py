"""What each mutant's student reads, word for word: `tests/gold/messages/PART.txt`.

    python -m tests.message_gold [PART ...]

writes these files anew, after a change of wording; read the difference as a tired student would.
Figures and the text of torch's exceptions differ between machines and versions: they are masked.
"""

import functools
import re
import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
GOLD = HERE / "gold" / "messages"
FIGURE = re.compile(r"(?<![\w.-])-?(\d+\.\d+(e[+-]?\d+)?|\d+e[+-]?\d+|nan|inf)\b")
NORM = re.compile(r"of norm \S+")
PERCENT = re.compile(r"\d+ %|#%")
INDEX = re.compile(r"at \[[\d, ]*\]")
CALLS = re.compile(r"in all \d+ calls?")
RAISED = re.compile(r"(raises \w+): .*")
SHOWN = 4  # findings of a check, as in the terminal


def masked(text):
    """Return text without what another machine may compute otherwise.

    >>> masked("0.1235 at [0, 3]; 99 % of the values differ")
    '# at [#]; # % of the values differ'
    >>> masked("it raises RuntimeError: sizes must match")
    'it raises RuntimeError: ...'
    """
    text = RAISED.sub(r"\1: ...", text)
    text = NORM.sub("of norm #", INDEX.sub("at [#]", FIGURE.sub("#", text)))
    return CALLS.sub("in all # calls", PERCENT.sub("# %", text))


def rendered(results):
    """Return what the terminal shows of everything that was found, masked, a line each."""
    from grader.reports.terminal import field

    lines = []
    for result in results.values():
        found = [f for f in result.findings if not f.note] or list(result.findings)
        if found:
            lines.append(f"  {result.status.value:<8} {result.id}")
        for finding in found[:SHOWN]:
            got = masked(finding.actual) + (f" [{finding.mistake}]" if finding.mistake else "")
            label = "note" if finding.note else "what"
            lines += field(label, masked(finding.what))
            lines += field("expected", masked(finding.expected))
            lines += field("got", got)
        if len(found) > SHOWN:
            lines += field("", f"... and {len(found) - SHOWN} more like this")
    return lines


@functools.cache
def recorded(part):
    """Return the lines of each case of a part, by name."""
    sections = {}
    for line in (GOLD / f"{part}.txt").read_text("utf-8").splitlines():
        if line.startswith("== "):
            lines = sections[line.removeprefix("== ")] = []
        elif line:
            lines.append(line)
    return sections


def written(sections):
    """Return the text of a file."""
    return "\n".join("\n".join([f"== {name}", *lines, ""]) for name, lines in sections.items())


def main(parts):
    """Judge every case of some parts, or of all, and write what is said."""
    from grader.proving import cases, solutions

    every = [*cases.load(HERE / "mutants"), *cases.load(HERE / "right_variants")]
    for part in parts or sorted({case.part for case in every}):
        mine = sorted((case for case in every if case.part == part), key=lambda case: case.name)
        found = {c.name: own(c, solutions.judge(c.names(), part)) for c in mine}
        GOLD.mkdir(parents=True, exist_ok=True)
        said = {name: lines for name, lines in found.items() if lines}
        (GOLD / f"{part}.txt").write_text(written(said), "utf-8")


def own(case, results):
    """Return what is said of a case, by the checks of its part."""
    kept = {
        name: replace(result, findings=tuple(f for f in result.findings if not f.note))
        if not name.startswith(f"{case.part}.")
        else result
        for name, result in results.items()
    }
    return rendered(kept)


if __name__ == "__main__":
    main(sys.argv[1:])
