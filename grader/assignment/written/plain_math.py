"""Brings formulas as people type them (Unicode, LaTeX, HTML, Markdown) into plain ASCII."""

from __future__ import annotations

import html
import re
import unicodedata

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SIGNS = str.maketrans(
    {
        **dict.fromkeys("×⋅·∙∗✕✖⨯", "*"),
        **dict.fromkeys("−–—‐‑﹣", "-"),
        **dict.fromkeys("∕⁄÷", "/"),
        **dict.fromkeys("≈≃≅", "="),
        **dict.fromkeys("‘’´", "'"),
        "`": " ",
    }
)

_GAP = r"[ \t]{0,3}"  # bounded: a search must be linear
_SIDE = r"(?:[^{}]|\{[^{}]{0,20}\}){1,60}"  # of a fraction
# Each rule is applied once, in this order; none can make the text longer without bound.
_RULES: tuple[tuple[str, str], ...] = (
    (rf"<{_GAP}sup{_GAP}>", "^("),
    (rf"<{_GAP}/{_GAP}sup{_GAP}>", ")"),
    (rf"<{_GAP}/?{_GAP}(?:sub|b|i|em|strong|code|span|td|tr|th|p|br){_GAP}/?{_GAP}>", " "),
    (r"\\(?:text\w*|math[a-z]+|operatorname)\s*\{([^{}]{0,60})\}", r"\1"),
    (r"\\[dtc]?frac ?(\d) ?(\d)(?!\d)", r"(\1/\2)"),
    (rf"\\[dtc]?frac ?\{{({_SIDE})\}} ?\{{({_SIDE})\}}", r"((\1)/(\2))"),
    (r"\\(?:times|cdot|ast|star)(?![A-Za-z])", "*"),
    (r"\\(?:left|right|bigl?|bigr?|Bigl?|Bigr?|displaystyle|limits)(?![A-Za-z])", ""),
    (r"\\(?:quad|qquad|begin\s*\{[^{}]{0,20}\}|end\s*\{[^{}]{0,20}\})", " "),
    (r"\\(?:approx|simeq)(?![A-Za-z])", "="),
    (r"\\\\", "\n"),
    (r"\\[,;:! ]", " "),
    (r"\\([*_#%&$^+\-()\[\]{}|.])", r"\1"),  # what Markdown and LaTeX escape
    (r"(?<=\d)\{,\}(?=\d{3})", ","),
    (r"[$&~]", " "),
    (r"([Nn])[ ]?_[ ]?\{[ ]?([FfCc])[ ]?\}", r"\1\2"),
    (r"(?<![A-Za-z_])([Nn])[ ]?_?[ ]?([FfCc])(?![A-Za-z_])", r"\1\2"),
    (r"\{", "("),
    (r"\}", ")"),
    (r"\*\*(?=[ \t]*(?:[.,;:|]|$))", ""),  # the end of bold print, not a power
)
_COMPILED = tuple((re.compile(pattern, re.MULTILINE), put) for pattern, put in _RULES)
_TOO_LONG = re.compile(r"&#[xX]?[0-9A-Fa-f]{8,}")  # no character; too many digits raise
_FRACTION = re.compile(r"(?P<after>\d[ \t]*)?(?P<sign>[¼½¾⅐-⅞])")
_RAISED = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+")


def plain(text: str) -> str:
    r"""Return text in which formulas use only ASCII: `*`, `^`, `/`, `-`, parentheses.

    Words around the formulas stay. Line breaks stay, and LaTeX's become line breaks.

    >>> plain("3·NF² + 4×NF·NC")
    '3*NF^2 + 4*NF*NC'
    >>> plain(r"5\,N_{F}^{2} \cdot \mathrm{NC}")
    '5 NF^(2) * NC'
    """
    text = html.unescape(_TOO_LONG.sub(" ", text))
    text = _RAISED.sub(lambda found: "^" + found[0].translate(SUPERSCRIPTS), text)
    text = _FRACTION.sub(_fraction, text)
    text = unicodedata.normalize("NFKC", text.translate(SIGNS)).translate(SIGNS)
    for pattern, put in _COMPILED:
        text = pattern.sub(put, text)
    return text


def _fraction(found: re.Match[str]) -> str:
    """Return ½ as a factor; behind a number, "3½", as what no grammar takes for 31/2."""
    plain_sign = unicodedata.normalize("NFKC", found["sign"]).replace("⁄", "/")
    return f"{found['after']} {plain_sign}" if found["after"] else f"({plain_sign})"
