"""A hand-in of which nothing can be run needs none of the reference's replies."""

from grader.batch import warm
from grader.batch.run import Line
from grader.batch.settings import Settings
from grader.handin.submissions import parse
from grader.judging import catalog
from grader.model import Evidence, HandIn, Status
from grader.reports.html.gather import parts
from grader.scoring import rubric


def test_a_hand_in_without_a_notebook_is_judged_and_shown_without_the_reference(monkeypatch):
    def complete(reference):
        raise AssertionError("the reference was asked, which takes seconds")

    monkeypatch.setattr(warm.Reference, "complete", complete)
    line = Line(Settings("none", None, 1, rubric.load()))
    submission = parse(HandIn("ada", {"notes.txt": b"x"}))
    executed, notebook, replies = line.execute(submission)
    evidence = Evidence(submission, executed, replies)
    results = catalog.judge(evidence, line.reference)
    assert not [result for result in results if result.status is Status.BROKEN]
    assert not parts(evidence, line.reference, notebook).learning
