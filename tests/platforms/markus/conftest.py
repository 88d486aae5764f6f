"""A MarkUs server, a graded folder, and what pushes the one to the other."""

import argparse

import pytest

from grader.basics import storage
from grader.platforms.markus import sending
from grader.platforms.markus.client import Patience
from tests.class_parts import report
from tests.platforms.markus.server import KEY, serving

PAGE = b"<!doctype html><title>\xc3\xa9</title>\r\n--not-a-boundary\r\n"


@pytest.fixture(autouse=True)
def _key(monkeypatch):
    monkeypatch.setenv(sending.KEY, KEY)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with serving("ada", "bo") as found:
        yield found


@pytest.fixture
def graded(tmp_path):
    for id_ in ("ada", "bo"):
        storage.save_report(tmp_path / id_, report(id_))
        (tmp_path / id_ / "report.html").write_bytes(PAGE)
    return tmp_path


class Waits(list):
    """What the client slept, without sleeping."""

    def __call__(self, seconds):
        self.append(seconds)


def push(server, folder, *, waits=None, timeout=5.0, attempts=4, **changes):
    options = argparse.Namespace(
        graded=folder, url=server.url, course=7, assignment=3, test_group=11, criterion=None,
        hidden_test_group=None, submission=None, dry_run=False,
    )  # fmt: skip
    for name, value in changes.items():
        setattr(options, name, value)
    waits = Waits() if waits is None else waits
    return sending.push(options, Patience(timeout=timeout, attempts=attempts, sleep=waits))
