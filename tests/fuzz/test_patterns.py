"""Every regular expression takes time that grows as the text does, whatever the text."""

import time

import pytest

from tests.fuzz.patterns import attacks, patterns, unresolved

LENGTHS = (2_000, 8_000, 32_000)
MOST = 0.25  # s of processor time for the longest: a linear search takes a hundredth of that
PATTERNS = patterns()
# Put together while the grader runs, from pieces that are tried elsewhere or are our own words.
VARYING = {
    "grader/audience.py: re.sub(f'`?(?:{names})\\\\b`?', ANOTHER, text)",
    "grader/schema.py: re.fullmatch(self.pattern, value)",
    "grader/torch_errors.py: re.compile(record['pattern'])",  # each is in PATTERNS
    "grader/written/letters.py: re.compile(_NO_TERM + pattern + _NO_FORMULA, re.IGNORECASE)",
    "grader/written/letters.py: re.compile(f'{one}|\\\\d+')",
    "grader/written/plain_math.py: re.compile(pattern, re.MULTILINE)",
}


def cost(pattern, text):
    """Return the processor time of finding a pattern everywhere, the better of two tries."""
    if isinstance(pattern.pattern, bytes):
        text = text.encode("latin-1", "replace")
    taken = []
    for _ in range(2):
        started = time.process_time()
        for _ in pattern.finditer(text):
            pass
        taken.append(time.process_time() - started)
        if taken[-1] < MOST:
            break
    return min(taken)


@pytest.mark.parametrize("where", PATTERNS)
def test_a_pattern_is_linear(where):
    pattern = PATTERNS[where]
    for attack in sorted(attacks(pattern)):
        lead, pump, tail = attack.split("\0")
        for length in LENGTHS:
            text = lead + pump * (length // len(pump)) + tail
            taken = cost(pattern, text)
            assert taken < MOST * length / LENGTHS[-1] + 0.02, (
                pattern.pattern,
                attack,
                length,
                taken,
            )


def test_no_pattern_is_missed():
    assert set(unresolved()) == VARYING
    assert len(PATTERNS) > 100
