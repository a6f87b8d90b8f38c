from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.correlation import Floats, correlate, varies
from dialogram.analysis.judged_dyad import JudgedDyad

LEAST_BINS = 3
"""A dyad with fewer bins that both rated is left out."""
_ONE_RATING = 1e-9
"""Correlations this close to 1 are those of one rating twice."""


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """A dyad that was left out, of everything or of what the reason names, and why."""

    dyad: str
    reason: str


def screen(dyads: Sequence[JudgedDyad]) -> tuple[list[JudgedDyad], list[Exclusion]]:
    """Leave out dyads that say nothing about congruence: flat, empty or duplicated ratings.

    Parameters
    ----------
    dyads
        In any order; of two dyads with the same rating the first stays.

    Returns
    -------
    kept : list of JudgedDyad
    excluded : list of Exclusion

    Raises
    ------
    ValueError
        For two dyads of one name.

    Examples
    --------
    >>> from dialogram.timeline import Trace
    >>> flat, rising = Trace(values=[5, 5, 5, 5], step_s=1), Trace(values=[1, 2, 4, 8], step_s=1)
    >>> kept, excluded = screen([JudgedDyad(name="a", judge=flat, truth=rising)])
    >>> excluded[0].reason
    "the judge's rating does not vary over the 4 bins that both rated"
    """
    names = [dyad.name for dyad in dyads]
    if len(set(names)) < len(names):
        raise ValueError(f"dyads: expected one of each name, got {max(names, key=names.count)!r} twice")
    kept, excluded = [], []
    seen: dict[bytes, str] = {}
    for dyad in dyads:
        judge, truth = dyad.pairs()
        reason = _find_fault(judge, truth) or _find_twin(dyad, seen)
        if reason:
            excluded.append(Exclusion(dyad=dyad.name, reason=reason))
        else:
            kept.append(dyad)
    return kept, excluded


def _find_fault(judge: Floats, truth: Floats) -> str:
    count = int((~np.isnan(judge)).sum())
    if count < LEAST_BINS:
        return f"{count} bins that both rated, fewer than {LEAST_BINS}"
    for whose, ratings in (("judge", judge), ("truth", truth)):
        if not varies(ratings):
            return f"the {whose}'s rating does not vary over the {count} bins that both rated"
    if np.array_equal(judge, truth, equal_nan=True):
        return "the two ratings are identical: it is one rating twice"
    if abs(r := correlate(judge, truth)) > 1 - _ONE_RATING:
        return f"the two ratings correlate {np.sign(r):.0f}: it is one rating twice"
    return ""


def _find_twin(dyad: JudgedDyad, seen: dict[bytes, str]) -> str:
    """Say in which dyad before one of the ratings stands already, bin by bin."""
    found = ""
    for whose, trace in (("judge", dyad.judge), ("truth", dyad.truth)):
        values = trace.values[trace.present].tobytes()
        if values in seen:
            found = found or f"the {whose}'s rating is also that of {seen[values]}"
    if not found:
        for whose, trace in (("judge", dyad.judge), ("truth", dyad.truth)):
            seen[trace.values[trace.present].tobytes()] = f"the {whose} of dyad {dyad.name!r}"
    return found
