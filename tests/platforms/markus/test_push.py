"""`grader push markus` against a server that refuses, stumbles, hangs up and is slow."""

from pathlib import Path

import pytest

from grader.basics import storage
from grader.basics.exits import GRADED, USAGE, WITHHELD, BadInput
from grader.cli.main import main
from grader.model import Student, Submission
from grader.platforms.markus import client, sending
from grader.platforms.markus.client import address
from tests.class_parts import report, withheld
from tests.platforms.markus import reader
from tests.platforms.markus.conftest import PAGE, Waits, push
from tests.platforms.markus.server import GROUPS, KEY, serving


def test_results_and_reports_arrive_whole(server, graded, capsys):
    assert push(server, graded) == GRADED
    for id_ in ("ada", "bo"):
        group = server.ids[id_]
        run = reader.body(server.results[group][0])
        assert reader.mark(run, 3.0) == pytest.approx(3.0)
        assert run["test_groups"][0]["extra_info"]["test_group_id"] == 11
        assert server.files[group] == {"report.html": ("text/html", PAGE)}
    said = capsys.readouterr().out
    assert "ada: results sent; report.html sent" in said
    assert "2 of 2 submissions are on" in said
    assert KEY not in said


def test_a_second_push_sends_nothing_and_a_changed_report_is_replaced(server, graded, capsys):
    push(server, graded)
    assert push(server, graded) == GRADED
    assert "ada: sent before" in capsys.readouterr().out
    assert len(server.results[100]) == 1
    (graded / "ada" / "report.html").write_bytes(b"new")
    push(server, graded)
    assert server.files[100]["report.html"][1] == b"new"
    assert len(server.results[100]) == 1


def test_an_interrupted_push_goes_on_where_it_stopped(server, graded):
    server.fail("/101/add_test_run", *[500] * 4)
    assert push(server, graded) == WITHHELD
    assert set(server.results) == {100}
    assert push(server, graded) == GRADED
    assert {group: len(sent) for group, sent in server.results.items()} == {100: 1, 101: 1}


def test_a_busy_server_is_waited_for_longer_each_time(server, graded):
    waits = Waits()
    server.fail("/100/add_test_run", 500, 503, (429, {"Retry_After": "9"}))
    assert push(server, graded, waits=waits) == GRADED
    assert waits == [1.0, 2.0, 9.0]
    assert len(server.results[100]) == 1


def test_patience_ends(server, graded, capsys):
    server.fail("/100/add_test_run", *[502] * 9)
    waits = Waits()
    assert push(server, graded, waits=waits) == WITHHELD
    assert waits == [1.0, 2.0, 4.0]
    assert "ada: not sent: 502: fault 502" in capsys.readouterr().err
    assert 101 in server.results


@pytest.mark.parametrize("fault", ["slow", "hang up"])
def test_a_slow_answer_or_none_is_tried_again(server, graded, fault):
    server.slow = 8
    server.fail("/100/add_test_run", fault)
    waits = Waits()
    assert push(server, graded, waits=waits, timeout=2) == GRADED
    assert waits == [1.0]


def test_a_wrong_key_stops_at_once_with_the_remedy(server, graded, monkeypatch):
    monkeypatch.setenv(sending.KEY, "wrong")
    with pytest.raises(BadInput, match=r"^401: .*the key in MARKUS_API_KEY is not accepted"):
        push(server, graded)
    assert server.calls.total() == 1


def test_a_key_that_is_refused_half_way_stops_too(server, graded):
    server.fail("/100/add_test_run", 403)
    with pytest.raises(BadInput, match=r"403.*use an instructor's"):
        push(server, graded)
    assert server.results == {}


def test_no_key_is_refused_before_anything_is_sent(server, graded, monkeypatch):
    monkeypatch.delenv(sending.KEY)
    with pytest.raises(BadInput, match="MARKUS_API_KEY is not set"):
        push(server, graded)
    assert not server.calls


def test_an_unknown_group_is_named_and_the_others_are_sent(server, graded, capsys):
    storage.save_report(graded / "eve", report("eve"))
    assert push(server, graded) == WITHHELD
    said = capsys.readouterr()
    assert "eve: no group of this name in MarkUs; not sent" in said.err
    assert "2 of 3 submissions" in said.out


def test_a_group_is_found_by_its_student(server, tmp_path):
    one = report("Zhao_Ada", submission=Submission("Zhao_Ada", students=(Student("ada"),)))
    storage.save_report(tmp_path / "Zhao_Ada", one)
    assert push(server, tmp_path) == GRADED
    assert set(server.results) == {100}


