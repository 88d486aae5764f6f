"""`--watch`: runs again after each save, once a save, until Ctrl-C."""

import os

from grader.student.watch import watch


class Clock:
    """Stands in for time: each time somebody waits, the next thing happens."""

    def __init__(self, *events):
        self.events = list(events)

    def __call__(self, seconds):
        assert 0 < seconds <= 1
        if not self.events:
            raise KeyboardInterrupt
        event = self.events.pop(0)
        if event is not None:
            event()


def saves(path, text):
    def save():
        path.write_text(text)
        saves.time += 5
        os.utime(path, ns=(saves.time, saves.time))

    return save


saves.time = 10**18


def test_it_runs_once_at_the_start_and_once_a_save(tmp_path):
    path, runs = tmp_path / "a.ipynb", []
    saves(path, "one")()
    quiet = [None] * 3
    watch(
        path,
        lambda: runs.append(path.read_text()),
        sleep=Clock(None, None, saves(path, "two"), *quiet, saves(path, "three"), *quiet),
    )
    assert runs == ["one", "two", "three"]


def test_several_writes_of_one_save_are_one(tmp_path):
    path, runs = tmp_path / "a.ipynb", []
    saves(path, "one")()
    writes = [saves(path, text) for text in ("tw", "two", "two!")]
    watch(path, lambda: runs.append(path.read_text()), sleep=Clock(*writes, None, None))
    assert runs == ["one", "two!"]


def test_a_file_that_is_gone_for_a_moment_is_waited_for(tmp_path):
    path, runs = tmp_path / "a.ipynb", []
    saves(path, "one")()
    watch(
        path,
        lambda: runs.append(path.read_text()),
        sleep=Clock(path.unlink, None, saves(path, "two"), None, None, None),
    )
    assert runs == ["one", "two"]


def test_an_interrupt_while_it_runs_ends_it(tmp_path):
    def run():
        raise KeyboardInterrupt

    watch(tmp_path / "none.ipynb", run)


def test_ctrl_c_ends_the_command_with_one_line(tmp_path, monkeypatch, capsys):
    from grader.cli import main as cli
    from grader.student import notebook

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(notebook, "check_file", interrupted)
    assert cli.main(["check", str(tmp_path / "a.ipynb"), "--watch"]) == 0
    assert capsys.readouterr() == ("no longer watching\n", "")


def test_what_cannot_be_read_now_does_not_end_the_watch(tmp_path, monkeypatch, capsys):
    from grader.cli import main as cli
    from grader.student import watch as watching

    monkeypatch.setattr(watching.time, "sleep", Clock(None))
    monkeypatch.setattr(watching.watch, "__kwdefaults__", {"sleep": Clock(None)})
    path = tmp_path / "a.ipynb"
    path.write_text("{")
    assert cli.main(["check", str(path), "--watch"]) == 0
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert "a.ipynb" in told.err
    assert told.out.endswith("watching a.ipynb; Ctrl-C ends it\nno longer watching\n")
