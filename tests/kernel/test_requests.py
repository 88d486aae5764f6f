"""The wire: what is refused, and why; what comes back whole."""

import json
import os

import numpy as np
import pytest
from safetensors.numpy import save

from grader.assignment import asking
from grader.basics.files import Refused, read_plain
from grader.kernel import requests
from grader.model import Outcome, Reply, Request
from tests import loose

NONCE = "0" * 32
ASKED = Request("r", loose.KIND)


@pytest.fixture(autouse=True, scope="module")
def _any_kind():
    with loose.known():
        yield


def head(**changes):
    return json.dumps({"nonce": NONCE, "outcome": "ok", "values": {}, "error": None} | changes)


def decode(text, arrays=None):
    data = save({"a": np.zeros(2)}) if arrays is None else arrays
    return requests.decode(ASKED, NONCE, text.encode(), data, 0.5)


def test_a_good_answer():
    reply = decode(head(values={"x": [1]}))
    assert (reply.id, reply.outcome, reply.values, reply.seconds) == (
        "r",
        Outcome.OK,
        {"x": [1]},
        0.5,
    )
    assert reply.arrays["a"].tolist() == [0, 0]


def test_a_student_error_is_bounded():
    error = {"name": "E", "message": "x" * 9999, "line": "l"}
    reply = decode(head(outcome="raised", error=error), save({}))
    assert reply.outcome is Outcome.RAISED
    assert reply.error is not None
    assert len(reply.error.message) == 500


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"nonce": NaN}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        (head(values={"a": json.loads("[" * 30 + "]" * 30)}), "nested too deeply"),
        (head(nonce="1" * 32), "does not belong"),
        (head(nonce=None), "does not belong"),
        (head(outcome="passed"), "no outcome"),
        (head(outcome="timed_out"), "no outcome"),
        (head(values=[]), "no outcome"),
    ],
)
def test_a_forged_or_broken_head_is_refused(text, why):
    with pytest.raises(Refused, match=why):
        decode(text)


def bad_header(header):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no header"),
        (b"\xff" * 8, "no header"),
        ((1 << 40).to_bytes(8, "little") + b"{}", "no header"),
        (bad_header({"a": 3}), "header is not one"),
        (bad_header({"a": {"dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1]}}), "F8_E4M3"),
        (
            bad_header({"a": {"dtype": "F64", "shape": [9], "data_offsets": [0, 72]}}),
            "cannot be read",
        ),
        (bad_header({str(i): {"dtype": "F64"} for i in range(3000)}), "too many"),
    ],
)
def test_broken_arrays_are_refused(data, why):
    with pytest.raises(Refused, match=why):
        decode(head(), data)


def test_only_a_plain_small_file_is_read(tmp_path):
    (tmp_path / "good").write_bytes(b"abc")
    assert read_plain(tmp_path / "good", 3) == b"abc"
    with pytest.raises(Refused, match="larger"):
        read_plain(tmp_path / "good", 2)
    (tmp_path / "link").symlink_to(tmp_path / "good")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "second").hardlink_to(tmp_path / "good")
    for name in ("second", "link", "pipe", "folder", "absent"):
        with pytest.raises(Refused, match="no readable answer: "):
            requests.read_answer(tmp_path, name, 10)


def test_what_is_held_back_does_not_travel():
    request = Request("r", "learn", {"n": 1}, {"x": np.ones(2)}, {"labels": np.full(3, 7.0)})
    text, arrays = requests.encode(request)
    assert "labels" not in text.decode()
    assert sorted(requests.read_arrays(arrays)) == ["x"]


def test_a_request_travels_as_plain_data():
    request = asking.conv2d("r", (1, 2, 3), {"input": np.ones((1, 1, 2, 2))}, padding=0)
    text, arrays = requests.encode(request)
    assert json.loads(text) == {
        "kind": "conv2d",
        "params": {
            "class": "MyConv2d",
            "args": [1, 2, 3],
            "kwargs": {"padding": 0},
            "dtype": "float64",
        },
    }
    assert requests.read_arrays(arrays)["input"].shape == (1, 1, 2, 2)


PAIR = [Request("a", loose.KIND, {"n": 1}, {"x": np.ones(2)}), Request("b", loose.KIND, {"n": 2})]
GOOD = {"outcome": "ok", "values": {"v": 1}, "error": None}


def answering(heads, arrays=(), outcome=Outcome.OK):
    asked = []

    def ask(request):
        asked.append(request)
        return Reply(request.id, outcome, {"answers": heads}, dict(arrays), seconds=1.0)

    return ask, asked


def test_small_requests_travel_together():
    kinds = ["network", "conv2d", "conv2d", "network", "conv2d"]
    asked = [Request(str(i), kind) for i, kind in enumerate(kinds)]
    grouped = [[request.id for request in group] for group in requests.groups(asked)]
    assert grouped == [["0"], ["1", "2"], ["3"], ["4"]]


def test_a_batch_is_asked_once_and_taken_apart():
    raised = GOOD | {"outcome": "raised", "error": {"name": "E", "message": "m", "line": ""}}
    ask, asked = answering([GOOD, raised], {"0/output": np.ones(3)})
    first, second = requests.ask_all(ask, PAIR)
    assert len(asked) == 1
    assert asked[0].params == {
        "requests": [
            {"kind": loose.KIND, "params": {"n": 1}},
            {"kind": loose.KIND, "params": {"n": 2}},
        ]
    }
    assert list(asked[0].arrays) == ["0/x"]
    assert (first.id, first.outcome, first.values) == ("a", Outcome.OK, {"v": 1})
    assert (second.id, second.outcome, str(second.error)) == ("b", Outcome.RAISED, "E: m")
    assert first.arrays["output"].tolist() == [1, 1, 1]
    assert first.seconds == second.seconds == 0.5


def test_one_request_travels_alone():
    ask, asked = answering([])
    requests.ask_all(ask, PAIR[:1])
    assert asked == PAIR[:1]


@pytest.mark.parametrize(
    ("heads", "arrays", "why"),
    [
        (None, {}, "one answer to each"),
        ([GOOD], {}, "one answer to each"),
        ([GOOD, GOOD], {"2/output": np.zeros(1)}, "none of the requests"),
        ([GOOD, GOOD], {"output": np.zeros(1)}, "none of the requests"),
    ],
)
def test_a_forged_batch_is_refused(heads, arrays, why):
    replies = requests.ask_all(answering(heads, arrays)[0], PAIR)
    assert [reply.id for reply in replies] == ["a", "b"]
    for reply in replies:
        assert reply.outcome is Outcome.REFUSED
        assert why in reply.error.message


@pytest.mark.parametrize("part", [3, GOOD | {"outcome": ["ok"]}, GOOD | {"outcome": "skipped"}])
def test_a_forged_part_of_a_batch_costs_no_other(part):
    first, second = requests.ask_all(answering([GOOD, part])[0], PAIR)
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.REFUSED)
    assert "no outcome" in second.error.message


def test_what_ends_a_batch_ends_all_of_it():
    ask, _ = answering(None, outcome=Outcome.DIED)
    replies = requests.ask_all(ask, PAIR)
    assert [(reply.id, reply.outcome) for reply in replies] == [
        ("a", Outcome.DIED),
        ("b", Outcome.DIED),
    ]
