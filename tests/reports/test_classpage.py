"""What the class page says, shows and never lets through; how it behaves is in tests/browser."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from grader.model import Decision, Status, Student, Submission, Verdict
from grader.reports import classpage
from grader.reports.classpage import histogram
from grader.reports.classpage.render import href
from grader.reports.spread import distribution
from tests.class_parts import HOSTILE, a_class, check, marked, report, withheld


class Page(HTMLParser):
    """An independent reader: tags, attributes, links, and the text of the page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.links, self.texts = [], [], [], []
        self.sections, self.inline = {}, {"style": "", "script": ""}
        self.section, self.inside = "", None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        found = dict(attrs)
        if tag == "section":
            self.section = found.get("id", "")
        if tag == "a":
            self.links.append((self.section, found["href"]))
        self.inside = tag if tag in self.inline else None

    def handle_endtag(self, tag):
        if tag in self.inline:
            self.inside = None

    def handle_data(self, data):
        if self.inside:
            self.inline[self.inside] += data
        else:
            self.texts.append(data)
            self.sections[self.section] = self.sections.get(self.section, "") + data

    @property
    def text(self):
        return " ".join("".join(self.texts).split())


def test_only_our_own_style_and_script_may_run():
    text = classpage.index(a_class(5))
    page = Page(text)
    policy = next(
        value for _, name, value in page.attributes if name == "content" and "src" in value
    )
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        digest = hashlib.sha256(page.inline[kind].encode()).digest()
        assert f"{kind}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert not [a for a in page.attributes if a[1].startswith("on") or a[1] == "style"]
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:|//|data:|javascript:)", text)


def test_nothing_of_a_students_becomes_markup():
    evil = report(
        HOSTILE,
        (check("cnn.blocks", Status.FAILED, mistakes=(HOSTILE,)),),
        (Student(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
        environment={HOSTILE: HOSTILE},
        isolation=HOSTILE,
    )
    also = withheld("x" + HOSTILE, HOSTILE)
    text = classpage.index([evil, also], missing=[Student(HOSTILE, HOSTILE)])
    plain = Page(classpage.index([report(), withheld("x")], missing=[Student("s")]))
    page = Page(text)
    assert page.tags.count("script") == 1
    assert {"img", "iframe"} & set(page.tags) == set()
    assert set(page.tags) - set(plain.tags) <= {"ul", "details", "summary", "rect", "svg", "code"}
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<script>alert(1)</script>" in page.text  # shown, as text


def test_submissions_that_need_a_person_come_first_and_are_linked():
    text = classpage.index([report("ada"), withheld("bo", "no space left")])
    page = Page(text)
    assert page.links[0] == ("", "#submissions")
    assert ("person", "bo/report.html") in page.links
    assert "no space left" in page.sections["person"]
    assert "not a score of 0" in page.sections["person"]
    assert text.index('id="person"') < text.index('id="scores"')
    assert "Need a person" not in Page(classpage.index([report()])).text


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.TIMEOUT, "out of time"),
        (Verdict.KILLED_MEMORY, "too much memory"),
        (Verdict.REFUSED_FILE, "cannot be read"),
    ],
)
def test_a_stopped_notebook_is_worth_a_look(verdict, words):
    page = Page(classpage.index([report("ada", verdict=verdict)]))
    assert words in page.sections["look"]
    assert ("look", "ada/report.html") in page.links


def test_a_kernel_that_died_for_no_known_reason_is_worth_a_look():
    died = (check("handin.epochs", Status.FAILED, mistakes=("kernel_died",)),)
    page = Page(classpage.index([report("ada", died, verdict=Verdict.STUDENT_ERROR)]))
    assert "the kernel died" in page.sections["look"]
    assert "the kernel died" in page.sections["submissions"]


def test_a_loop_that_says_that_something_is_not_here_is_worth_a_look():
    told = (check("finetune.selection", Status.PASSED, mistakes=("stopped_by_the_world",)),)
    page = Page(classpage.index([report("ada", told, verdict=Verdict.WRONG), report("bo")]))
    assert "something is not here" in page.sections["look"]
    assert ("look", "ada/report.html") in page.links
    assert ("look", "bo/report.html") not in page.links


