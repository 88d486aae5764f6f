"""Which isolation is chosen, what is said where none works, and the kernel's specification."""

import os
import subprocess
import sys

import pytest

from grader.kernel.sandbox import (
    SandboxError,
    SandboxUnavailable,
    choose_isolation,
    jail,
    kernel_manager,
    mounts,
)
from grader.kernel.sandbox.spec import kernel_spec


@pytest.mark.parametrize("requested", ["auto", "bubblewrap"])
def test_the_sandbox_is_chosen_when_it_works(bubblewrap, requested):
    assert choose_isolation(requested) == "bubblewrap"


@pytest.mark.usefixtures("without_bubblewrap")
def test_none_is_chosen_only_when_asked():
    assert choose_isolation("none") == "none"
    for requested in ("auto", "bubblewrap"):
        with pytest.raises(SandboxUnavailable, match=r"not installed.*--sandbox none"):
            choose_isolation(requested)


def test_an_unknown_request_is_named():
    with pytest.raises(ValueError, match="sandbox is 'docker'"):
        choose_isolation("docker")


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("setting up uid map: Permission denied", "AppArmor profile"),
        ("Creating new namespace failed: Operation not permitted", "container"),
        ("Unknown option --size", "install bubblewrap 0.8 or newer"),
        ("execvp setpriv: No such file or directory", "install util-linux"),
        ("something else", "--sandbox none only"),
    ],
)
def test_a_program_that_fails_is_no_sandbox(fresh_probe, monkeypatch, tmp_path, said, remedy):
    program = tmp_path / "bwrap"
    program.write_text(f"#!/bin/sh\nprintf 'bwrap: \\033%s\\n' '{said}'; exit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(SandboxUnavailable) as caught:
        choose_isolation("auto")
    assert f"could not be set up: bwrap: {said}; " in str(caught.value)
    assert remedy in str(caught.value)


@pytest.mark.parametrize(
    ("flag", "escape"),
    [("--unshare-net", "reach the host's network"), ("--unshare-pid", "see the host's processes")],
)
def test_a_sandbox_with_a_hole_is_refused(bubblewrap, fresh_probe, monkeypatch, flag, escape):
    kept = tuple(name for name in mounts.NAMESPACES if name != flag)
    monkeypatch.setattr(mounts, "NAMESPACES", kept)
    with pytest.raises(SandboxUnavailable, match=rf"does not hold: .*{escape}"):
        choose_isolation("auto")


def test_a_readable_host_file_is_noticed(bubblewrap, fresh_probe, monkeypatch, tmp_path):
    real = jail.writable_binds

    def leaky(scratch, exchange, connection):
        folder = mounts.Bind(scratch.parent, mounts.PurePosixPath(scratch.parent))
        return [*real(scratch, exchange, connection), folder]

    monkeypatch.setattr(jail, "writable_binds", leaky)
    with pytest.raises(SandboxUnavailable, match="read a file of the host"):
        choose_isolation("auto")


def test_other_systems_are_told_what_to_do(fresh_probe, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxUnavailable, match="needs Linux and this is darwin"):
        choose_isolation("auto")


def test_a_folder_that_the_sandbox_s_user_cannot_read_is_named(bubblewrap, world):
    """Only root changes to another user, so only root can meet this."""
    settings = world()
    settings.data.chmod(0o700)
    if os.geteuid() == 0:
        with pytest.raises(SandboxError, match=r"data is not readable .*: chmod -R o\+rX"):
            jail.Jail(settings)
    else:
        jail.Jail(settings).close()


def test_the_specification_is_in_memory(world):
    settings = world()
    manager = kernel_manager("none", settings)
    assert manager.kernel_spec.argv[1] == str(settings.kernel_side / "launch.py")
    assert manager.kernel_spec.interrupt_mode == "message"
    specs = manager.kernel_spec_manager
    assert specs.get_kernel_spec("another") is manager.kernel_spec
    assert list(specs.get_all_specs()) == ["grader"]


def test_the_command_inside_names_the_place_inside(world):
    spec = kernel_spec("bubblewrap", world())
    assert spec.argv[1:] == ["/opt/colab/launch.py", "-f", "{connection_file}"]


def test_an_unknown_isolation_is_named(world):
    with pytest.raises(ValueError, match="isolation is 'auto'"):
        kernel_manager("auto", world())


def test_the_grader_s_own_limits_are_not_raised(bubblewrap):
    """Where the grader runs under lower limits itself, the sandbox keeps those."""
    code = "from grader.kernel.sandbox import choose_isolation; print(choose_isolation('auto'))"
    command = ["prlimit", "--nofile=512:512", "--core=0:0", "--", sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "bubblewrap\n", done.stderr
