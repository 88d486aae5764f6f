"""What a student reads of each mistake beside a finding: `tests/gold/mistakes.txt`.

    python -m tests.mistake_gold

writes the file anew; read each aloud, beside what its check finds.
"""

from pathlib import Path

GOLD = Path(__file__).parent / "gold" / "mistakes.txt"


def written():
    """Return the text of the file: each mistake as the terminal shows it."""
    from grader.judging import mistakes
    from grader.model import Finding
    from grader.reports.terminal import field

    lines = []
    for id_ in mistakes.known():
        why, look_for = mistakes.help_with(Finding("", "", "", id_), "of the check", "of the check")
        lines += field("mistake", mistakes.named(id_))
        lines += [*field("why", why), *field("look for", look_for), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    GOLD.write_text(written(), "utf-8")
