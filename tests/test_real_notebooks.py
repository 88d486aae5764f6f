"""Each kind of input that real hand-ins showed is held by a test that is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "real-notebooks.md").read_text("utf-8")
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ") and "`tests/" in line]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TABLE)))


def test_every_row_names_a_test():
    rows = [line for line in TABLE.splitlines() if line.startswith("| ")]
    heads = [line for line in rows if "held by" in line or "---" in line]
    assert len(ROWS) == len(rows) - len(heads)
    assert {f"R{n}" for n in range(1, 16)} | {f"W{n}" for n in range(1, 5)} <= {
        row.split(" | ")[0].removeprefix("| ") for row in ROWS
    }


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda part: part)
def test_it_is_there(file, name):
    source = (ROOT / file).read_text("utf-8")
    assert (
        re.search(rf"^(def|class) {name}\b", source, re.MULTILINE) if name else "def test" in source
    )
