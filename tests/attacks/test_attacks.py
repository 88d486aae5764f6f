"""Every attack gets the verdict that its folder names, reaches nothing and leaves nothing."""

import multiprocessing
import os
import re
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from grader.kernel.sandbox import choose_isolation
from tests.attacks import lab
from tests.attacks.survivors import living

ATTACKS = lab.attacks()
GROUPS = list(lab.sessions(ATTACKS))
FRESH = list({group[0].expected: group for group in GROUPS if len(group) == 1}.values())
ROOT = Path(__file__).parents[2]
MISSED = re.compile(r"'agent[\w.]*' has no attribute|No module named 'agent")


@pytest.fixture(scope="module", autouse=True)
def bubblewrap():
    """Fails once and clearly where the sandbox does not work."""
    choose_isolation("bubblewrap")


@pytest.fixture(scope="module")
def grader():
    """Yield a process that only grades: its peak memory is the grader's, not the test suite's."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


def contained(results):
    """Every attack was held, and was one: none missed what of ours it reaches for."""
    told = "\n".join(lab.table(results))
    assert all(result.held for result in results), told
    assert not any(MISSED.search(result.why) for result in results), told


@pytest.mark.parametrize(
    "group", GROUPS, ids=lambda g: g[0].name if len(g) == 1 else f"{len(g)}-in-one-kernel"
)
def test_an_attack_is_contained(group, grader):
    """In a kernel that was forked from the warm process, as those of a class are."""
    results = grader.submit(lab.run, group, forked=True).result()
    contained(results)


@pytest.mark.parametrize("group", FRESH, ids=lambda group: group[0].name)
def test_an_attack_is_contained_in_a_fresh_kernel(group, grader):
    """Some of each kind, in kernels as a single submission gets them."""
    results = grader.submit(lab.run, group).result()
    contained(results)


def test_every_row_of_the_catalogue_is_accounted_for():
    tried = {row for attack in ATTACKS for row in attack.rows}
    table = dict(
        re.findall(r"^\| (\d+) \|.*\| (.*) \|$", (lab.HERE / "README.md").read_text(), re.MULTILINE)
    )
    elsewhere = {int(row) for row in table}
    assert tried | elsewhere == set(range(1, 71))
    assert not tried & elsewhere
    for place in table.values():
        files = re.findall(r"`(tests/\S+\.py)`", place)
        assert files or place.startswith("not tried: ")
        assert all((ROOT / file).is_file() for file in files), place


def test_every_attack_says_what_it_does():
    assert len(ATTACKS) > 90
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    for attack in ATTACKS:
        assert attack.options["what"], attack.name
        assert attack.cells, attack.name


def test_nothing_here_can_be_imported():
    assert all(path.parent == lab.HERE for path in lab.HERE.rglob("*.py"))


def test_an_escape_would_be_seen(tmp_path):
    """The suite's own alarm: a notebook without a sandbox does reach the canaries."""
    source = (
        "import socket\nprint('ESCAPED', open(CANARY_FILE).read())\n"
        "socket.create_connection(('127.0.0.1', CANARY_PORT), 3)\n"
    )
    attack = lab.Attack("alarm", lab.Verdict.OK, (), (source,), "bare", {"what": "x"})
    (result,) = lab.run([attack], "none")
    assert "ESCAPED canary" in result.escaped
    assert "AF_INET SOCK_STREAM" in result.escaped
    assert not result.held


def test_a_survivor_would_be_seen():
    """Processes are found by where they live, as long as they live."""
    import subprocess

    with subprocess.Popen(["sleep", "60"]) as process:
        place = os.open(f"/proc/{process.pid}/ns/pid", os.O_RDONLY)
        assert process.pid in living(place, 0)
        process.kill()


def test_the_honest_cells_beside_them_keep_their_verdicts():
    """In the shared kernel, cells that do no harm are ok although their neighbours raise."""
    shared = next(group for group in GROUPS if len(group) > 1)
    assert {attack.expected.value for attack in shared} >= {"ok", "student_error"}
