"""Whether what is known of dyads can say anything about their congruence."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from dialogram.analysis.correlation import Floats, varies


def find_fault_of_moderators(known: Floats, names: Sequence[str]) -> str:
    """Say why moderators, shape (dyads, moderators) without gaps, tell nothing; "" where they do.

    Examples
    --------
    >>> find_fault_of_moderators(np.array([[4.0], [4.0], [4.0]]), ["alliance"])
    "'alliance' is 4 in every dyad, so nothing can go with it"
    >>> find_fault_of_moderators(np.array([[4.0], [5.0]]), ["alliance"])
    "expected at least 3 dyads with a number of 'alliance', found 2"
    """
    if (count := len(known)) < (least := 2 + len(names)):
        return f"expected at least {least} dyads with a number of {', '.join(map(repr, names))}, found {count}"
    for name, column in zip(names, known.T, strict=True):
        if not varies(column):
            return f"{name!r} is {column[0]:g} in every dyad, so nothing can go with it"
    design = np.column_stack([np.ones(count), known])
    if np.linalg.matrix_rank(design / np.abs(design).max(axis=0)) <= len(names):
        return f"each of {', '.join(map(repr, names))} must say what the others do not"
    return ""


def know_of(known: Sequence[Mapping[str, float]], names: Sequence[str]) -> Floats:
    """Give what is known of each dyad, shape (dyads, names), NaN where it is not."""
    rows = [[of_dyad.get(name, math.nan) for name in names] for of_dyad in known]
    return np.array(rows, dtype=np.float64).reshape(len(known), len(names))


def choose_moderators(
    known: Sequence[Mapping[str, float]], names: Sequence[str]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Choose the moderators that can be judged together, in the order in which they come, and say why others cannot.

    Examples
    --------
    >>> known = [{"alliance": 1.0, "site": 2.0}, {"alliance": 3.0, "site": 2.0}, {"alliance": 2.0, "site": 2.0}]
    >>> choose_moderators(known, ["site", "alliance"])
    (('alliance',), {'site': "'site' is 2 in every dyad, so nothing can go with it"})
    """
    chosen: tuple[str, ...] = ()
    faults = {}
    for name in names:
        together = (*chosen, name)
        rows = know_of(known, together)
        if fault := find_fault_of_moderators(rows[np.isfinite(rows).all(axis=1)], together):
            faults[name] = fault
        else:
            chosen = together
    return chosen, faults
