"""The argument list, without running it."""

import itertools
from pathlib import Path, PurePosixPath

from grader.kernel.sandbox import Limits
from grader.kernel.sandbox.mounts import (
    Bind,
    Cover,
    View,
    bubblewrap_arguments,
    inner_command,
    system_binds,
    writable_binds,
)

EMPTY = Path("/host/empty")


def arguments(*binds: Bind, covers=(), as_root=True, **view) -> list[str]:
    return bubblewrap_arguments(View(binds, covers, EMPTY, **view), Limits(), as_root=as_root)


def triples(words: list[str], option: str) -> list[tuple[str, str]]:
    """The two arguments after each use of an option."""
    return [
        (a, b) for word, a, b in zip(words, words[1:], words[2:], strict=False) if word == option
    ]


def test_every_namespace_but_the_file_system_s_own_is_new():
    words = arguments()
    for kind in ("ipc", "pid", "net", "uts", "cgroup-try"):
        assert f"--unshare-{kind}" in words
    assert "--share-net" not in words
    assert {"--die-with-parent", "--new-session", "--clearenv"} <= set(words)


def test_root_drops_capabilities_and_others_get_a_user_namespace():
    root, user = arguments(as_root=True), arguments(as_root=False)
    assert "--unshare-user" not in root
    assert ("ALL", "--cap-add") in triples(root, "--cap-drop")
    assert {"--unshare-user", "--disable-userns"} <= set(user)
    assert "--cap-add" not in user


def test_only_writable_binds_are_writable():
    words = arguments(
        Bind(Path("/host/data"), PurePosixPath("/opt/data")),
        *writable_binds(Path("/host/scratch"), Path("/host/io"), Path("/tmp/k/c")),
    )
    assert triples(words, "--ro-bind") == [("/host/data", "/opt/data")]
    targets = {target for _, target in triples(words, "--bind")}
    assert targets == {"/content", "/io", "/tmp/k/c"}


def test_a_deeper_mount_lies_on_top():
    words = arguments(
        Bind(Path("/a/b/c"), PurePosixPath("/a/b/c")),
        Bind(Path("/a"), PurePosixPath("/a")),
        covers=[Cover(PurePosixPath("/a/b"), folder=True)],
    )
    order = [words.index("/a"), words.index("4096") + 2, words.index("/a/b/c")]
    assert words[order[1]] == "/a/b"
    assert order == sorted(order)


def test_parents_are_made_readable_before_the_mount():
    words = arguments(Bind(Path("/root/env"), PurePosixPath("/root/env")))
    made = words.index("/root")
    assert words[made - 3 : made] == ["--perms", "0755", "--dir"]
    assert made < words.index("--ro-bind")


def test_covers_cannot_be_written():
    covers = [Cover(PurePosixPath("/p/grader"), True), Cover(PurePosixPath("/p/x.pth"), False)]
    words = arguments(covers=covers)
    read_only = [b for a, b in itertools.pairwise(words) if a == "--remount-ro"]
    assert read_only == ["/p/grader", "/dev", "/"]
    assert (str(EMPTY), "/p/x.pth") in triples(words, "--ro-bind")


def test_temporary_folders_have_a_size():
    words = arguments()
    sized = [words[i + 3] for i, word in enumerate(words) if word == "--size"]
    assert sized == ["/tmp", "/dev/shm"]


def test_links_inside_a_mount_are_there_already():
    links = [(Path("/usr/bin/python"), "python3"), (Path("/opt/python"), "/usr")]
    words = arguments(Bind(Path("/usr"), PurePosixPath("/usr")), links=links)
    assert triples(words, "--symlink") == [("/usr", "/opt/python")]


def test_the_environment_is_set_one_by_one():
    words = arguments(environment={"HOME": "/tmp"})
    assert triples(words, "--setenv") == [("HOME", "/tmp")]
    assert words.index("--clearenv") < words.index("--setenv")


def test_the_system_brings_usr_and_nothing_personal():
    binds, _ = system_binds([Path("/opt/python")])
    targets = {str(bind.target) for bind in binds}
    assert {"/usr", "/opt/python"} <= targets
    assert targets <= {"/usr", "/opt/python"} | {
        str(t) for t in targets if t.startswith("/etc/")
    } | {f"/{name}" for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32")}
    assert not targets & {"/etc", "/etc/passwd", "/etc/shadow", "/home", "/var", "/run", "/sys"}
    assert all(bind.system and not bind.writable for bind in binds)


def test_limits_are_set_after_the_change_of_user():
    words = inner_command(["python", "x.py"], Limits(), uid=60600)
    assert words.index("--reuid=60600") < words.index("prlimit") < words.index("sh")
    assert words[-2:] == ["python", "x.py"]
    assert not any(word.startswith("--as") for word in words)
    assert "setpriv" not in inner_command(["python"], Limits(), uid=None)
