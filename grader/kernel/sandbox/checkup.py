"""What `grader doctor` finds: the promises of a tier, tried, and the facts of the machine."""

import os
import platform
import shutil
import subprocess
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from grader.kernel.sandbox.cgroup import own_folder, usable
from grader.kernel.sandbox.errors import SandboxUnavailable
from grader.kernel.sandbox.landlock import version as landlock_version
from grader.kernel.sandbox.probe import Examination
from grader.kernel.sandbox.probe import examine as try_tier
from grader.kernel.sandbox.promises import PROMISES, REQUIRED

GIB = 1 << 30
MEMORY_NEEDED, DISK_NEEDED = 4, 4  # GiB
NONE = (
    "--sandbox none isolates nothing: a notebook runs as you, with your files and your network. "
    "Use it for a notebook of your own only."
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def examine(requested: str) -> dict[str, Any]:
    """Try a tier thoroughly and describe the machine; plain data, as `grader doctor --json`.

    Args:
        requested: 'auto', 'bubblewrap', 'uid' or 'none'.

    Returns:
        tier; may_grade; verdict, a sentence; promises, each with id, text, state ('held', 'broken',
        'lesser': not promised by this tier and not there, 'unchecked') and remedy; machine, facts
        by name.
    """
    tier = "bubblewrap" if requested == "auto" else requested
    kernels: dict[str, str] = {}
    found: dict[str, Any] = {"tier": tier, "may_grade": True, "promises": []}
    if tier == "none":
        found["verdict"] = NONE
    else:
        try:
            examination = try_tier(tier, thorough=True)
        except SandboxUnavailable as error:
            found |= {"may_grade": False, "verdict": f"Nothing can be graded: {error}"}
        else:
            found |= _of(examination)
            if tier == "bubblewrap":
                kernels["kernels"] = examination.afresh or "forked, and contained as fresh ones are"
    return found | {"machine": facts() | kernels}


def _of(examination: Examination) -> dict[str, Any]:
    required = REQUIRED[examination.tier]
    states = dict.fromkeys((promise.id for promise in PROMISES), "held")
    states |= dict.fromkeys((promise.id for promise in examination.unchecked), "unchecked")
    for promise in examination.broken:
        states[promise.id] = "broken" if promise.id in required else "lesser"
    promises = [
        {"id": p.id, "text": p.text, "state": states[p.id], "remedy": p.remedy} for p in PROMISES
    ]
    if examination.missing:
        verdict = f"Nothing can be graded: inside, {', '.join(examination.missing)} is missing."
    elif examination.refused:
        verdict = "Nothing is graded with this sandbox until every promise holds."
    else:
        verdict = f"Grading with --sandbox {examination.tier} may go on."
    may = not (examination.refused or examination.missing)
    return {"promises": promises, "may_grade": may, "verdict": verdict}


def facts() -> dict[str, str]:
    """What matters of the machine, by name, for people."""
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "user": "root" if _root() else "not root",
        "python": platform.python_version(),
        "torch": _package("torch"),
        "jupyter": f"nbclient {_package('nbclient')}, ipykernel {_package('ipykernel')}",
        "bubblewrap": _said(["bwrap", "--version"]),
        "landlock": f"version {landlock_version()}" if landlock_version() else "none",
        "cgroups": "used" if usable(own_folder()) else "none to use: the watchdog does it alone",
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        "disk": _disk(),
        "chromium": next(
            (name for name in CHROMIUM if shutil.which(name)), "none (for tests only)"
        ),
        "gpu": _gpu(),
    }


def _root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return "not installed"
    return done.stdout.strip().split(" ")[-1]


def _memory() -> str:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return "unknown"
    kib = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith("kB")}
    total, free = (kib.get(name, 0) / (1 << 20) for name in ("MemTotal", "MemAvailable"))
    note = "" if free >= MEMORY_NEEDED else f": a notebook may need {MEMORY_NEEDED}"
    return f"{free:.1f} of {total:.1f} GiB free{note}"


def _disk() -> str:
    place = tempfile.gettempdir()
    free = shutil.disk_usage(place).free / GIB
    note = "" if free >= DISK_NEEDED else f": a notebook may need {DISK_NEEDED}"
    return f"{free:.1f} GiB free in {place}{note}"


def _gpu() -> str:
    devices = sorted(path.name for path in Path("/dev").glob("nvidia[0-9]*"))
    return ", ".join(devices) or "none (none is needed)"
