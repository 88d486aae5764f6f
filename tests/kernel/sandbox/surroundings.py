"""What a program finds when it starts in a kernel; run there as text, so all of it lies inside."""


def surroundings() -> str:
    """Return, as JSON, all that differs when a kernel was not started as it should be."""
    import json
    import locale
    import os
    import signal
    import sys
    from pathlib import Path

    def read(name: str) -> str:
        return Path("/proc/self", name).read_text()

    def files() -> list[str]:
        places = [place for place in Path("/proc/self/fd").iterdir() if place.is_symlink()]
        kinds = {str(place.readlink()).split(":")[0] for place in places}
        return sorted(kind for kind in kinds if not kind.startswith("/tmp"))  # IPython's history

    lines = dict(line.split(":", 1) for line in read("status").splitlines())
    kept = ("Umask", "Groups", "SigBlk", "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff", "CapBnd",
            "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters")  # fmt: skip
    shell = ("PWD", "OLDPWD", "SHLVL", "_")  # set by the shell that a fresh start goes through
    first = [entry for entry in read("environ").split("\0") if not entry.startswith("COLAB_CONFIG")]
    mounts = [line.split()[4:6] for line in read("mountinfo").splitlines()]
    found = {
        "environment": {k: v for k, v in os.environ.items() if k not in shell},
        "first environment": sorted(e for e in first if e.split("=")[0] not in shell),
        "path": sys.path,
        "finders": [getattr(f, "__name__", type(f).__name__) for f in sys.meta_path],
        "hooks": len(sys.path_hooks),
        "argv": [Path(part).name for part in sys.argv],
        "flags": str(sys.flags),
        "executable": sys.executable,
        "folder": str(Path.cwd()),
        "status": {name: lines[name].strip() for name in kept},
        "limits": read("limits"),
        "out of memory": read("oom_score_adj"),
        "files": files(),
        "signals": {str(s): str(signal.getsignal(s)).split(" at ")[0] for s in signal.Signals},
        "mounts": [mount for mount in mounts if "/k-" not in mount[0]],
        "host": os.uname().nodename,
        "home": str(Path.home()),
        "locale": [locale.getlocale(), sys.stdout.encoding, sys.getfilesystemencoding()],
        "hash": hash("a"),
        "recursion": sys.getrecursionlimit(),
        "main": sorted(name for name in vars(sys.modules["__main__"]) if name[:2] != "_i"),
        "ours": sorted(name for name in sys.modules if "grader" in name or name == "rights"),
    }
    return json.dumps(found)