def test_two_groups_that_fit_are_not_chosen_between(server, tmp_path, capsys):
    one = report("ada", submission=Submission("ada", students=(Student("bo"),)))
    storage.save_report(tmp_path / "ada", one)
    assert push(server, tmp_path) == WITHHELD
    assert "ada: 2 groups fit in MarkUs; not sent" in capsys.readouterr().err


def test_a_group_that_is_gone_is_404_and_the_others_go_on(server, graded, capsys):
    server.fail("/100/add_test_run", 404)
    assert push(server, graded) == WITHHELD
    assert "knows no such course, assignment, group" in capsys.readouterr().err
    assert set(server.results) == {101}


def test_what_is_too_large_is_not_sent_and_said(server, graded, capsys):
    (graded / "ada" / "report.html").write_bytes(b"x" * 10_000_001)
    assert push(server, graded) == WITHHELD
    assert "report.html is too large (10.0 MB, MarkUs takes 10)" in capsys.readouterr().out
    assert ("POST", GROUPS + "/100/feedback_files") not in server.calls
    assert len(server.results[100]) == 1


def test_a_server_with_a_smaller_limit_is_not_asked_again(server, graded, capsys):
    server.fail("/100/feedback_files", 413)
    assert push(server, graded) == WITHHELD
    assert "the server finds it too large" in capsys.readouterr().err
    assert server.calls["POST", GROUPS + "/100/feedback_files"] == 1


def test_a_withheld_report_is_a_failed_run_and_sets_no_mark(server, graded, capsys):
    storage.save_report(graded / "bo", withheld("bo", "no memory"))
    assert push(server, graded) == WITHHELD
    sent = server.results[101][0]["test_results"]
    assert sent["status"] == "failed"
    assert "no memory" in sent["error"]
    assert reader.mark(reader.body(server.results[101][0]), 3.0) is None
    assert "1 withheld" in capsys.readouterr().out


def test_a_dry_run_says_what_it_would_send_without_key_or_network(
    server, graded, monkeypatch, capsys
):
    monkeypatch.delenv(sending.KEY)
    assert push(server, graded, dry_run=True) == GRADED
    assert not server.calls
    assert "ada: would send results (" in capsys.readouterr().out
    assert not (graded / ".grader").exists()


def test_the_key_does_not_follow_a_redirect(server, graded):
    with serving("ada") as other:
        server.fail(".json", (302, {"Location": other.url + GROUPS + ".json"}), method="GET")
        with pytest.raises(BadInput, match=r"302: it redirects to http.*--url"):
            push(server, graded)
        assert not other.calls


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sending.example.edu", "give an address such as https://"),
        ("ftp://x", "give an address such as https://"),
        ("https://user:secret@x", "give an address such as https://"),
        ("http://sending.example.edu", "the key would travel in the clear; use https"),
        ("http://localhost.evil.example", "the key would travel in the clear"),
    ],
)
def test_an_address_that_would_give_the_key_away_is_refused(url, words):
    with pytest.raises(BadInput, match=words):
        address(url)


def test_a_server_that_is_no_markus_is_said(server, graded, monkeypatch):
    monkeypatch.setattr(client.MarkUs, "_once", lambda *a: ["hello"])
    with pytest.raises(BadInput, match="is no test specification; check --url"):
        push(server, graded)
    with pytest.raises(BadInput, match="is no list of groups; check --url"):
        push(server, graded, criterion="Code")


def test_no_server_at_all_is_one_line(graded):
    class Nowhere:
        url = "http://127.0.0.1:9"

    with pytest.raises(BadInput, match=r"^no answer from http://127\.0\.0\.1:9/api"):
        push(Nowhere, graded, attempts=1)


def test_from_the_command_line(server, graded, capsys):
    options = ["--url", server.url, "--course", "7", "--assignment", "3"]
    assert main(["push", "markus", str(graded), *options]) == GRADED
    assert main(["push", "markus", str(graded), *options, "--attempts", "0"]) == USAGE
    assert "--attempts 0: at least 1" in capsys.readouterr().err
    both = ["--criterion", "Code", "--test-group", "11"]
    assert main(["push", "markus", str(graded), *options, *both]) == USAGE
    assert "--criterion sends a mark alone" in capsys.readouterr().err


def test_what_was_sent_is_kept_where_grading_does_not_look(server, graded):
    push(server, graded)
    assert Path(graded / ".grader" / "pushed.json").is_file()
    assert KEY not in (graded / ".grader" / "pushed.json").read_text()
    assert [p.name for p in storage.graded(graded)] == ["ada", "bo"]
