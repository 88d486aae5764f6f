"""Does the sandbox work on this machine? Runs a tiny one and lets it try to get out."""

import functools
import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.sandbox.errors import SandboxError, SandboxUnavailable
from grader.sandbox.settings import EXCHANGE, SandboxSettings

_SECONDS = 60.0
_ANSWER = "answer.json"
# What bubblewrap says, and what helps.
_REMEDIES = {
    ("uid map", "RTM_NEWADDR"): (
        "this system keeps user namespaces from programs without an AppArmor profile: add one for "
        "bwrap, or run `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
    ),
    ("namespace", "not permitted"): (
        "inside a container without the right to make namespaces? Grade outside it, or in a "
        "virtual machine"
    ),
    ("nknown option",): "install bubblewrap 0.8 or newer",
    ("execvp",): "install util-linux, which has setpriv and prlimit",
}
_ATTEMPTS = Path(__file__).with_name("attempts.py")


@functools.lru_cache(maxsize=1)
def probe() -> None:
    """Run a sandbox once a process and check that it contains what it should.

    Raises:
        SandboxUnavailable: it does not run, or does not hold; one line says why and what to do.
    """
    if sys.platform != "linux":
        raise SandboxUnavailable(
            f"bubblewrap needs Linux and this is {sys.platform}; grade in a Linux virtual machine, "
            "or use --sandbox none for a notebook of your own"
        )
    try:
        answer = _try_to_escape()
    except SandboxUnavailable:
        raise
    except SandboxError as error:
        raise SandboxUnavailable(f"{error}; {_remedy(str(error))}") from error
    if answer["escapes"]:
        held = ", ".join(answer["escapes"])
        raise SandboxUnavailable(f"the sandbox does not hold: a program inside could {held}")
    if answer["missing"]:
        names = ", ".join(answer["missing"])
        raise SandboxUnavailable(
            f"the sandbox cannot read the Python packages {names}; make {sys.prefix} readable for "
            f"other users: chmod -R o+rX {sys.prefix}"
        )


def _try_to_escape() -> dict[str, list[str]]:
    from grader.sandbox.folders import remove_tree
    from grader.sandbox.jail import Jail  # Linux only

    folder = Path(tempfile.mkdtemp(prefix="k-"))
    folder.chmod(0o755)  # only the sandbox may keep its user from the canary
    try:
        settings = _empty_world(folder)
        canary = folder / "canary"
        canary.write_text("x")
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
            script = [sys.executable, "-I", "-c", _ATTEMPTS.read_text(), str(canary), port]
            jail = Jail(settings)
            try:
                launched = jail.start([*script, f"{EXCHANGE}/{_ANSWER}"]).result()
                launched.process.wait(_SECONDS)
            except subprocess.TimeoutExpired as error:
                raise SandboxError(f"the sandbox did not answer in {_SECONDS:g} s") from error
            finally:
                jail.close()
        answer = settings.exchange / _ANSWER
        if not answer.is_file():
            raise SandboxError(
                f"{sys.executable} did not run inside the sandbox; is it readable for other users?"
            )
        said: dict[str, list[str]] = json.loads(answer.read_text())
        return said
    finally:
        remove_tree(folder)


def _empty_world(folder: Path) -> SandboxSettings:
    folders = [folder / name for name in ("scratch", "exchange", "kernel_side", "data")]
    for path in folders:
        path.mkdir(mode=0o755)
        path.chmod(0o755)  # whatever the umask
    scratch, exchange, kernel_side, data = folders
    return SandboxSettings(scratch, exchange, kernel_side, data)


def _remedy(reason: str) -> str:
    for signs, remedy in _REMEDIES.items():
        if any(sign in reason for sign in signs):
            return remedy
    return "use --sandbox none only for a notebook of your own"
