"""One ordinary sandboxed kernel: what it cannot see, reach or change."""

import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MISSING = {"FileNotFoundError", "PermissionError", "NotADirectoryError"}


@pytest.fixture
def canaries(tmp_path: Path) -> Iterator[list[Path]]:
    """Host files that matter: in the home, another temporary folder, the checkout, the system."""
    with tempfile.NamedTemporaryFile(dir=Path.home(), prefix="canary-") as home:
        temporary = tmp_path / "canary.txt"
        temporary.write_text("canary")
        checkout = [ROOT / "pyproject.toml", ROOT / ".git" / "HEAD", Path(__file__)]
        package = [
            ROOT / "grader" / "__init__.py",
            ROOT / "grader" / "kernel" / "sandbox" / "spec.py",
        ]
        yield [Path(home.name), temporary, *checkout, *package, Path("/etc/shadow")]


def test_no_host_file_can_be_read(shared, canaries):
    for path in canaries:
        assert path.exists()
        assert shared.attempt(f"open({str(path)!r}).read()") in MISSING, path


@pytest.mark.parametrize("module", ["grader.kernel.sandbox", "grader.cli.main", "reference.unet"])
def test_neither_grader_nor_reference_can_be_imported(shared, module):
    assert shared.attempt(f"import {module}") == "ModuleNotFoundError"


def test_no_file_of_the_project_is_visible_under_any_name(shared):
    """Walks everything inside and compares inodes, which a mount does not change.

    Another file system may use the same number, so the name counts too.
    """
    folders = [ROOT / name for name in ("grader", "reference", "tests", "docs", "scripts")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files += [ROOT / "pyproject.toml", ROOT / ".git" / "HEAD"]
    visible = shared.settings.kernel_side / "launch.py"  # shows that the search finds what is there
    files.append(visible)
    inodes = {str(path.stat().st_ino): path.name for path in files if path.stat().st_size}
    assert len(inodes) > 20
    (shared.settings.data / "inodes.json").write_text(json.dumps(inodes))
    found = shared.run("""
import json, os
inodes = json.load(open("/opt/data/inodes.json"))
folders = ["/"]
while folders:
    with os.scandir(folders.pop()) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.path != "/proc" and os.access(entry.path, os.R_OK | os.X_OK):
                    folders.append(entry.path)
            elif inodes.get(str(entry.inode())) == entry.name:
                print(entry.path)
""")
    assert found.split() == ["/opt/colab/launch.py"]


def test_the_metadata_of_the_installation_is_empty(shared):
    code = """
import glob, os, sys
for pattern in ("csc413*", "__editable__*csc413*", "__pycache__/__editable__*csc413*"):
    for folder in sys.path:
        for path in glob.glob(os.path.join(folder, pattern)):
            print(path, os.listdir(path) if os.path.isdir(path) else os.path.getsize(path))
"""
    lines = shared.run(code).splitlines()
    assert lines  # the installation is there, and covered
    assert all(line.endswith((" []", " 0")) for line in lines)


def test_loopback_of_the_host_is_out_of_reach(shared):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), 5).close()
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
        assert shared.attempt(code) == "ConnectionRefusedError"


def test_there_is_no_network(shared):
    assert shared.run("import socket; print(socket.if_nameindex())") == "[(1, 'lo')]"
    for address in ("8.8.8.8", "169.254.169.254"):
        code = f"""
import errno, socket
try:
    socket.create_connection(({address!r}, 80), 5)
except OSError as error:
    print(errno.errorcode[error.errno])
"""
        assert shared.run(code) == "ENETUNREACH"
    assert shared.attempt("socket.gethostbyname('example.com')") == "gaierror"


def test_unix_sockets_of_the_host_are_out_of_reach(shared, tmp_path):
    connect = "import socket; socket.socket(socket.AF_UNIX).connect({!r})"
    for address in (f"\0grader-test-{os.getpid()}", str(tmp_path / "s")):
        with closing(socket.socket(socket.AF_UNIX)) as server:
            server.bind(address)
            server.listen()
            with closing(socket.socket(socket.AF_UNIX)) as client:
                client.connect(address)
            refused = {"ConnectionRefusedError", "FileNotFoundError"}
            assert shared.attempt(connect.format(address)) in refused


