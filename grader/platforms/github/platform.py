"""What GitHub is given."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from grader.basics import tables
from grader.basics.exits import BadInput, shown
from grader.basics.files import Refused, read_plain
from grader.model import GradeReport
from grader.platforms.common.markdown import summary
from grader.platforms.common.nouns import Platform, Whole
from grader.platforms.github.annotations import commands, notebook


def _summary(reports: Sequence[GradeReport], options: argparse.Namespace) -> bytes:
    """Return the summary; with a notebook the annotations go to standard output at once."""
    path = options.notebook
    if path is not None:
        try:
            place = notebook(path.as_posix(), read_plain(path, tables.SIZE_LIMIT))
        except (OSError, Refused) as error:
            raise BadInput(f"--notebook {shown(path)}: {shown(error)}") from None
        for report in reports:
            for line in commands(report, place):
                print(line)
    return summary(reports)


PLATFORM = Platform("GitHub", Whole(_summary, ("notebook",)))
