"""Nothing private in any mount: the rule, the covers, and the check of both."""

from pathlib import Path, PurePosixPath

import pytest

from grader.kernel.sandbox import ExposedPathError, visibility
from grader.kernel.sandbox.jail import Jail
from grader.kernel.sandbox.mounts import Bind
from grader.kernel.sandbox.visibility import Private, assert_hidden, covers_for, private_paths

ROOT = Path(__file__).resolve().parents[3]


def bind(source: Path, target: str | None = None, *, system: bool = False) -> Bind:
    return Bind(source, PurePosixPath(target or source), system=system)


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch) -> Path:
    """A Python installation that holds this project, installed without a checkout."""
    tmp_path.chmod(0o755)
    prefix = tmp_path / "prefix"
    packages = prefix / "lib" / "python3.11" / "site-packages"
    for name in ("grader", "reference", "csc413_a2_grader-0.1.0.dist-info", "torch"):
        (packages / name).mkdir(parents=True)
        (packages / name / "content.py").write_text("secret")
    (packages / "__editable__.csc413_a2_grader.pth").write_text("secret")
    monkeypatch.setattr(visibility, "package_folders", lambda: [packages])
    return prefix


def test_this_checkout_is_private():
    private = private_paths()
    assert {ROOT / name for name in ("grader", "reference", "tests")} <= set(private.sealed)
    assert {ROOT, Path.home()} <= set(private.enclosing)


@pytest.mark.parametrize("part", ["", "grader", "grader/kernel/sandbox", "reference", "tests"])
def test_no_part_of_the_checkout_may_be_mounted(part):
    binds = [bind(ROOT / part, "/opt/data")]
    with pytest.raises(ExposedPathError, match=str(ROOT)):
        assert_hidden(binds, [], private_paths())


@pytest.mark.parametrize("folder", [ROOT.parent, Path("/"), Path.home()])
def test_no_folder_around_it_may_be_mounted(folder):
    with pytest.raises(ExposedPathError, match="would show"):
        assert_hidden([bind(folder)], [], private_paths())


def test_other_parts_of_the_checkout_may_be_mounted():
    assert_hidden([bind(ROOT / ".venv" / "bin"), bind(Path("/opt"))], [], private_paths())


def test_what_the_caller_denies_may_not_be_mounted(tmp_path):
    output = tmp_path / "work" / "output"
    (output / "scratch").mkdir(parents=True)
    private = private_paths([output])
    assert_hidden([bind(output / "scratch")], [], private)
    for folder in (output, output.parent):
        with pytest.raises(ExposedPathError, match="output"):
            assert_hidden([bind(folder)], [], private)


def test_installed_packages_are_covered(prefix):
    private = private_paths()
    binds = [bind(prefix, "/env", system=True)]
    covers = covers_for(binds, private)
    packages = PurePosixPath("/env/lib/python3.11/site-packages")
    assert {cover.target.relative_to(packages).name: cover.folder for cover in covers} == {
        "grader": True,
        "reference": True,
        "csc413_a2_grader-0.1.0.dist-info": True,
        "__editable__.csc413_a2_grader.pth": False,
    }
    assert_hidden(binds, covers, private)


def test_each_cover_is_needed(prefix):
    private = private_paths()
    binds = [bind(prefix, "/env", system=True)]
    covers = covers_for(binds, private)
    for missing in covers:
        rest = [cover for cover in covers if cover is not missing]
        with pytest.raises(ExposedPathError, match=missing.target.name):
            assert_hidden(binds, rest, private)


def test_the_same_folder_mounted_elsewhere_is_not_covered(prefix):
    private = private_paths()
    packages = prefix / "lib" / "python3.11" / "site-packages"
    binds = [bind(prefix, system=True)]
    covers = covers_for(binds, private)
    with pytest.raises(ExposedPathError, match="grader"):
        assert_hidden([*binds, bind(packages / "grader", "/opt/data")], covers, private)


def test_a_folder_that_the_caller_chose_is_refused_and_not_covered(prefix):
    private = private_paths()
    binds = [bind(prefix, "/opt/data")]
    assert covers_for(binds, private) == []
    with pytest.raises(ExposedPathError, match=r"mounting .* would show"):
        assert_hidden(binds, [], private)


def test_a_checkout_inside_a_system_folder_is_covered_but_for_its_environment(tmp_path):
    """As in an image that keeps its work under /usr/src."""
    checkout = tmp_path / "src" / "app"
    for name in ("grader", ".venv/site-packages/grader", ".venv/site-packages/torch"):
        (checkout / name).mkdir(parents=True)
    sealed = (checkout / "grader", checkout / ".venv/site-packages/grader")
    private = Private(sealed, (checkout,))
    binds = [bind(tmp_path, "/usr", system=True), bind(checkout / ".venv", system=True)]
    covers = covers_for(binds, private)
    targets = {str(cover.target) for cover in covers}
    assert targets == {"/usr/src/app", str(checkout / ".venv/site-packages/grader")}
    assert_hidden(binds, covers, private)


def test_covers_hold_in_a_real_sandbox(bubblewrap, prefix, world, monkeypatch):
    monkeypatch.setattr("grader.kernel.sandbox.jail.interpreter_roots", lambda: [prefix])
    settings = world()
    jail = Jail(settings)
    script = (
        'find "$0" -type f -size +0 > /io/files; find "$0" >> /io/all; touch "$0/x" 2>> /io/all'
    )
    jail.start(["sh", "-c", script, str(prefix)]).result().process.wait(30)
    jail.close()
    files = (settings.exchange / "files").read_text().split()
    assert [Path(file).parent.name for file in files] == ["torch"]
    assert "Read-only file system" in (settings.exchange / "all").read_text()


def test_a_launch_that_would_expose_something_fails(bubblewrap, world):
    settings = world(data=ROOT / "tests")
    jail = Jail(settings)
    with pytest.raises(ExposedPathError, match=f"mounting {ROOT}/tests would show"):
        jail.start(["true"])
    jail.close()