def test_the_environment_is_the_sandbox_s_own(shared):
    assert "host-secret" not in shared.run("import os; print(dict(os.environ))")
    names = set(shared.run("print(*open('/proc/self/environ').read().split('\\0'))").split())
    names = {name.split("=")[0] for name in names if "=" in name}
    expected = {"PATH", "HOME", "LANG", "IPYTHONDIR", "COLAB_CONFIG", "CUBLAS_WORKSPACE_CONFIG"}
    expected |= {"PYTHONNOUSERSITE", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED"}
    expected |= {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"}
    expected |= {f"{name}_NUM_THREADS" for name in ("OMP", "OPENBLAS", "MKL")}
    assert names - {"PWD", "OLDPWD"} == expected


def test_the_configuration_names_only_places_inside(shared):
    config = json.loads(shared.run("import os; print(os.environ['COLAB_CONFIG'])"))
    places = {name: config[name] for name in ("colab", "content", "data", "io", "weights")}
    expected = {"colab": "/opt/colab", "content": "/content", "data": "/opt/data", "io": "/io"}
    assert places == expected | {"weights": None}
    assert shared.run("import os; print(os.getcwd())") == "/content"


def test_proc_shows_no_host_process_and_no_host_path(shared):
    code = """
import glob
print(len(glob.glob("/proc/[0-9]*")))
for kind in ("cmdline", "environ", "comm", "cgroup"):
    for path in glob.glob(f"/proc/[0-9]*/{kind}"):
        try:
            print(open(path).read().replace("\\0", " "))
        except PermissionError:
            pass
"""
    count, _, text = shared.run(code).partition("\n")
    assert int(count) <= 4
    settings = shared.settings
    for folder in (settings.scratch, settings.exchange, settings.kernel_side, settings.data):
        assert str(folder) not in text
    assert "pytest" not in text
    assert "host-secret" not in text


def test_only_its_own_folders_can_be_written(shared):
    code = """
import os
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) != "/proc"]
    if os.access(folder, os.W_OK):
        print(folder)
        folders.clear()
"""
    connection = str(Path(shared.manager.connection_file).parent)
    writable = {"/content", "/io", "/tmp", "/dev/shm"}
    terminals = {"/dev/pts"}  # can be its user's, but holds no files
    assert set(shared.run(code).split()) - terminals == writable
    for folder in (*writable, connection):
        shared.run(f"open({folder!r} + '/x', 'w').write('x'); os.remove({folder!r} + '/x')")


@pytest.mark.parametrize(
    "folder",
    ["/", "/opt/colab", "/opt/data", "/usr/bin", "/etc", "/dev", "/root", "{packages}/torch"],
)
def test_nothing_else_can_be_written(shared, folder):
    packages = shared.run("import sysconfig; print(sysconfig.get_paths()['purelib'])")
    path = folder.format(packages=packages) + "/canary"
    refused = {"PermissionError", "OSError", "FileNotFoundError"}  # OSError: read-only file system
    assert shared.attempt(f"open({path!r}, 'w')") in refused


def test_system_settings_cannot_be_changed(shared):
    code = "open('/proc/sys/kernel/hostname', 'w').write('x')"
    assert shared.attempt(code) in {"PermissionError", "OSError"}


def test_devices_are_the_harmless_few(shared):
    devices = set(shared.run("import os; print(*os.listdir('/dev'))").split())
    pseudo = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"}
    assert devices <= pseudo | {"stdin", "stdout", "stderr", "fd", "core", "shm", "pts"}


def test_it_has_no_privileges(shared):
    status = shared.run("print(open('/proc/self/status').read())")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == "2"
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(fields[name], 16) == 0, name
    assert "0" not in fields["Uid"].split()
    refused = {"PermissionError", "OSError"}  # OSError: there is no user 0 in this namespace
    assert shared.attempt("import os; os.setuid(0)") in refused


def test_ordinary_things_still_work(shared):
    assert shared.run("!echo hello") == "hello"
    code = """
import concurrent.futures, getpass, multiprocessing, pwd, os, subprocess, threading
from multiprocessing import shared_memory
threading.Thread(target=print, args=("thread",)).start()
print(subprocess.run(["sh", "-c", "echo child"], capture_output=True, text=True).stdout.strip())
with concurrent.futures.ProcessPoolExecutor(2) as pool:
    print(sum(pool.map(abs, [-1, -2])))
block = shared_memory.SharedMemory(create=True, size=100)
block.close(); block.unlink()
print(getpass.getuser(), pwd.getpwuid(os.getuid()).pw_dir, os.path.expanduser("~"))
"""
    assert shared.run(code).split() == ["thread", "child", "3", "user", "/tmp", "/tmp"]


def test_weights_are_visible_without_their_neighbours(running, world, tmp_path):
    weights = tmp_path / "downloads" / "net.pth"
    weights.parent.mkdir()
    weights.write_bytes(b"weights")
    (weights.parent / "neighbour.txt").write_text("private")
    with running(world(weights=weights)) as kernel:
        assert kernel.run("import os; print(os.listdir('/opt/weights'))") == "['net.pth']"
        config = json.loads(kernel.run("print(os.environ['COLAB_CONFIG'])"))
    assert config["weights"] == "/opt/weights/net.pth"
