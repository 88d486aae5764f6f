"""What Canvas gives and takes."""

from grader.handin.intake.layouts import Download
from grader.platforms.canvas import download, feedback, gradebook
from grader.platforms.common.nouns import Feedback, FilledIn, Platform

PLATFORM = Platform(
    "Canvas",
    FilledIn(gradebook.filled),
    download=Download(4, download.fits, download.founds),
    feedback=Feedback(
        "Canvas hands files back beside uploaded notebooks, and there is none",
        "report.ipynb",
        feedback.notebook,
    ),
)
