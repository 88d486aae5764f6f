"""Whatever somebody passes as a rubric: points, or one line that says what is wrong with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.basics.exits import BadInput
from grader.scoring import rubric
from tests.fuzz.effort import many

SHIPPED = rubric.SHIPPED.read_bytes()
LINES = SHIPPED.decode().splitlines()
VALUES = st.sampled_from(
    ["-1", "1e400", "nan", "inf", "true", '""', "[]", "{}", "[[]]", "1979-05-27", '"\\u0000"',
     "0x10", "99999999999999999999999", '"hidden"', "0.1"]
)  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("rubric") / "rubric.toml"


def loaded(path, data):
    """Load it; anything but a rubric or one clear line is a fault of ours."""
    path.write_bytes(data)
    try:
        rubric.load(path)
    except BadInput as error:
        return str(error)
    return ""


@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda t: t.encode("utf-8", "replace")))
@settings(max_examples=many(300))
def test_any_bytes(path, data):
    line = loaded(path, data)
    assert line
    assert "\n" not in line
    assert line.isprintable()


@given(
    st.lists(st.tuples(st.integers(0, len(SHIPPED) - 1), st.integers(0, 255)), max_size=4),
    st.integers(0, len(SHIPPED)),
)
@settings(max_examples=many(200))
def test_the_shipped_one_with_changed_bytes(path, changes, length):
    data = bytearray(SHIPPED)
    for place, value in changes:
        data[place] = value
    line = loaded(path, bytes(data[:length]))
    assert "\n" not in line
    assert not line or line.isprintable()


@given(st.lists(st.tuples(st.integers(0, len(LINES) - 1), VALUES), min_size=1, max_size=3))
@settings(max_examples=many(300))
def test_the_shipped_one_with_other_values(path, changes):
    lines = list(LINES)
    for number, value in changes:
        name, equals, _ = lines[number].partition("=")
        lines[number] = f"{name}= {value}" if equals else f'{lines[number]}\n"x" = {value}'
    line = loaded(path, "\n".join(lines).encode())
    assert "\n" not in line
    assert not line or line.isprintable()
