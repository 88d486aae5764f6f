"""Where results go in a MarkUs assignment: test groups, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.basics.exits import BadInput, shown
from grader.model import GradeReport
from grader.platforms.markus import results
from grader.platforms.markus.client import MarkUs, TestGroup
from grader.reports import wording

SAVE = "add one under Automated Testing in MarkUs, or send the mark alone with --criterion NAME"


@dataclass(frozen=True)
class Runs:
    """Results go to test groups, as a test run."""

    test_group: int
    hidden_test_group: int | None = None
    withheld = "sent as failed runs with the reason, so no mark was set"

    def body(self, report: GradeReport) -> dict[str, Any]:
        """Return what is sent of a report."""
        return results.body(
            report, test_group=self.test_group, hidden_test_group=self.hidden_test_group
        )

    def send(self, client: MarkUs, group: int, body: Mapping[str, Any]) -> None:
        """Send it. Raises Refused."""
        client.add_test_run(group, body)


@dataclass(frozen=True)
class Mark:
    """The points go to a criterion, and nothing else: servers before 2.9."""

    criterion: str
    withheld = "no mark was set"

    def body(self, report: GradeReport) -> dict[str, Any] | None:
        """Return what is sent of a report; None for one without a score."""
        if report.status != "graded":
            return None
        return {self.criterion: round(wording.counted(report).score, 6)}

    def send(self, client: MarkUs, group: int, body: Mapping[str, Any]) -> None:
        """Send it. Raises Refused."""
        client.update_marks(group, body)


def runs(groups: Sequence[TestGroup], wanted: int | None, hidden: int | None) -> Runs:
    """Return where test runs go.

    MarkUs takes the id of another assignment's test group, and then stores nothing.

    Raises:
        BadInput: an id is none of this assignment's, or students would see the hidden checks.
    """
    if wanted is None:
        rest = [group for group in groups if group.id != hidden]
        if len(rest) != 1:
            raise BadInput(f"--test-group is needed: the assignment has {_listed(rest)}")
        wanted = rest[0].id
    open_ = _found(groups, wanted, "--test-group")
    if hidden is None:
        return Runs(wanted)
    staff = _found(groups, hidden, "--hidden-test-group")
    if hidden == wanted:
        raise BadInput(f"--hidden-test-group {hidden}: is --test-group too; give another")
    if staff.display_output != results.STAFF:
        raise BadInput(
            f"--hidden-test-group {hidden}: MarkUs shows its output to students "
            f"({shown(staff.display_output)}); set it to {results.STAFF} there"
        )
    if staff.criterion != open_.criterion:
        raise BadInput(
            f"--hidden-test-group {hidden} marks {_named(staff)} and --test-group {wanted} "
            f"{_named(open_)}; one criterion must take both, or points are lost"
        )
    return Runs(wanted, hidden)


def remarks(groups: Sequence[TestGroup], target: Runs) -> list[str]:
    """Return what a person should know of the test group, a line each."""
    group = _found(groups, target.test_group, "--test-group")
    found = []
    if group.display_output != results.EVERYBODY:
        found.append(
            f"students will not see the output of test group {group.id} "
            f"({shown(group.display_output)}); {results.EVERYBODY} shows it"
        )
    if group.criterion is None:
        found.append(f"test group {group.id} marks no criterion: results are shown, no mark is set")
    return found


def _found(groups: Sequence[TestGroup], id_: int, option: str) -> TestGroup:
    for group in groups:
        if group.id == id_:
            return group
    raise BadInput(f"{option} {id_}: the assignment has {_listed(groups)}")


def _listed(groups: Sequence[TestGroup]) -> str:
    if not groups:
        return f"no test group; {SAVE}"
    return ", ".join(f"{group.id} ({shown(group.name)})" for group in groups[:8])


def _named(group: TestGroup) -> str:
    return shown(group.criterion) if group.criterion else "no criterion"
