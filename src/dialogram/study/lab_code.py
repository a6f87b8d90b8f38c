import re
import unicodedata
from datetime import date
from itertools import permutations

_STUDY_WORDS = frozenset(
    {
        "client",
        "therapist",
        "observer",
        "participant",
        "person",
        "patient",
        "dyad",
        "pair",
        "pilot",
        "demo",
        "test",
        "sample",
        "study",
        "group",
        "control",
        "session",
        "site",
        "lab",
        "code",
        "case",
        "subject",
        "rater",
        "trial",
    }
)
_YEARS = range(1900, 2100)
_SEPARATED_DATE = re.compile(r"(?<!\d)(\d{1,4})([-./ ])(\d{1,2})\2(\d{1,4})(?!\d)")
_DIGITS = re.compile(r"(?<!\d)\d+(?!\d)")
_INITIALS_AND_DAY = re.compile(r"[^\W\d_]{2,4}[-_. ]?(\d{4})")
_WORD = re.compile(r"[^\W\d_]{3,}")


def code_warning(code: str) -> str | None:
    """Say what a lab code seems to give away, or None.

    A code is what a pseudonym hides behind, so it must not be a person's name, nor made from her initials and date of
    birth. This is a warning, not a proof: ``K7-204`` passes, and so would a nickname spelt in digits.

    Parameters
    ----------
    code
        As the researcher typed it.

    Returns
    -------
    str or None
        One sentence that does not repeat the code.

    Examples
    --------
    >>> code_warning("K7-204") is None
    True
    >>> code_warning("AM-1203")
    'This code looks like initials with a date of birth. Use one that says nothing about the person.'
    """
    text = unicodedata.normalize("NFC", code).strip()
    if "@" in text:
        return _warning("an e-mail address")
    if _has_date(text):
        return _warning("initials with a date of birth" if re.search(r"[^\W\d_]", text) else "a date")
    initials = _INITIALS_AND_DAY.fullmatch(text)
    if initials and initials.group(0)[:2].casefold() not in {"id", "no", "nr"} and _is_day_or_year(initials.group(1)):
        return _warning("initials with a date of birth")
    if any(_is_like_a_name(word) for word in _WORD.findall(text)):
        return _warning("a name")
    return None


def _warning(what: str) -> str:
    return f"This code looks like {what}. Use one that says nothing about the person."


def _has_date(text: str) -> bool:
    separated = [(first, second, third) for first, _, second, third in _SEPARATED_DATE.findall(text)]
    runs = _DIGITS.findall(text)
    year_first = [(run[:-4], run[-4:-2], run[-2:]) for run in runs if len(run) in {6, 8}]
    year_last = [(run[4:], run[2:4], run[:2]) for run in runs if len(run) in {6, 8}]
    return any(
        _is_date(year, month, day)
        for parts in (*separated, *year_first, *year_last)
        for year, month, day in permutations(parts)
    )


def _is_date(year: str | int, month: str | int, day: str | int) -> bool:
    number = int(year)
    try:
        return date(1900 + number if number < 100 else number, int(month), int(day)).year in _YEARS
    except ValueError:
        return False


def _is_day_or_year(digits: str) -> bool:
    year = 1920 <= int(digits) < 2030
    return year or _is_date(2000, digits[2:], digits[:2]) or _is_date(2000, digits[:2], digits[2:])


def _is_like_a_name(word: str) -> bool:
    plain = "".join(letter for letter in unicodedata.normalize("NFD", word.casefold()) if letter.isalpha())
    if plain in _STUDY_WORDS:
        return False
    return not plain.isascii() or bool(re.search("[aeiouy]", plain))