def test_who_handed_in_no_notebook_is_worth_a_look_and_a_bonus_is_a_flag():
    gone = (check("cnn.builds", Status.FAILED, mistakes=("notebook_missing",)),)
    late = report("bo", decisions=(Decision("deduction", "late", "Kim", 0.5),))
    page = Page(classpage.index([report("ada", gone), late]))
    assert "no notebook was handed in" in page.sections["look"]
    assert ("look", "bo/report.html") not in page.links
    assert "deduction \u22120.50" in page.sections["submissions"]


def test_an_ordinary_class_has_nothing_to_look_at():
    page = Page(classpage.index([report("ada", verdict=Verdict.WRONG)]))
    assert "look" not in page.sections
    assert "person" not in page.sections
    assert "missing" not in page.sections


def test_every_submission_is_linked_to_its_report_and_every_link_leads_somewhere():
    class_ = a_class(30)
    text = classpage.index(class_)
    page = Page(text)
    linked = {link for section, link in page.links if section == "submissions"}
    assert linked == {f"{r.submission.id}/report.html" for r in class_}
    for _, link in page.links:
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in text


def test_mistakes_link_to_those_who_made_them():
    made = (check("cnn.blocks", Status.FAILED, mistakes=("pool_after_relu",)),)
    page = Page(classpage.index([report("a", made), report("b", made), report("c")]))
    assert [link for section, link in page.links if section == "mistakes"] == [
        "a/report.html",
        "b/report.html",
    ]
    assert "67 %" in page.sections["mistakes"]


def test_strange_ids_make_links_that_stay_in_the_folder():
    assert href("a b#c?d%e/..") == "a%20b%23c%3Fd%25e%2F../report.html"


def test_isolation_is_stated_and_its_absence_shouted():
    assert "Isolation: bubblewrap." in Page(classpage.index([report()])).text
    mixed = Page(classpage.index([report("a"), report("b", isolation="none")]))
    assert "bubblewrap (1), none (1)" in mixed.text
    assert "Ran without a sandbox" in mixed.text


def test_late_and_missing_students_are_flagged():
    late = report("ada", submission=Submission("ada", late=True))
    page = Page(classpage.index([late], missing=[Student("s7", "Zoe")]))
    assert "late" in page.sections["submissions"]
    assert "Zoe" in page.sections["missing"]


def test_how_a_hand_in_was_understood_is_told():
    note = "several notebooks: a.ipynb was graded, not <b>.ipynb"
    odd = report("ada", submission=Submission("ada", notes=(note, "handed in again")))
    page = Page(classpage.index([odd, report("bo")]))
    assert f"{note}; handed in again" in page.sections["hand-ins"]
    assert [link for link in page.links if link[0] == "hand-ins"] == [
        ("hand-ins", "ada/report.html")
    ]
    assert "hand-ins" not in Page(classpage.index([report("bo")])).sections


def test_what_is_left_to_mark_is_flagged_once_marking_began():
    class_ = [report("ada"), report("bo")]
    assert "to mark" not in Page(classpage.index(class_)).sections["submissions"]
    page = Page(classpage.index([class_[0], marked(class_[1], A2=0.1, B3=0.2)]))
    assert page.sections["submissions"].count("to mark") == 1
    assert "3.30" in page.sections["submissions"]


def test_the_histogram_is_of_totals_only_when_all_are_there():
    class_ = [report("ada"), report("bo")]
    half = [marked(class_[0], A2=0.1, B3=0.2), class_[1]]
    assert "automatic points" in Page(classpage.index(half)).sections["scores"]
    whole = Page(classpage.index([marked(one, A2=0.1, B3=0) for one in class_]))
    assert "total points" in whole.sections["scores"]


def test_an_empty_class_is_a_page_too():
    page = Page(classpage.index([]))
    assert "No submission has a score yet" in page.text
    assert "nothing ran" in page.text


def test_bars_stand_on_the_floor_in_proportion():
    bars = histogram.drawn(distribution([0, 0, 0, 0, 1, 1], 1))
    assert all(bar.y + bar.height == pytest.approx(histogram.FLOOR, abs=0.2) for bar in bars)
    assert bars[0].height == pytest.approx(2 * bars[-1].height, abs=0.2)
    assert bars[0].x >= 0
    assert bars[-1].x + bars[-1].width <= histogram.WIDTH


def test_the_page_is_the_same_for_the_same_class():
    assert classpage.index(a_class(20)) == classpage.index(a_class(20)[::-1])
