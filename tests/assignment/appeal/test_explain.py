"""What `grader explain RESULTS STUDENT CHECK` prints shows the verdict again, without a grader."""

import functools
import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

from benchmarks.students import SLIPS
from examples.notebook_builder import RIGHT
from grader.basics import storage
from grader.cli import main as cli
from grader.judging import catalog, in_process, oracle
from grader.judging.draws import Draw
from grader.model import (
    CheckResult,
    Evidence,
    ExecutedNotebook,
    Finding,
    Outcome,
    Replies,
    Reply,
    Status,
    StudentError,
    Submission,
)
from tests.graded import passed, put

SEED = 7  # of tests.graded
IMPORTS = "import math\nimport torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
LINE = re.compile(r"at (\(.*?\)) now (\S+) then (\S+) due (\S+)")
FOUND = Finding("what was asked", "what was due", "what came", "pool_after_relu")


def changed(piece, *changes):
    """Return a right piece of a notebook with some text in place of other."""
    text = RIGHT[piece]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {piece: text}


def source(pieces=()):
    """Return the classes of a notebook: right ones but for the pieces that are given."""
    made = {name: RIGHT[name] for name in ("MyConv2d", "CNN", "UNet")} | dict(pieces)
    return "\n\n".join([IMPORTS, *made.values()])


@functools.cache
def requests():
    """Return what a class with this seed is asked; to draw it takes seconds."""
    return tuple(catalog.requests(Draw(SEED)))


@functools.cache
def answered(text):
    """Return a solution's replies to what is asked of MyConv2d and of the networks."""
    names = {}
    exec(text, names)  # noqa: S102 - our own
    agent, asked = in_process.agent(names), {r.id: r for r in requests()}
    kinds = ("conv2d", "network")
    replies = {i: oracle.ask(r, agent) for i, r in asked.items() if r.kind in kinds}
    found = list(catalog.explore(lambda r: oracle.ask(r, agent), Replies(replies, asked)))
    return Replies(replies | {r.id: r for _, r in found}, asked | {r.id: r for r, _ in found})


@pytest.fixture
def explained(tmp_path, capsys, monkeypatch):
    """Return what `explain` prints of a check of a submission with these replies."""
    drawn = requests()
    monkeypatch.setattr(catalog, "requests", lambda draw: drawn if draw.seed == SEED else None)

    def explain(replies, check, status=Status.FAILED):
        found = tuple(CheckResult(r.id, status, (FOUND,)) if r.id == check else r for r in passed())
        put(tmp_path, "ada", found)
        evidence = Evidence(Submission("ada"), ExecutedNotebook("none"), replies)
        place = tmp_path / "ada" / storage.EVIDENCE
        storage.save_evidence(place, evidence.notebook, "", replies, found)
        storage.write(place / storage.SUBMISSION, storage.to_json(evidence.submission))
        assert cli.main(["explain", str(tmp_path), "ada", check]) == 0
        return capsys.readouterr().out

    return explain


# A Python without a grader that has imported torch, which takes seconds, and runs files in forks.
WARM = """
import os, runpy, sys
import torch.nn.functional
for line in sys.stdin:
    file = line.rstrip()
    child = os.fork()
    if not child:
        for number, ending in ((1, ".out"), (2, ".err")):
            os.dup2(os.open(file + ending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        runpy.run_path(file, run_name="__main__")
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def run():
    """Return a function that runs what was printed behind a notebook's classes."""
    command = [sys.executable, "-I", "-c", WARM]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as warm:
        yield functools.partial(_run, warm)
        warm.stdin.close()


def _run(warm, tmp_path, text, printed):
    """Return its rows; no grader can be imported there."""
    hidden = "import sys\nsys.modules['grader'] = sys.modules['reference'] = None\n"
    file = tmp_path / "plain.py"
    file.write_text(f"{hidden}{text}\n\n{printed}")
    print(file, file=warm.stdin, flush=True)
    code = warm.stdout.readline().strip()
    out, err = (Path(f"{file}{ending}").read_text() for ending in (".out", ".err"))
    assert code == "0", err
    assert "Warning" not in err
    rows = [row[1:] for row in LINE.findall(out)]
    return [tuple(None if n == "None" else float(n) for n in row) for row in rows]


