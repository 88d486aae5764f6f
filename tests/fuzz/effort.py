"""How hard the fuzzing tries: `GRADER_FUZZ=100` for a hundred times the usual number of inputs."""

import os


def many(usual: int) -> int:
    """Return the number of inputs."""
    return usual * int(os.environ.get("GRADER_FUZZ", "1"))
