"""The nouns of the program: frozen data that survives a JSON round trip.

In comes nothing, out come submissions, evidence and reports.
It may not read or write anything.
"""

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
    BONUS,
    DEDUCTION,
    FORMAT,
    CheckGrade,
    CheckResult,
    Cost,
    Decision,
    Finding,
    GradeReport,
    ManualQuestion,
    QuestionGrade,
    Status,
    Verdict,
    adjusted,
    capped,
)
from grader.model.submission import HandIn, Problem, Student, Submission, SubmissionFile, Writeup

__all__ = [
    "BONUS", "DEDUCTION", "FORMAT", "Arrays", "CellRun", "CheckGrade", "CheckResult", "Cost",
    "Decision", "Evidence", "ExecutedNotebook", "Finding", "GradeReport", "HandIn", "LeftOut",
    "ManualQuestion", "NoAnswer", "Outcome", "Problem", "QuestionGrade", "Replies", "Reply",
    "Request", "Status", "Student", "StudentError", "Submission", "SubmissionFile", "Verdict",
    "Writeup", "adjusted", "capped",
]  # fmt: skip
