import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from dialogram.analysis.correlation import Floats
from dialogram.analysis.intraclass import step_up
from dialogram.analysis.plain import Result, plain
from dialogram.analysis.student import ranks

MOST_SPLITS = 20_000
"""Of more splits so many are drawn."""
SEED = 1
_AT_ONCE = 1 << 23
"""Numbers that are held at once."""
_DIGITS = 12
_TINY = 1e-300


@dataclass(frozen=True, kw_only=True)
class SplitsOf(Result):
    """How the curves of two groups of so many observers go together.

    Parameters
    ----------
    observers
        In a group.
    splits
        Pairs of groups without a member in common that were compared.
    mean, lowest, highest
        Spearman's correlation of their mean curves, over the splits.
    """

    observers: int
    splits: int
    mean: float
    lowest: float
    highest: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        if not self.splits:
            return f"No two groups of {self.observers} observers can be compared."
        return (
            f"The curves of two groups of {self.observers} correlate {self.mean:.2f} on average, {self.lowest:.2f} to"
            f" {self.highest:.2f}."
        )


@dataclass(frozen=True, kw_only=True)
class SplitHalf:
    """How well one half of the observers' curve foretells that of the others.

    Parameters
    ----------
    observers, bins
        How many, and bins that all rated.
    complete
        Whether all splits were looked at; else they were drawn, from one seed.
    halves
        All observers, split into two halves; of an odd number one half has one more.
    reliability
        Of the curve of all of them, ``2 r / (1 + r)`` (Spearman 1910; Brown 1910).
    by_size
        The same for groups of 1, 2 … observers each: where it no longer rises, more observers add little.
    """

    observers: int
    bins: int
    complete: bool
    halves: SplitsOf
    reliability: float
    by_size: tuple[SplitsOf, ...]

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        if math.isnan(self.halves.mean):
            return "Halves of the observers cannot be compared: fewer than two, or a curve that does not vary."
        splits = f"all {self.halves.splits}" if self.complete else f"{self.halves.splits}"
        return (
            f"Over {splits} splits of the {self.observers} observers the halves' curves correlate"
            f" {self.halves.mean:.2f} on average (Spearman, {self.halves.lowest:.2f} to {self.halves.highest:.2f}), so"
            f" that of all has a reliability of about {self.reliability:.2f}."
        )


def split_observers(ratings: Floats, *, most_splits: int = MOST_SPLITS) -> SplitHalf:
    r"""Split observers into halves in every way, to see whether there are enough of them.

    Parameters
    ----------
    ratings : ndarray, shape (observers, n)
        NaN where missing; bins that all rated are used.
    most_splits
        Where there are more splits of a size, so many are drawn instead.

    Returns
    -------
    SplitHalf
        NaN for fewer than two observers, and where a group's curve does not vary.

    Notes
    -----
    A group's curve is the mean of its ratings in each bin; two groups without a common member are compared by
    Spearman's rank correlation, which is then averaged over all such pairs of groups. It describes and has no p:
    neither bins nor splits are independent. The reliability of the whole is stepped up from the mean r of the halves:
    Spearman 1910, British Journal of Psychology 3, 271–295, doi 10.1111/j.2044-8295.1910.tb00206.x; Brown 1910, ibid.,
    296–322.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> ratings = rng.normal(size=300) + rng.normal(size=(6, 300))
    >>> split = split_observers(ratings)
    >>> split.halves.splits, round(split.halves.mean, 2), round(split.reliability, 2)
    (10, 0.67, 0.8)
    >>> [round(size.mean, 2) for size in split.by_size]
    [0.42, 0.58, 0.67]
    """
    rated = np.compress(~np.isnan(ratings).any(axis=0), ratings, axis=1)
    rated = rated / np.abs(rated).max(initial=_TINY)
    count, bins = rated.shape
    rng = np.random.default_rng(SEED)
    halves, complete = _compare(rated, count // 2, count - count // 2, most_splits, rng)
    by_size = []
    for size in range(1, count // 2 + 1):
        found, all_of_them = (halves, complete) if 2 * size == count else _compare(rated, size, size, most_splits, rng)
        complete = complete and all_of_them
        by_size.append(found)
    return SplitHalf(
        observers=count,
        bins=bins,
        complete=complete,
        halves=halves,
        reliability=float(step_up(np.array([halves.mean]), 2)[0]),
        by_size=tuple(by_size),
    )


type _Pair = tuple[tuple[int, ...], tuple[int, ...]]


def _compare(rated: Floats, first: int, second: int, most: int, rng: np.random.Generator) -> tuple[SplitsOf, bool]:
    """Compare groups of two sizes in every way, or in ways that are drawn; and say which."""
    count, bins = rated.shape
    if first < 1 or bins < 2:
        return SplitsOf(observers=first, splits=0, mean=math.nan, lowest=math.nan, highest=math.nan), True
    number = math.comb(count, first) * math.comb(count - first, second) // (2 if first == second else 1)
    pairs = _all_pairs(count, first, second) if number <= most else _draw_pairs(count, first, second, most, rng)
    groups = math.comb(count, first) + (math.comb(count, second) if first != second else 0)
    at_once = len(pairs) if groups * bins <= _AT_ONCE else max(1, _AT_ONCE // (2 * bins))
    parts = (pairs[start : start + at_once] for start in range(0, len(pairs), at_once))
    r = np.concatenate([_spearman(rated, some) for some in parts])
    return (
        SplitsOf(observers=first, splits=r.size, mean=float(r.mean()), lowest=float(r.min()), highest=float(r.max())),
        number <= most,
    )


def _all_pairs(count: int, first: int, second: int) -> list[_Pair]:
    pairs = []
    for one in combinations(range(count), first):
        rest = [observer for observer in range(count) if observer not in one]
        # Of two groups of one size the one with the first member comes first, so that no pair comes twice.
        pairs += [(one, other) for other in combinations(rest, second) if first != second or one < other]
    return pairs


def _draw_pairs(count: int, first: int, second: int, most: int, rng: np.random.Generator) -> list[_Pair]:
    orders = (rng.permutation(count)[: first + second].tolist() for _ in range(most))
    return [(tuple(sorted(order[:first])), tuple(sorted(order[first:]))) for order in orders]


def _spearman(rated: Floats, pairs: Sequence[_Pair]) -> Floats:
    """Spearman's correlation of the mean curves of each pair of groups; NaN where one does not vary."""
    row_of = {group: row for row, group in enumerate(dict.fromkeys(group for pair in pairs for group in pair))}
    curves = np.empty((len(row_of), rated.shape[1]))
    for group, row in row_of.items():
        # Rounding must not part values that are equal.
        curve = ranks(np.round(rated[list(group)].mean(axis=0), _DIGITS))
        curve -= curve.mean()
        norm = math.sqrt(float((curve**2).sum()))
        curves[row] = curve / norm if norm > 0 else math.nan
    return np.array([float((curves[row_of[one]] * curves[row_of[other]]).sum()) for one, other in pairs])
