"""Words with little marks in them, and numbers as an article prints them."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dialogram.timeline import Scale

type Tone = Literal["italic", "strong", "a", "b"]


@dataclass(frozen=True)
class Span:
    """Words set apart: a statistic's letter, what matters most, or something that belongs to rater a or b."""

    words: str
    tone: Tone


type Text = Sequence[str | Span]
"""A run of plain words and spans. Never markup: whatever a person wrote stays what it is."""

_SIGN = re.compile(r" ([=<])[ \N{NO-BREAK SPACE}]")
M, SD, P, R, T = (Span(letter, "italic") for letter in ("M", "SD", "p", "r", "t"))


def say(*parts: str | Span) -> Text:
    """Put words and spans in a row; a statistic stays on one line with its number."""
    kept = "\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}"
    return tuple(_SIGN.sub(kept, part) if isinstance(part, str) else part for part in parts)


def odds(p: float) -> str:
    """Say a probability as people do.

    Examples
    --------
    >>> odds(0.5), odds(0.217), odds(0.05), odds(1.0)
    ('half the time', '22 times in 100', 'once in 20 times', 'always')
    """
    if p >= 0.995:
        return "always"
    if abs(p - 0.5) < 0.005:
        return "half the time"
    return f"{round(100 * p)} times in 100" if p >= 0.095 else f"once in {round(1 / p)} times"


def clean(words: str) -> str:
    r"""Take out what no page can hold: control characters, halves of characters, characters that are none.

    Examples
    --------
    >>> clean("one\ttwo\x00")
    'one two'
    """
    kept = []
    for character in words:
        if character in "\n\t\r\u2028\u2029\x85":
            kept.append(" ")
        elif unicodedata.category(character) not in {"Cc", "Cs", "Cn"}:
            kept.append(character)
    return "".join(kept)


def plain(text: Text) -> str:
    """Give the words without their marks."""
    return "".join(each if isinstance(each, str) else each.words for each in text)


def number(value: float, digits: int = 1) -> str:
    """Write a number with a true minus sign, or a dash where there is none.

    Examples
    --------
    >>> number(-3.14159, 2), number(float("nan")), number(-0.001)
    ('−3.14', '–', '0.0')
    """
    if not math.isfinite(value):
        return "–"
    written = f"{value:.{digits}f}"
    return written.removeprefix("-") if float(written) == 0 else written.replace("-", "−")


def mark(value: float) -> str:
    """Write a point of a scale as short as it is.

    Examples
    --------
    >>> mark(-3.0), mark(0.5)
    ('−3', '0.5')
    """
    return f"{value:g}".replace("-", "−")


def digits_of(scale: Scale) -> int:
    """Decimals worth reading in one rating: none on a scale to 100, one on a scale to 9.

    Examples
    --------
    >>> digits_of(Scale(name="helpfulness")), digits_of(Scale(name="warmth", low=-3, high=3, neutral=0))
    (0, 1)
    """
    return max(0, 1 - math.floor(math.log10(scale.range)))


def share(value: float, digits: int = 2) -> str:
    """Write a number that cannot pass 1, without the zero before its point, as correlations are printed.

    Examples
    --------
    >>> share(0.134), share(-0.5), share(1.0)
    ('.13', '−.50', '1.00')
    """
    return number(value, digits).replace("0.", ".", 1) if abs(value) < 1 else number(value, digits)


def p_value(p: float) -> str:
    r"""Write a p after its letter.

    Examples
    --------
    >>> p_value(0.0004), p_value(0.0341), p_value(float("nan"))
    ('<\xa0.001', '=\xa0.034', 'not defined')
    """
    if math.isnan(p):
        return "not defined"
    return "<\N{NO-BREAK SPACE}.001" if p < 0.001 else f"=\N{NO-BREAK SPACE}{share(p, 3)}"


def percent(value: float) -> str:
    """Write a share as whole hundredths."""
    return "–" if math.isnan(value) else f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def clock(seconds: float) -> str:
    """Write a moment or a duration as minutes and seconds.

    Examples
    --------
    >>> clock(734.5), clock(3600.0), clock(59.96)
    ('12:14', '60:00', '1:00')
    """
    whole = math.floor(seconds + 0.05)
    return f"{whole // 60}:{whole % 60:02d}"


def stretch(start_s: float, end_s: float) -> str:
    """Write a segment from minute to minute."""
    return f"{clock(start_s)}\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}{clock(end_s)}"


def the(name: str) -> str:
    """Put the article before a role, and none before a pseudonym.

    Examples
    --------
    >>> the("client"), the("K7")
    ('the client', 'K7')
    """
    return f"the {name}" if name in {"client", "therapist", "observer"} else name


def sentence_case(words: str) -> str:
    """Begin with a capital letter."""
    return words[:1].upper() + words[1:]
