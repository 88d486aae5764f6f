"""`grader package`: what a platform needs to grade by itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.basics.exits import GRADED, BadInput, shown

HELP = "make an autograder for Gradescope, a tester for MarkUs, a workflow for GitHub"
EXAMPLES = (
    ("grader package gradescope --out autograder.zip", "to upload to Gradescope"),
    ("grader package actions --out .github/workflows/grade.yml", "a workflow for GitHub"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    kinds = parser.add_subparsers(dest="platform", required=True, metavar="PLATFORM")
    gradescope = kinds.add_parser("gradescope", help="autograder.zip to upload")
    gradescope.add_argument("--out", type=Path, required=True, help="the zip")
    gradescope.add_argument(
        "--minutes", type=int, default=40, help="time limit that is set on Gradescope (default: 40)"
    )
    gradescope.add_argument(
        "--sandbox",
        default="uid",
        help="how notebooks are isolated there (default: uid)",
    )
    markus = kinds.add_parser("markus", help="run_grader.sh, specs.json, and a wheel")
    markus.add_argument("--out", type=Path, required=True, help="folder")
    markus.add_argument(
        "--timeout", type=int, default=1800, help="seconds a group (default: 1800, at most 3600)"
    )
    markus.add_argument("--criterion", help="criterion whose mark the tester makes")
    actions = kinds.add_parser("actions", help="workflow that grades a repository on GitHub")
    actions.add_argument(
        "--out", type=Path, required=True, help="file, .github/workflows/grade.yml there"
    )
    for kind in (gradescope, markus):
        kind.add_argument("--rubric", type=Path, help="TOML file (default: the shipped one)")


def run(options: argparse.Namespace) -> int:
    """Write the files that a platform needs."""
    from grader.platforms.packaging import archive, contents

    if options.platform == "markus":
        made = contents.markus(options.timeout, options.criterion, options.rubric)
        archive.put(options.out, made)
        print(f"{shown(options.out)}: {', '.join(sorted(made))}")
        return GRADED
    if options.out.is_dir():
        raise BadInput(f"--out {shown(options.out)}: a folder; give the name of a file")
    if options.platform == "gradescope":
        data = archive.zipped(contents.gradescope(options.minutes, options.sandbox, options.rubric))
    else:
        data = contents.actions()
    archive.put_file(options.out, data)
    print(f"{shown(options.out)}: {-(-len(data) // 1024)} kB")
    if options.platform == "gradescope":
        print("set there: base image Ubuntu 22.04, 2 processors, 6 GB,", options.minutes, "minutes")
    return GRADED
