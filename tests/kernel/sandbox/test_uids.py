"""One user for each sandbox."""

import os
import pwd
import subprocess
import sys
import tempfile

import pytest

from grader.kernel.sandbox import SandboxError, uids
from grader.kernel.sandbox.uids import POOL, lease_uid


def test_leases_differ_and_come_back(tmp_path):
    first, second = lease_uid(tmp_path / "locks"), lease_uid(tmp_path / "locks")
    assert {first.uid, second.uid} <= set(POOL)
    assert first.uid != second.uid
    first.release()
    first.release()
    assert lease_uid(tmp_path / "locks").uid == first.uid


def test_another_process_does_not_get_the_same(tmp_path):
    code = (
        "import sys; from grader.kernel.sandbox.uids import lease_uid; from pathlib import Path\n"
    )
    code += "print(lease_uid(Path(sys.argv[1])).uid)"
    mine = lease_uid(tmp_path / "locks")
    command = [sys.executable, "-c", code, str(tmp_path / "locks")]
    other = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert int(other) != mine.uid
    again = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert again == other  # it ended, so its user is free


def test_users_with_an_account_are_left_alone(tmp_path, monkeypatch):
    taken = pwd.getpwnam("root").pw_uid
    monkeypatch.setattr(uids, "POOL", [taken, 60650])
    lease = lease_uid(tmp_path / "locks")
    assert lease.uid == 60650


def test_an_exhausted_pool_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(uids, "POOL", range(60600, 60602))
    held = [lease_uid(tmp_path / "locks") for _ in range(2)]
    with pytest.raises(SandboxError, match="all 2 sandbox users are taken"):
        lease_uid(tmp_path / "locks")
    assert len(held) == 2


def test_a_lock_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "locks").symlink_to(tmp_path / "target")
    with pytest.raises(SandboxError, match="belongs to another user"):
        lease_uid(tmp_path / "locks")


def test_workers_with_temporary_folders_of_their_own_share_the_locks(tmp_path, monkeypatch):
    """Each worker has one; ids must differ all the same."""
    if os.geteuid() != 0:
        pytest.skip("only root takes ids")
    leases = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / name))
        leases.append(lease_uid())
    assert len({lease.uid for lease in leases}) == 2
    for lease in leases:
        lease.release()
