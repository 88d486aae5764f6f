"""Every regular expression takes time that grows as the text does, whatever the text."""

import math
import re
import time

import pytest

from tests.fuzz.patterns import attacks, patterns, unresolved

SHORT, LONG = 8_000, 32_000
BRIEF = 0.02  # s of processor time: nobody waits for that
LINEAR, GROWTH = 5, 9  # from SHORT to LONG: four times; sixteen where it is quadratic
TRIES = 5
PATTERNS = patterns()
# Put together while the grader runs, from pieces that are tried elsewhere or are our own words.
VARYING = {
    (
        "grader/student/needed.py: "
        "re.compile(f'\\\\bclass\\\\s+{given}\\\\b|\\\\b{given}\\\\s*=(?!=)|\\\\b{given}\\\\.\\\\w+\\\\s*=(?!=)')"
    ),
    "grader/scoring/audience.py: re.sub(f'`?(?:{names})\\\\b`?', ANOTHER, text)",
    "grader/basics/schema.py: re.fullmatch(self.pattern, value)",
    "grader/assignment/torch_errors.py: re.compile(record['pattern'])",  # each is in PATTERNS
    (
        "grader/assignment/written/letters.py: "
        "re.compile(_NO_TERM + pattern + _NO_FORMULA, re.IGNORECASE)"
    ),
    "grader/assignment/written/letters.py: re.compile(f'{one}|\\\\d+')",
    "grader/assignment/written/plain_math.py: re.compile(pattern, re.MULTILINE)",
}


def cost(pattern, attack, length):
    """Return the processor time of finding a pattern everywhere in a text of about that length."""
    lead, pump, tail = attack.split("\0")
    text = lead + pump * (length // len(pump)) + tail
    if isinstance(pattern.pattern, bytes):
        text = text.encode("latin-1", "replace")
    started = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - started


def grows_too_fast(pattern, attack):
    """Return whether the fastest of several tries grow so: a busy machine slows some of them."""
    long = short = math.inf
    for _ in range(TRIES):
        long = min(long, cost(pattern, attack, LONG))
        if long < BRIEF:
            return False
        short = min(short, cost(pattern, attack, SHORT))
        if long < LINEAR * short:
            return False
    return long > GROWTH * short


@pytest.mark.parametrize("where", PATTERNS)
def test_a_pattern_is_linear(where):
    pattern = PATTERNS[where]
    for attack in sorted(attacks(pattern)):
        assert cost(pattern, attack, 2_000) < 1, attack  # what is worse than quadratic ends here
        assert not grows_too_fast(pattern, attack), attack


def test_what_is_quadratic_is_caught():
    assert grows_too_fast(re.compile("cuda.*is not available"), "\0cuda\0")


def test_no_pattern_is_missed():
    assert set(unresolved()) == VARYING
    assert len(PATTERNS) > 100
