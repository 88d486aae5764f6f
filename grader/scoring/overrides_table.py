"""overrides.csv: what people decide in the grader's place, checked by name and range.

The table in the folder of results holds every decision: a row that is taken out of it is undone
by the next merge. Another table adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.basics import tables
from grader.basics.exits import BadInput, shown
from grader.basics.files import Refused, read_plain
from grader.basics.nearest import meant
from grader.model import Decision, GradeReport
from grader.scoring.marks import SIZE_LIMIT, WrongRows, number
from grader.scoring.overrides import (
    CHANGES,
    COLUMNS,
    TABLE,
    Override,
    Overrides,
    load,
    misfit,
    of_files,
)

VERDICTS = ("passed", "failed")


@dataclass(frozen=True)
class Merged:
    """All decisions after a table is merged, and how many it changed."""

    overrides: Overrides
    new: int = 0
    changed: int = 0
    same: int = 0
    undone: int = 0


def is_table(data: bytes, name: str) -> bool:
    """Return whether a table's first line is that of decisions. Raises BadInput for no table."""
    first = next(tables.rows(data, name), None)
    return first is not None and {*COLUMNS[:3]} <= {*map(_title, first.cells)}


def _title(cell: str) -> str:
    return cell.lower().replace("_", " ")


def merge(
    data: bytes, name: str, reports: Sequence[GradeReport], before: Overrides, *, whole: bool
) -> Merged:
    """Return the decisions of a class after a table is merged; all of it or nothing.

    Args:
        data: the table.
        name: of its file.
        reports: of the class.
        before: merged before.
        whole: the table holds every decision, so what is not in it any more is undone.

    Raises:
        WrongRows: rows with unknown names or impossible points, each named.
        BadInput: it is no such table.
    """
    known = {report.submission.id: report for report in reports}
    old = {(i, o.decision.what): o for i, many in before.overrides.items() for o in many}
    wrong: list[str] = []
    given: dict[tuple[str, str], Override] = {}
    places = _places(data, name)
    for row in places.rows:
        id_, cells = row.cell(places.of["submission"]), places.cells(row)
        decision, reason = _judged(cells, id_, known, old)
        if decision is not None and (id_, decision.what) in given:
            reason = f"{id_} {decision.what} is decided twice"
        if reason is not None or decision is None:
            wrong.append(f"{shown(name)}: {row.place}: {shown(reason)}")
        else:
            given[id_, decision.what] = Override(decision, of_files(known[id_]))
    kept = {} if whole else {key: o for key, o in old.items() if key not in given}
    wrong += [f"{shown(name)}: {line}" for line in _conflicts({**kept, **given}, known)]
    if wrong:
        raise WrongRows(name, wrong)
    return _merged(old, kept, given)


@dataclass(frozen=True)
class _Table:
    rows: list[tables.Row]
    of: Mapping[str, int]

    def cells(self, row: tables.Row) -> dict[str, str]:
        return {title: row.cell(place) for title, place in self.of.items()}


def _places(data: bytes, name: str) -> _Table:
    rows = tables.rows(data, name)
    first = next(rows, None)
    titles = [] if first is None else [_title(cell) for cell in first.cells]
    for title in COLUMNS:
        if titles.count(title) != 1:
            raise BadInput(
                f"{shown(name)}: {titles.count(title) or 'no'} column {title!r}; its first line "
                f"must name the columns {', '.join(COLUMNS)}"
            )
    return _Table(list(rows), {title: titles.index(title) for title in COLUMNS})


def _judged(
    cells: Mapping[str, str],
    id_: str,
    known: Mapping[str, GradeReport],
    old: Mapping[tuple[str, str], Override],
) -> tuple[Decision | None, str | None]:
    """Return the decision of a row, or what is wrong with it.

    One that was merged before and fits no longer, under another rubric, stays: it is left out of
    the report and named (`Overrides.notes`), and is no reason to refuse the rows beside it.
    """
    report = known.get(id_)
    if report is None:
        return None, f"no submission {id_!r} among the results{meant(id_, known)}"
    if report.status != "graded":
        return None, f"{id_} is withheld: there are no points to decide on; grade it again first"
    what, value = cells["question or check"], cells["points or verdict"]
    if (name := what.lower()) in CHANGES:
        what = name
    for title, why in (("reason", "the student reads it"), ("who", "say who decided")):
        if not cells[title]:
            return None, f"{id_} {what}: no {title}; {why}"
    decision = Decision(what, cells["reason"], cells["who"])
    if value.lower() in VERDICTS:
        decision = replace(decision, verdict=value.lower())
    elif (points := number(value)) is not None:
        decision = replace(decision, points=points)
    else:
        of = "points" if what in CHANGES else "points, passed or failed"
        return None, f"{id_} {what}: {value!r} is neither a number nor a verdict; give {of}"
    before = old.get((id_, what))
    kept = before is not None and before.decision == decision
    reason = None if kept else misfit(decision, report)
    return decision, None if reason is None else f"{id_} {what}: {reason}"


def _conflicts(
    given: Mapping[tuple[str, str], Override], known: Mapping[str, GradeReport]
) -> list[str]:
    """Return a line for each check that is decided although its whole question is."""
    found = []
    for id_, what in given:
        checks = known[id_].checks if id_ in known else ()
        question = next((check.question for check in checks if check.id == what), None)
        if question is not None and (id_, question) in given:
            line = f"{id_} {what}: {question}, which holds it, is decided as well; keep one of them"
            found.append(shown(line))
    return found


def _merged(
    old: Mapping[tuple[str, str], Override],
    kept: Mapping[tuple[str, str], Override],
    given: Mapping[tuple[str, str], Override],
) -> Merged:
    same = {key: old[key] for key in given if key in old and _same(old[key], given[key])}
    overrides: dict[str, tuple[Override, ...]] = {}
    for (id_, _), override in sorted({**kept, **given}.items()):
        overrides[id_] = (*overrides.get(id_, ()), override)
    changed = [key for key in given if key in old and key not in same]
    return Merged(
        Overrides(overrides),
        new=len(given) - len(changed) - len(same),
        changed=len(changed),
        same=len(same),
        undone=len([key for key in old if key not in kept and key not in given]),
    )


def _same(one: Override, other: Override) -> bool:
    return one.decision == other.decision


def told(merged: Merged) -> str:
    """Return one line on what a merge of decisions did."""
    counts = (
        ("new", merged.new), ("changed", merged.changed), ("as before", merged.same),
        ("undone", merged.undone),
    )  # fmt: skip
    said = ", ".join(f"{count} {what}" for what, count in counts if count) or "none"
    return f"merged: decisions: {said}"


def unmerged(folder: Path) -> tuple[str, ...]:
    """Return a note if the folder's table says something else than what was merged."""
    path = folder / TABLE
    if not path.is_file():
        return ()
    try:
        places = _places(read_plain(path, SIZE_LIMIT), str(path))
    except (BadInput, Refused) as error:
        return (f"{shown(path)}: {error}",)
    before = {
        (id_, o.decision.what, o.decision.verdict or o.decision.points, o.decision.reason)
        for id_, many in load(folder).overrides.items()
        for o in many
    }
    now = set()
    for cells in map(places.cells, places.rows):
        value = cells["points or verdict"].lower()
        points = value if value in VERDICTS else number(value)
        what = cells["question or check"]
        what = what.lower() if what.lower() in CHANGES else what
        now.add((cells["submission"], what, points, cells["reason"]))
    return () if now == before else (f"{TABLE} is not merged yet; use `grader merge`",)
