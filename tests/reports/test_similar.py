"""`grader similar` shows renamed and reordered copies to the instructor, and to nobody else."""

import json

import pytest

from examples.notebook_builder import RIGHT
from grader.basics import storage
from grader.cli import main as cli
from grader.handin import template
from grader.model import Student, Submission
from grader.reports.similar.pairs import Work, pairs
from grader.reports.similar.reading import handout
from grader.reports.similar.tokens import Handout, own, rows
from tests.graded import passed, put

MINE = """
def sharpness(picture, radius=3):
    total = 0.0
    for shift in range(1, radius + 1):
        moved = torch.roll(picture, shifts=shift, dims=-1)
        total = total + (picture - moved).abs().mean() / shift
    return total ** 0.5

values = {epoch: sharpness(images[epoch % len(images)]) for epoch in range(25) if epoch != 7}
worst = sorted(values.items(), key=lambda pair: -pair[1])[:4]
"""
COPY = """
# measures how crisp it is
def crispness(img, r=3):
    acc = 0.0  # the sum
    for k in range(1, r + 1):
        other = torch.roll(img, shifts=k, dims=-1)
        acc = acc + (img - other).abs().mean() / k
    return acc ** 0.5

scores = {t: crispness(photos[t % len(photos)]) for t in range(25) if t != 7}
bad = sorted(scores.items(), key=lambda p: -p[1])[:4]
"""
OTHER = """
class Blur(nn.Module):
    def forward(self, x):
        return F.avg_pool2d(x, 3, stride=1, padding=1)

for name, net in [("cnn", cnn), ("unet", unet)]:
    print(name, sum(p.numel() for p in net.parameters()) / 1e6, "M", sep="\\t")
    with torch.no_grad():
        out = net(Blur()(grey[:8])).softmax(dim=1).max(dim=1).values
    plt.hist(out.flatten().numpy(), bins=40)
"""


NOTHING = Handout.of(())


def work(id_, *cells):
    return Work(id_, cells, *own(cells, NOTHING))


def test_other_names_comments_and_blanks_make_no_difference():
    assert {row.digest for row in rows(MINE)} == {row.digest for row in rows(COPY)}
    assert not {row.digest for row in rows(MINE)} & {row.digest for row in rows(OTHER)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("self.conv1 = nn.Conv2d(a, b, 3, padding=1)", "self.one = nn.Conv2d(u, v, 3, padding=1)"),
        ("print('loss', x, 'at', i, 'of', n)", 'print("verlust", y, "bei", j, "von", m)'),
    ],
)  # fmt: skip
def test_what_a_name_is_does_not_count(one, other):
    assert [row.digest for row in rows(one)] == [row.digest for row in rows(other)]


def test_what_is_called_does_count():
    one = "x = torch.cat([a, b], dim=1).mean(dim=2).sum()"
    assert {r.digest for r in rows(one)} != {r.digest for r in rows(one.replace("mean", "std"))}


def test_a_copy_in_another_order_is_found_with_the_lines_that_are_alike():
    works = [
        work("ada", MINE, "x = 1"),
        work("bob", "y = 2", OTHER),
        work("cem", "z = 3", OTHER.replace("40", "50").replace("avg", "max"), COPY),
        *(work(f"s{n}", f"q = [{n}]") for n in range(40)),
    ]
    found = pairs(works)
    assert (found[0].left, found[0].right) == ("ada", "cem")
    (beside,) = found[0].cells
    assert (beside.left, beside.right) == (0, 2)
    assert 1 in beside.left_lines
    assert 1 not in beside.right_lines  # the comment
    assert found[0].alike == pytest.approx(1.0)


def test_what_much_of_the_class_has_is_nothing_to_look_at():
    assert pairs([work(f"s{n}", MINE) for n in range(10)]) == []
    few = [work("a", MINE), work("b", COPY), *(work(f"s{n}", OTHER) for n in range(10))]
    assert [(p.left, p.right) for p in pairs(few)] == [("a", "b")]