CASES = {
    "cnn.values": changed("CNN", *SLIPS["relu_at_end"].changes),
    "unet.values": changed("UNet", *SLIPS["skip_missing_input"].changes),
    "unet.settings": changed("UNet", ("nn.Upsample(scale_factor=2)", "nn.Upsample((16, 16))")),
    "cnn.gradients": changed("CNN", ("self.rfconv(out)", "self.rfconv(out.detach())")),
    "conv2d.values": changed("MyConv2d", ("self.weight, self.bias", "self.weight, 0 * self.bias")),
    "conv2d.gradients": changed("MyConv2d", ("input, self.weight", "input, 2 * self.weight")),
}


@pytest.mark.parametrize("check", ["cnn.values", "unet.values", "conv2d.values"])
def test_what_came_back_comes_again_and_a_right_class_gives_what_was_due(
    explained, run, tmp_path, check
):
    wrong = source(CASES[check])
    printed = explained(answered(wrong), check)
    seen = run(tmp_path, wrong, printed)
    assert len(seen) >= 2
    for now, then, due in seen:
        assert now == pytest.approx(then, abs=1e-9)
        assert now != pytest.approx(due, abs=1e-6)
    for now, _, due in run(tmp_path, source(), printed):
        assert now == pytest.approx(due, abs=1e-9)


@pytest.mark.parametrize("check", ["cnn.gradients", "conv2d.gradients"])
def test_gradients_too(explained, run, tmp_path, check):
    printed = explained(answered(source(CASES[check])), check)
    assert ".backward()" in printed
    for now, _, due in run(tmp_path, source(), printed):
        assert now == pytest.approx(due, abs=1e-8)


def test_a_call_that_raised_raises_again(explained, run, tmp_path):
    """The other size of images is asked of an Upsample that was made for one size."""
    wrong = source(CASES["unet.settings"])
    printed = explained(answered(wrong), "unet.settings")
    assert "# when it was graded, this ended here (raised:" in printed
    with pytest.raises(AssertionError, match="RuntimeError"):
        run(tmp_path, wrong, printed)
    run(tmp_path, source(), printed)


def test_a_right_network_shows_numbers_that_agree(explained, run, tmp_path):
    printed = explained(answered(source()), "cnn.values", Status.PASSED)
    seen = run(tmp_path, source(), printed)
    assert seen
    for now, then, due in seen:
        assert now == pytest.approx(then, abs=1e-9) == due


def test_a_class_that_is_mended_in_another_order_and_by_other_names_gives_what_is_due(
    explained, run, tmp_path
):
    """Neither what was graded nor what is there now need have the reference's names or orders."""
    turned = changed(
        "UNet",
        ("[middle, down2]", "[down2, middle]"), ("[up2, x]", "[x, up2]"),
    )  # fmt: skip
    turned["UNet"] = turned["UNet"].replace("downconv1", "first").replace("finalconv", "last")
    printed = explained(answered(source(CASES["unet.values"])), "unet.values")
    seen = run(tmp_path, source(turned), printed)
    assert len(seen) >= 2
    for now, _, due in seen:
        assert now == pytest.approx(due, abs=1e-9)


def test_a_class_that_was_not_there_is_filled_by_the_order_of_its_layers(explained, run, tmp_path):
    wrong = source({"UNet": "del CNN"})
    printed = explained(answered(wrong), "unet.builds")
    if "answer(" not in printed:
        printed = explained(answered(wrong), "unet.values")
    seen = run(tmp_path, source(), printed)
    assert seen
    for now, _, due in seen:
        assert now == pytest.approx(due, abs=1e-9)


