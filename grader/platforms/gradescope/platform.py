"""What Gradescope gives and takes."""

from grader.handin.intake.layouts import Download
from grader.platforms.common.nouns import Each, Platform
from grader.platforms.gradescope import download
from grader.platforms.gradescope.results import results

PLATFORM = Platform(
    "Gradescope",
    Each("results.json", results),
    download=Download(0, download.fits, download.founds),
    feedback="Gradescope takes no files back, it shows results: use --to gradescope",
)
