"""Where the process that workers are forked from takes its grader from."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# A worker says where its grader lies.
CODE = """
from grader.batch import forking

if __name__ == "__main__":
    forking.warm({})
    worker = forking.context().Process(target=exec, args=('import grader; print(grader.__file__)',))
    worker.start()
    worker.join()
    forking.cut_off()
"""


def mounted(place):
    """Return the start of a command that sees this checkout at another place, and starts there."""
    needed = {Path(path).parts[1] for path in (sys.prefix, sys.base_prefix, ROOT)}
    command = ["bwrap", "--die-with-parent", "--tmpfs", "/"]
    for name in sorted(needed | {"usr", "bin", "sbin", "lib", "lib64", "etc", "var", "tmp"}):
        path = Path("/", name)
        if path.is_symlink():
            command += ["--symlink", os.readlink(path), str(path)]  # noqa: PTH115
        elif path.exists():
            command += ["--bind", str(path), str(path)]
    command += ["--dev-bind", "/dev", "/dev", "--bind", "/proc", "/proc"]
    return [*command, "--bind", str(ROOT), place, "--chdir", place]


def test_a_checkout_that_is_called_grader_and_lies_in_the_root_is_no_package(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(CODE)
    command = [*mounted("/grader"), sys.executable, str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.stdout.strip().endswith("/grader/__init__.py"), done.stdout + done.stderr
