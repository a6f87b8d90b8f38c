from dataclasses import dataclass
from typing import Literal

import numpy as np

from dialogram.analysis.correlation import Floats, correlate, varies
from dialogram.analysis.plain import Result

LEAST_BINS = 3
"""A dyad with fewer bins that both rated is left out."""
_ONE_RATING = 1e-9
"""Correlations this close to 1 are those of one rating twice."""


@dataclass(frozen=True, kw_only=True)
class Exclusion(Result):
    """A dyad that was left out, of everything or of what the reason names, and why."""

    dyad: str
    reason: str

    def summary(self) -> str:
        """Say the result in one sentence."""
        return f"{self.dyad} was left out: {self.reason}."


type Question = Literal[
    "meta", "pseudo_dyads", "moderators", "meta_regression", "clients", "therapists", "whole_rating", "outcome_surface"
]


@dataclass(frozen=True, kw_only=True)
class Unanswered(Result):
    """A question about a cohort that its data cannot answer, and why: the others are answered.

    Parameters
    ----------
    question
        Key of the answer that is missing, or "moderators" for what is in none of the models.
    name
        Which moderator, rating or outcome; "" where there is only one.
    reason
        What was expected, and what was found.
    """

    question: Question
    name: str
    reason: str

    def __str__(self) -> str:
        return f"{_ASKED[self.question].format(self.name)}: {self.reason}"

    def summary(self) -> str:
        """Say what cannot be told in one sentence."""
        return f"{self}."


_ASKED = {
    "meta": "How dyads correlate on average",
    "pseudo_dyads": "Whether it is more than people who never met",
    "moderators": "What goes with “{}”",
    "meta_regression": "Whether the correlation goes with “{}”",
    "clients": "How clients differ",
    "therapists": "How therapists differ",
    "whole_rating": "What “{}” goes with",
    "outcome_surface": "What “{}” depends on",
}


def find_fault(judge: Floats, truth: Floats) -> str:
    """Say why two ratings of one dyad tell nothing about congruence: flat, empty, one twice; "" where they do.

    Examples
    --------
    >>> find_fault(np.array([5.0, 5, 5, 5]), np.array([1.0, 2, 4, 8]))
    "the judge's rating does not vary over the 4 bins that both rated"
    """
    count = int((~np.isnan(judge)).sum())
    if count < LEAST_BINS:
        return f"{count} bins that both rated, fewer than {LEAST_BINS}"
    for whose, ratings in (("judge", judge), ("truth", truth)):
        if not varies(ratings):
            return f"the {whose}'s rating does not vary over the {count} bins that both rated"
    told = find_copy(judge, truth)
    return f"the two ratings {told}: it is one rating twice" if told else ""


def find_copy(a: Floats, b: Floats) -> str:
    """Say how two ratings give away that they are one: "are identical", "correlate 1"; "" where they do not.

    Examples
    --------
    >>> find_copy(np.array([1.0, 2, 4, 8]), np.array([2.0, 4, 8, 16]))
    'correlate 1'
    """
    if np.array_equal(a, b, equal_nan=True):
        return "are identical"
    if abs(r := correlate(a, b)) > 1 - _ONE_RATING:
        return f"correlate {np.sign(r):.0f}"
    return ""


class Seen:
    """The ratings of the dyads before: one that comes again in another dyad is a copy."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def find_twin(self, dyad: str, judge: str, truth: str) -> str:
        """Say in which dyad before one of two ratings, known by their digests, stands already; else keep them."""
        for whose, digest in (("judge", judge), ("truth", truth)):
            if digest in self._seen:
                return f"the {whose}'s rating is also that of {self._seen[digest]}"
        self._seen |= {judge: f"the judge of dyad {dyad!r}", truth: f"the truth of dyad {dyad!r}"}
        return ""