def test_the_seed_of_the_class_is_not_in_it(explained):
    """Only what single streams are drawn from, of which none gives another away."""
    printed = explained(answered(source(CASES["cnn.values"])), "cnn.values")
    drawn = [line for line in printed.splitlines() if "= drawn(" in line]
    assert len(drawn) >= 3
    for line in drawn:
        words = [int(word) for word in re.findall(r"\d+", line.partition("]")[0])]
        assert len(words) == 8
        assert SEED not in words
    assert "Whoever gets this knows these numbers" in printed


def test_what_a_student_wrote_is_never_a_line_of_code(explained, tmp_path):
    """Names and messages of the notebook stand in quotes and comments, whatever is in them."""
    replies = answered(source(CASES["cnn.values"]))
    hostile = "x'\nraise SystemExit(3)\r\u2028raise SystemExit(3)"
    train = replies.peek("cnn.train")
    slots = {k: {**v, "name": v["name"] + hostile} for k, v in train.values["slots"].items()}
    error = StudentError("Error", hostile, hostile)
    forged = {
        "cnn.train": Reply("cnn.train", Outcome.OK, {**train.values, "slots": slots}, train.arrays),
        "cnn.eval": Reply("cnn.eval", Outcome.RAISED, error=error),
    }
    made = Replies({i: forged.get(i, replies.peek(i)) for i in replies}, replies.requests)
    printed = explained(made, "cnn.values")
    compile(printed, "printed", "exec")
    assert not [line for line in printed.splitlines() if line.startswith("raise")]


def test_the_name_of_a_hand_in_is_no_encoding(tmp_path, capsys):
    """A first line with "coding=unicode_escape" would make lines of code of what stands quoted."""
    name = "coding=unicode_escape"
    put(tmp_path, name, passed())
    evidence = Evidence(Submission(name), ExecutedNotebook("none"), answered(source()))
    place = tmp_path / name / storage.EVIDENCE
    storage.save_evidence(place, evidence.notebook, "", evidence.replies, passed())
    storage.write(place / storage.SUBMISSION, storage.to_json(evidence.submission))
    assert cli.main(["explain", str(tmp_path), name, "cnn.values"]) == 0
    printed = capsys.readouterr().out
    assert tokenize.detect_encoding(io.BytesIO(printed.encode()).readline)[0] == "utf-8"
    assert name in printed


def test_other_parts_say_why_nothing_is_printed(explained):
    replies = answered(source())
    assert "Nothing that was asked" not in explained(replies, "finetune.selection")
    assert "model.named_parameters()" in explained(replies, "finetune.selection")
    assert "trained by the grader's own loop" in explained(replies, "training.cnn_accuracy")
    assert "read off the files" in explained(replies, "handin.epochs")


def test_every_verdict_on_a_submission(tmp_path, capsys):
    put(tmp_path, "ada", tuple(
        CheckResult(r.id, Status.FAILED, (FOUND,)) if r.id == "cnn.blocks" else r for r in passed()
    ))  # fmt: skip
    assert cli.main(["explain", str(tmp_path), "ada"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ada: 3.04 of 3.20"
    assert lines[1].split() == ["failed", "cnn.blocks", "0.000", "of", "0.120", "pool_after_relu"]
    assert len(lines) == 1 + len(passed())


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["{out}", "adda"], "adda: no such submission; did you mean 'ada'?"),
        (
            ["{out}", "ada", "cnn.val"],
            "no check 'cnn.val' in the report; did you mean 'cnn.values'?",
        ),
        (["{out}", "ada", "cnn.values"], "the evidence cannot be read (FileNotFoundError); grade"),
        (["{out}"], "say whose verdicts, for instance `grader explain"),
        (["{out}/absent", "ada"], "no report.json there"),
    ],
)
def test_wrong_use_is_one_line(tmp_path, capsys, arguments, line):
    put(tmp_path, "ada", passed())
    assert cli.main(["explain", *(a.format(out=tmp_path) for a in arguments)]) == 2
    said = capsys.readouterr().err
    assert line in said
    assert len(said.splitlines()) == 1
