"""In a checkout the reference's replies to the public requests are recorded once, in the cache."""

import pytest

from grader.judging import recorded
from grader.student import judging, recording

NAMES = ["cnn.builds"]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The cache, empty; what is recorded is counted instead of computed."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    monkeypatch.setattr(recorded, "PLACE", tmp_path / "no bundle")
    places = []

    def record(place):
        places.append(place)
        recorded.save(place, [], {})

    monkeypatch.setattr(recording, "record", record)
    return places


def test_they_are_recorded_once(kept, tmp_path):
    for _ in range(2):
        assert dict(judging.reference(judging.asked(NAMES))) == {}
    assert len(kept) == 1
    (place,) = tmp_path.iterdir()
    assert sorted(path.name for path in place.iterdir()) == [recorded.HEADS, recorded.ARRAYS]


def test_another_grader_records_its_own(kept, tmp_path, monkeypatch):
    judging.reference(judging.asked(NAMES))
    monkeypatch.setattr("grader.batch.keys.code_digest", lambda: "f" * 64)
    judging.reference(judging.asked(NAMES))
    assert len(kept) == len(list(tmp_path.iterdir())) == 2


def test_two_that_record_at_once_both_read_what_the_first_left(kept, tmp_path, monkeypatch):
    def late(place):
        with monkeypatch.context() as patch:
            patch.setattr(recording, "record", lambda other: recorded.save(other, [], {}))
            judging.reference(judging.asked(NAMES))
        recorded.save(place, [], {})

    monkeypatch.setattr(recording, "record", late)
    assert dict(judging.reference(judging.asked(NAMES))) == {}
    assert len(list(tmp_path.iterdir())) == 1
