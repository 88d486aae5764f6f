"""`grader explain`: a check or a mistake in words; one verdict as code that shows it again.

A verdict is printed as what was asked, in lines of torch with the numbers that the grader drew, and
beside it what came back and what was due: instructor and student run it in a plain notebook.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.basics.exits import GRADED, BadInput, shown
from grader.model.assignment import chosen

NAMED = chosen().examples
HELP = "explain a check, a mistake, or one verdict so that it can be reproduced"
EXAMPLES = (
    (f"grader explain {NAMED.check}", "a check: what it looks at, what it is worth"),
    (f"grader explain {NAMED.mistake}", "a mistake: why it matters, what it costs"),
    ("grader explain results/ ada", "every verdict on one submission"),
    (f"grader explain results/ ada {NAMED.check} > appeal.py", "one verdict, for anybody to run"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.add_argument(
        "what", metavar="CHECK|RESULTS", help=f"for instance {NAMED.check}, or results/"
    )
    parser.add_argument("student", nargs="?", help="a submission in the folder of results")
    parser.add_argument("check", nargs="?", help="the verdict in question")
    parser.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")


def run(options: argparse.Namespace) -> int:
    """Print the documentation of a check or mistake, or what came of one submission."""
    if options.student is not None:
        print(_verdict(options), end="")
        return GRADED
    from grader.reports import catalogue_text
    from grader.scoring import rubric

    try:
        text = catalogue_text.explain(options.what, rubric.load(options.rubric or rubric.SHIPPED))
    except KeyError as error:
        if Path(options.what).is_dir():
            raise BadInput(
                f"{shown(options.what)}: say whose verdicts, for instance `grader explain "
                f"{shown(options.what)} ada`"
            ) from None
        raise BadInput(str(error.args[0])) from None
    print(text, end="")
    return GRADED


def _verdict(options: argparse.Namespace) -> str:
    from grader.basics import storage
    from grader.model.assignment import chosen as assignment
    from grader.platforms.common.exporting import chosen, load
    from grader.reports import verdicts

    (report,) = chosen(load(Path(options.what)), options.student, "")
    if options.check is None:
        return verdicts.overview(report)
    check = verdicts.named(report, options.check)
    place = Path(options.what)
    folder = place if (place / storage.REPORT).is_file() else place / report.submission.id
    appeal = assignment().appeal
    if appeal is None:
        raise BadInput(f"{shown(options.check)}: no verdict of this assignment can be put as code")
    return appeal(folder, report, check)
