"""`grader package actions`: a workflow that grades a repository on GitHub."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "actions"
HELP = "workflow that grades a repository on GitHub"
WORKFLOW = Path(__file__).with_name("grade.yml")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the package."""
    parser.add_argument(
        "--out", type=Path, required=True, help="file, .github/workflows/grade.yml there"
    )


def run(options: argparse.Namespace) -> None:
    """Write the workflow."""
    from grader.platforms.common import archive

    archive.named(options.out)
    archive.put_named(options.out, WORKFLOW.read_bytes())
