"""`grader doctor`: what it prints, when it refuses, and that each attempt can succeed."""

import json
import os

import pytest

from grader.cli import main as cli
from grader.cli.verbs import doctor
from grader.kernel.sandbox import attempts, checkup, forks, mounts
from grader.kernel.sandbox import probe as probing
from grader.kernel.sandbox.errors import SandboxError, SandboxUnavailable
from grader.kernel.sandbox.probe import Examination
from grader.kernel.sandbox.promises import PROMISES, REQUIRED

BY_ID = {promise.id: promise for promise in PROMISES}


def test_every_promise_holds_here(bubblewrap, capsys):
    assert cli.main(["doctor"]) == 0
    page = capsys.readouterr().out
    lines = page.splitlines()
    assert lines[0] == "sandbox: bubblewrap"
    assert page.count("  held  ") == len(PROMISES)
    assert lines[-1] == "Grading with --sandbox bubblewrap may go on."
    assert all(len(line) <= 80 for line in lines)
    for name in ("python", "torch", "bubblewrap", "cores", "memory", "disk", "chromium", "gpu"):
        assert any(line.strip().startswith(f"{name} ") for line in lines), name


def test_it_says_whether_the_kernels_of_a_class_are_forked(bubblewrap, capsys):
    assert cli.main(["doctor"]) == 0
    assert "  kernels        forked, and contained as fresh ones are\n" in capsys.readouterr().out
    assert not forks.started()


def test_where_none_can_be_forked_it_says_why_and_grades(bubblewrap, capsys, monkeypatch):
    def differ(*_):
        raise SandboxError("Uid is 0, not 60600")

    monkeypatch.setattr(forks, "_assert_contained", differ)
    assert cli.main(["doctor"]) == 0
    assert "  kernels        Uid is 0, not 60600\n" in capsys.readouterr().out


def test_what_a_forked_process_could_do_counts(bubblewrap, monkeypatch):
    tried = probing._try_to_escape
    broken = {"broken": ["tcp"], "missing": []}
    monkeypatch.setattr(
        probing, "_try_to_escape", lambda tier: broken if forks.started() else tried(tier)
    )
    assert probing.examine("bubblewrap", thorough=True).broken == (BY_ID["tcp"],)


@pytest.fixture
def found(monkeypatch):
    """Lets a test say what the examination finds."""

    def say(examination):
        monkeypatch.setattr(checkup, "try_tier", lambda *_, **__: examination)

    return say


def test_a_promise_that_does_not_hold_is_named_with_the_remedy(found, capsys):
    found(Examination("bubblewrap", broken=(BY_ID["tcp"],), unchecked=(BY_ID["tcp6"],)))
    assert cli.main(["doctor"]) == 1
    page = capsys.readouterr().out
    assert "  DOES NOT HOLD  reaches no port of the host (IPv4)\n" in page
    assert "network namespaces" in page
    assert "  not tried      reaches no port of the host (IPv6)\n" in page
    assert page.endswith("Nothing is graded with this sandbox until every promise holds.\n")
    assert all(len(line) <= 80 for line in page.splitlines())


def test_what_the_lesser_tier_does_not_promise_is_shown_and_no_refusal(found, capsys):
    found(Examination("uid", broken=(BY_ID["others"],)))
    assert cli.main(["doctor", "--sandbox", "uid"]) == 0
    assert "  not here       sees no process of the host\n" in capsys.readouterr().out


def test_packages_that_cannot_be_read_refuse(found, capsys):
    found(Examination("bubblewrap", missing=("torch",)))
    assert cli.main(["doctor"]) == 1
    assert "Nothing can be graded: inside, torch is missing." in capsys.readouterr().out


def test_a_tier_that_does_not_run_is_one_sentence(monkeypatch, capsys):
    def fails(*_, **__):
        raise SandboxUnavailable("bubblewrap is not installed")

    monkeypatch.setattr(checkup, "try_tier", fails)
    assert cli.main(["doctor"]) == 1
    assert "Nothing can be graded: bubblewrap is not installed\n" in capsys.readouterr().out


def test_none_is_described_and_not_tried(capsys):
    assert cli.main(["doctor", "--sandbox", "none"]) == 0
    assert "isolates nothing: a notebook runs as you" in capsys.readouterr().out.replace("\n", " ")


def test_json_has_the_same(found, capsys):
    found(Examination("bubblewrap", broken=(BY_ID["udp"],)))
    assert cli.main(["doctor", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["may_grade"] is False
    states = {promise["id"]: promise["state"] for promise in said["promises"]}
    assert states.pop("udp") == "broken"
    assert set(states.values()) == {"held"}


def test_long_values_are_cut_at_the_width():
    machine = {"system": "x" * 200}
    text = doctor.page({"tier": "none", "promises": [], "machine": machine, "verdict": "v"})
    assert max(map(len, text.splitlines())) == 80


@pytest.fixture
def given(tmp_path):
    with probing._canaries(tmp_path) as (given, reached):
        yield given, reached


@pytest.mark.parametrize(
    "promise",
    ["file", "packages", "tcp", "abstract", "memory", "private_map", "file_size", "processes"],
)
def test_an_attempt_succeeds_without_a_sandbox(promise, given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {**given[0], "memory": 1 << 20, "processes": 3}
    assert attempts.attempts(names)[promise]()


def test_a_datagram_that_arrives_is_seen(given):
    names, reached = given
    assert not reached()
    attempts.sends(names["port"])
    assert reached()


def test_every_promise_has_an_attempt_or_is_watched_from_outside(given):
    watched = {"watchdog", "survivor"}
    assert set(attempts.attempts(given[0])) | watched == set(BY_ID)
    assert set(REQUIRED["uid"]) < set(REQUIRED["bubblewrap"]) == set(BY_ID)


def test_a_survivor_is_seen(bubblewrap, monkeypatch):
    """Without a process namespace, what left its parent goes on, for twenty seconds."""
    kept = tuple(name for name in mounts.NAMESPACES if name != "--unshare-pid")
    monkeypatch.setattr(mounts, "NAMESPACES", kept)
    broken = {promise.id for promise in probing.examine("bubblewrap").broken}
    assert broken >= {"survivor", "others"}


def test_without_a_watchdog_the_promise_is_broken(bubblewrap, monkeypatch):
    monkeypatch.setattr(probing, "_FILL", "pass  # {0}")
    found = probing.examine("bubblewrap", thorough=True)
    assert [promise.id for promise in found.broken] == ["watchdog"]


def test_a_missing_filter_is_noticed(bubblewrap, monkeypatch):
    """Without seccomp, a namespace can be made inside."""
    from grader.kernel.sandbox import launcher

    allow = b"\x06\x00\x00\x00\x00\x00\xff\x7f"
    monkeypatch.setattr(launcher, "seccomp_filter", lambda: allow)
    if os.geteuid() != 0:
        pytest.skip("as a normal user bubblewrap itself forbids it")
    broken = [promise.id for promise in probing.examine("bubblewrap").broken]
    assert "namespace" in broken


def test_a_shared_network_is_noticed(bubblewrap, monkeypatch):
    kept = tuple(name for name in mounts.NAMESPACES if name != "--unshare-net")
    monkeypatch.setattr(mounts, "NAMESPACES", kept)
    broken = {promise.id for promise in probing.examine("bubblewrap").broken}
    assert broken >= {"tcp", "udp", "abstract"}