def test_a_few_lines_alike_are_no_pair():
    short = "\n".join(MINE.splitlines()[:4])
    assert (
        pairs([work("a", short), work("b", short), *(work(f"s{n}", "") for n in range(30))]) == []
    )


def test_the_handout_is_nobodys_own_code():
    """Untouched, nothing of the students' notebook is left; what a student adds is."""
    known = handout()
    cells = [
        "".join(cell["source"])
        for cell in json.loads(template.template(template.master()))["cells"]
        if cell["cell_type"] == "code"
    ]
    assert own(cells, known)[0].size == 0
    assert own([RIGHT["UNet"]], known)[0].size > 100


def test_unfinished_and_odd_code_is_read():
    for source in ("def f(:\n  '''", "\x00\ud800", "%%bash\nls | wc", "print 'x'", "", "é = 'ß'"):
        assert isinstance(rows(source), tuple)


@pytest.fixture
def out(tmp_path):
    """Return results of a class in which Cem handed in Ada's cells."""
    theirs = {"ada": [MINE], "bob": [OTHER], "cem": ["w = 5", COPY]}
    for name in ("ada", "bob", "cem", *(f"s{n}" for n in range(4)), "none"):
        put(tmp_path, name, passed())
        cells = [{"cell_type": "code", "source": s} for s in theirs.get(name, ["q = 1"])]
        text = None if name == "none" else json.dumps({"cells": cells})
        made = Submission(name, notebook=text, students=(Student(name, f"<b>{name}</b>"),))
        storage.write(
            tmp_path / name / storage.EVIDENCE / storage.SUBMISSION, storage.to_json(made)
        )
    return tmp_path


def test_the_page_is_for_the_instructor_and_nothing_else_changes(out, capsys):
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    assert cli.main(["similar", str(out)]) == 0
    said = capsys.readouterr().out
    assert said == (
        "ada and cem: 100% alike\n"
        f"7 hand-ins, 1 pair to look at (no verdicts), side by side in {out / 'similar.html'}\n"
    )
    after = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    page = after.pop(out / "similar.html").decode()
    assert after == before
    assert "something to look at, and no verdict" in page
    assert "for the instructor" in page
    assert "<mark>    total = 0.0</mark>" in page
    assert "<mark>    acc = 0.0  # the sum</mark>" in page
    assert "ada, cell 1" in page
    assert "cem, cell 2" in page
    assert (out / "similar.html").stat().st_mode & 0o077 == 0


def test_code_is_never_markup(out, capsys):
    hostile = MINE + "\nx = '</pre><script>alert(1)</script>\u202e'\n"
    for name in ("ada", "cem"):
        made = Submission(name, notebook=json.dumps(
            {"cells": [{"cell_type": "code", "source": hostile}]}))  # fmt: skip
        storage.write(out / name / storage.EVIDENCE / storage.SUBMISSION, storage.to_json(made))
    cli.main(["similar", str(out), "--page", str(out / "x.html")])
    page = (out / "x.html").read_text()
    assert "<script>" not in page
    assert "\u202e" not in page
    assert "&lt;/pre&gt;&lt;script&gt;" in page


def test_one_that_cannot_be_read_is_named(out, capsys):
    (out / "bob" / storage.EVIDENCE / storage.SUBMISSION).write_text("[")
    assert cli.main(["similar", str(out)]) == 0
    assert "note: bob: left out: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["{out}/absent"], "no graded submissions; give the folder of results"),
        (["{out}", "--page", "{out}/ada"], "cannot be written"),
    ],
)
def test_wrong_use_is_one_line(out, capsys, arguments, line):
    assert cli.main(["similar", *(a.format(out=out) for a in arguments)]) == 2
    said = capsys.readouterr().err
    assert line in said
    assert len(said.splitlines()) == 1
