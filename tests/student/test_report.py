"""How the public checks are shown: words, width, escaping, gaps."""

import json
import re

import pytest

from grader.judging.catalog import catalogue
from grader.model import CheckResult, Finding, Status
from grader.scoring import rubric
from grader.student import html, text
from grader.student.plain import plain
from grader.student.report import build
from grader.student.selection import choose

RULES = rubric.load()
GAP = "it raises NotImplementedError: Question B1: UNet is not written yet. Fill in its gap"
NASTY = "<script>alert(1)</script> \x1b[31m & 'more'"


def finding(mistake=None, actual="got that", **more):
    return Finding("what it was", "what was right", actual, mistake, **more)


def report(word, findings=None, skipped=(), **options):
    """Return a report in which the checks of `findings` fail and those of `skipped` wait."""
    findings = findings or {}
    chosen = choose([word], RULES)
    results = []
    for name in catalogue():
        status = Status.FAILED if findings.get(name) else Status.PASSED
        status = Status.SKIPPED if name in skipped else status
        results.append(CheckResult(name, status, tuple(findings.get(name, ()))))
    return build("a2-cnn.ipynb", chosen, results, RULES, **options)


def flat(shown):
    return " ".join(shown.split())


def test_all_green_promises_nothing():
    one = report("A1")
    shown, count = flat(repr(one)), one.count
    assert count > 5
    assert f"public checks: {count} of {count} green. Grading uses other numbers, and" in shown
    assert "failing" not in shown
    assert not re.search(
        r"all (tests|checks) (passed|green)|points|full marks", shown, re.IGNORECASE
    )


def test_a_failing_check_says_what_expected_got_why_and_what_to_look_for():
    one = report("unet", {"unet.skip_connections": [finding("skip_missing_input")]})
    shown = repr(one)
    for label in ("what      ", "expected  ", "got       ", "why       ", "look for  "):
        assert label in shown
    assert "The skip connection from the input is missing [skip_missing_input]" in flat(shown)
    assert "the network must redraw the detail that pooling threw away" in flat(shown)


def test_hints_can_be_left_out():
    failing = {"unet.skip_connections": [finding()]}
    assert "look for" not in repr(report("unet", failing, hints=False))
    assert "look for" not in report("unet", failing, hints=False)._repr_html_()
    assert "look for" in report("unet", failing)._repr_html_()


def test_a_line_of_the_student_s_own_is_the_hint():
    failing = {"cnn.builds": [finding("raises", hint="x = self.conv9(x)")]}
    assert "look for  x = self.conv9(x)" in repr(report("cnn", failing))


def test_a_waiting_check_names_the_one_at_the_bottom():
    waiting = ("cnn.output_shape", "cnn.values", "training.cnn_accuracy")
    one = report("cnn", {"cnn.builds": [finding("raises")]}, waiting)
    assert "(first: cnn.builds)" in flat(repr(one))
    assert "(first: cnn.output_shape)" not in flat(repr(one))


def test_more_than_three_findings_are_counted():
    one = report("cnn", {"cnn.settings": [finding(actual=f"number {i}") for i in range(8)]})
    for shown in (repr(one), one._repr_html_()):
        assert "number 2" in shown
        assert "number 3" not in shown
        assert "... and 5 more like this" in shown


def test_a_fault_of_ours_is_not_the_student_s():
    results = [CheckResult(n, Status.BROKEN, (), "KeyError: x") for n in catalogue()]
    one = build("n", choose(["unet.blocks"], RULES), results, RULES)
    for shown in (repr(one), one._repr_html_()):
        assert "not your fault: KeyError: x" in flat(shown)
    assert one.green == 0


@pytest.mark.parametrize(
    ("word", "failing", "gap"),
    [
        ("unet", {"unet.builds": [finding("raises", GAP)]},
         "UNet is not written yet"),
        ("cnn", {"cnn.builds": [finding("missing", "the notebook defines no CNN")]},
         "the notebook defines no CNN: run, or write, the cell that makes it"),
        ("C2", {"finetune.head": [finding("head_not_replaced")],
                "finetune.frozen": [finding("not_frozen")]},
         "freezing and the new last layer are not written yet"),
        ("C1", {"finetune.selection": [finding("selects_nothing", "an empty list; it raises")]},
         "the choice of the parameters that learn is not written yet"),
    ],
)  # fmt: skip
def test_what_is_not_written_is_one_line(word, failing, gap):
    one = report(word, failing)
    assert one.gaps == (gap,)
    assert gap in flat(repr(one))
    assert "failing" not in repr(one)
    assert "1 question not written yet" in flat(repr(one))


@pytest.mark.parametrize(
    ("word", "failing"),
    [
        ("cnn", {"cnn.builds": [finding("raises", "it raises TypeError: forward() missing")]}),
        ("C2", {"finetune.frozen": [finding("not_frozen")]}),
        ("C2", {"finetune.head": [finding("head_not_replaced")]}),
        ("C1", {"finetune.selection": [finding("selects_everything")]}),
    ],
)
def test_a_mistake_is_no_gap(word, failing):
    assert report(word, failing).gaps == ()


def test_no_line_is_wider_than_80_columns():
    long = finding("raises", "it raises " + "word " * 60 + "x" * 120)
    shown = repr(report("finetune", {"finetune.selection": [long], "finetune.head": [long]}))
    assert max(map(len, shown.splitlines())) <= 80


def test_colour_changes_nothing_but_the_colour():
    one = report("unet", {"unet.blocks": [finding()]}, ["unet.values"])
    painted = text.render(one, colour=True)
    assert "\x1b[31m" in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == text.render(one)


def test_nothing_of_a_student_s_is_obeyed_by_the_terminal_or_the_page():
    one = report("cnn", {"cnn.blocks": [finding(NASTY, NASTY, hint=NASTY)]}, notes=[NASTY])
    assert "\x1b[31m" not in repr(one)
    page = one._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_page_is_self_contained_and_takes_its_colours_from_the_notebook():
    page = html.render(report("unet", {"unet.blocks": [finding()]}, ["unet.values"]))
    assert not re.search(r"<script|<style|<link|src=|href=|on\w+=", page)
    assert "color:inherit" in page
    for property_, colour in re.findall(r"[;\"](background|color):(#\w+|black|white)", page):
        assert property_ == "color", colour  # a background of its own would hide dark text
        assert 0.1 < luminance(colour) < 0.4, colour  # stands out from white and from black


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Printer:
    def __init__(self):
        self.said = ""

    def text(self, words):
        self.said += words


def test_ipython_s_plain_text_is_the_report():
    one, printer = report("unet"), Printer()
    one._repr_pretty_(printer, cycle=False)
    assert printer.said == repr(one) == text.render(one)


@pytest.mark.parametrize("hints", [True, False])
def test_for_programs_it_is_the_same_report(hints):
    failed = {name: [finding("pool_after_relu")] for name in ("cnn.blocks", "cnn.output_shape")}
    one = report("A1", failed, ("cnn.values",), hints=hints)
    found = json.loads(json.dumps(plain(one)))
    checks = {c["id"]: c for question in found["questions"] for c in question["checks"]}
    assert {id_: c["status"] for id_, c in checks.items()} == {
        id_: status.value for id_, status in one.statuses.items()
    }
    assert (found["notebook"], found["green"], found["count"]) == (one.name, one.green, one.count)
    assert checks["cnn.blocks"]["findings"][0]["actual"] == "got that"
    assert bool(checks["cnn.blocks"]["look_for"]) == hints
    assert checks["cnn.values"]["waits_for"] == "cnn.output_shape"
