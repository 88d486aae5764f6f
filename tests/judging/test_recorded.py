"""The recorded replies: what is kept, and what is refused in one line."""

import json

import numpy as np
import pytest

from grader.basics.exits import BadInput
from grader.judging import recorded
from grader.model import NoAnswer, Outcome, Reply, Request

ASKED = {
    id_: Request(id_, "network", {"class": "CNN", "args": [3]}, {"input": np.full(2, i)})
    for i, id_ in enumerate(("cnn.train", "cnn.eval"))
}
REPLY = Reply("cnn.train", Outcome.OK, {"a": [1]}, {"output": np.array([[1.5, 1e-9]])})


@pytest.fixture
def place(tmp_path):
    recorded.save(tmp_path / "replies", [REPLY], ASKED)
    return tmp_path / "replies"


def test_what_was_recorded_comes_back_in_float64(place):
    reply = recorded.load(ASKED.values(), place)["cnn.train"]
    assert reply.values == {"a": [1]}
    assert reply.arrays["output"].dtype == np.float64
    np.testing.assert_allclose(reply.arrays["output"], REPLY.arrays["output"], rtol=1e-7)


def test_what_was_not_recorded_is_no_answer(place):
    with pytest.raises(NoAnswer):
        recorded.load(ASKED.values(), place)["cnn.eval"]


def test_only_what_is_asked_is_read(place):
    assert list(recorded.load([ASKED["cnn.eval"]], place)) == []


def test_there_are_none_in_the_source_tree(place, tmp_path):
    assert recorded.there(place)
    assert not recorded.there(tmp_path)
    assert not recorded.there()


@pytest.mark.parametrize(
    "other",
    [
        Request("cnn.train", "network", {"class": "CNN", "args": [5]}, {"input": np.zeros(2)}),
        Request("cnn.train", "network", {"class": "CNN", "args": [3]}, {"input": np.ones(2)}),
        Request("cnn.train", "learn", {"class": "CNN", "args": [3]}, {"input": np.zeros(2)}),
    ],
)
def test_a_reply_to_other_inputs_is_refused(place, other):
    with pytest.raises(BadInput, match=r"cnn\.train belongs to other inputs; install the wheel"):
        recorded.load([other], place)


def test_damaged_files_get_one_line(place):
    for name, data in (("replies.safetensors", b"x"), ("replies.json", b"{")):
        (place / name).write_bytes(data)
        with pytest.raises(BadInput, match="cannot be read") as raised:
            recorded.load(ASKED.values(), place)
        assert "\n" not in str(raised.value)


def test_equal_replies_give_equal_files(place, tmp_path):
    recorded.save(tmp_path / "again", [REPLY], ASKED)
    for path in place.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
    assert json.loads((place / "replies.json").read_text())["format"] == recorded.FORMAT
