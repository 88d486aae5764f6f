"""The nouns of the program: frozen data that survives a JSON round trip. No I/O here."""

from grader.model.evidence import (
    Arrays,
    CellRun,
    Evidence,
    ExecutedNotebook,
    LeftOut,
    NoAnswer,
    Outcome,
    Replies,
    Reply,
    Request,
    StudentError,
)
from grader.model.report import (
    FORMAT,
    CheckGrade,
    CheckResult,
    Finding,
    GradeReport,
    ManualQuestion,
    QuestionGrade,
    Status,
    Verdict,
    capped,
)
from grader.model.submission import HandIn, Problem, Student, Submission, SubmissionFile, Writeup

__all__ = [
    "FORMAT", "Arrays", "CellRun", "CheckGrade", "CheckResult", "Evidence", "ExecutedNotebook",
    "Finding", "GradeReport", "HandIn", "LeftOut", "ManualQuestion", "NoAnswer", "Outcome",
    "Problem", "QuestionGrade", "Replies", "Reply", "Request", "Status", "Student", "StudentError",
    "Submission", "SubmissionFile", "Verdict", "Writeup", "capped",
]  # fmt: skip
