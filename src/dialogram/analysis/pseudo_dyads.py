import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogram.analysis.coefficient import weigh_coefficient
from dialogram.analysis.correlation import LEAST_OVERLAP, Floats
from dialogram.analysis.dyad_sums import DyadSums
from dialogram.analysis.judged_dyad import JudgedDyad
from dialogram.analysis.plain import plain
from dialogram.analysis.sentences import say_p

MOST_IN_BLOCK = 256
"""Dyads of which everybody is paired with everybody. More strangers than so many tell no more about a person, and all
pairs of a large cohort would take the square of its time."""
_CONSTANT = 1e-9
"""Share of a series' variance below which a part of it is constant."""


@dataclass(frozen=True, kw_only=True)
class PseudoDyads:
    """Whether dyads go together more than people do who never met.

    Parameters
    ----------
    dyads, pseudo
        Real dyads, and pairs of a judge with the truth of somebody she never met.
    z_real, z_pseudo
        Mean Fisher z of either.
    difference, se
        ``z_real − z_pseudo``, and its standard error with the persons as what was sampled.
    df, p, ci95
        Persons less one, two-sided p and 95 % interval of the difference, on the scale of z.
    """

    dyads: int
    pseudo: int
    z_real: float
    z_pseudo: float
    difference: float
    se: float
    df: int
    p: float
    ci95: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        return (
            f"{self.dyads} dyads correlate {math.tanh(self.z_real):.2f} on average, {self.pseudo} pairs who never met"
            f" {math.tanh(self.z_pseudo):.2f}: a difference of {self.difference:.2f} in z [{self.ci95[0]:.2f},"
            f" {self.ci95[1]:.2f}], {say_p(self.p)}."
        )


def compare_with_pseudo_dyads(dyads: Sequence[JudgedDyad]) -> PseudoDyads:
    r"""Hold dyads against pairs of people who never met.

    What two sessions have in common by their nature (a slow start, a warm end) is in the pseudo-dyads too; what is
    left is due to these two people in this session.

    Parameters
    ----------
    dyads
        At least three, of one step. Every judge is paired with every other dyad's truth, never with one of the same
        therapist's other clients. Of more than 256 dyads she is with those of her block: as they come, they make as
        few blocks as can be, of nearly equal size. Traces are laid on one another by media time.

    Returns
    -------
    PseudoDyads

    Raises
    ------
    ValueError
        For steps that differ, or fewer than three dyads (therapists) with a correlation that is less than perfect.

    Notes
    -----
    .. math:: D = \frac{1}{k} \sum_i z_{ii} - \frac{1}{m} \sum_{(i, j)} z_{ij}, \quad
              se^2 = \frac{g - 1}{g} \sum_g (D_{(g)} - \bar D)^2

    ``z_ij`` of judge i with truth j. A person is in many pseudo-dyads, so that they are not independent of one another:
    the standard error is the jackknife's, which leaves out one person with all pairs she is in (a therapist with all
    her clients) at a time, on g − 1 degrees of freedom. Pairs with less than half of the judge's bins in common, or
    that do not vary, do not count. Pseudo-dyads: Bernieri & Rosenthal 1991, in Feldman & Rimé, Fundamentals of
    Nonverbal Behavior, 401–432; jackknife: Efron & Stein 1981, The Annals of Statistics 9, 586–596,
    doi 10.1214/aos/1176345462.

    Examples
    --------
    >>> from dialogram.timeline import Trace
    >>> rng = np.random.default_rng(6)
    >>> dyads = []
    >>> for name in "abcdefgh":
    ...     truth = rng.normal(size=100)
    ...     judge = Trace(values=truth + rng.normal(size=100), step_s=1)
    ...     dyads.append(JudgedDyad(name=name, judge=judge, truth=Trace(values=truth, step_s=1)))
    >>> against = compare_with_pseudo_dyads(dyads)
    >>> against.pseudo, round(against.z_real, 1), abs(against.z_pseudo) < 0.1
    (56, 0.8, True)
    """
    if not dyads:
        raise ValueError("dyads: expected at least three, got none")
    steps = {round(trace.step_s, 9) for dyad in dyads for trace in (dyad.judge, dyad.truth)}
    if len(steps) > 1:
        found = " and ".join(f"{step:g} s" for step in sorted(steps)[:2])
        raise ValueError(f"dyads: expected one step of all traces, got {found}")
    parts = [dyads[first:end] for first, end in part_into_blocks(len(dyads))]
    return weigh_pairs([correlate_everybody(part) for part in parts], [person_of(dyad) for dyad in dyads])


def part_into_blocks(count: int) -> list[tuple[int, int]]:
    """Give the first dyad of each block, and the one after its last.

    Examples
    --------
    >>> part_into_blocks(257)
    [(0, 128), (128, 257)]
    """
    blocks = -(-count // MOST_IN_BLOCK)
    return [(count * index // blocks, count * (index + 1) // blocks) for index in range(blocks)]


def person_of(dyad: JudgedDyad | DyadSums) -> str:
    """Name the person who makes dyads alike: the therapist, where she is known, else the client."""
    if dyad.therapist is not None:
        return f"therapist {dyad.therapist}"
    return dyad.name if dyad.client is None else f"client {dyad.client}"


def correlate_everybody(dyads: Sequence[JudgedDyad]) -> Floats:
    """Give Fisher's z of every judge with every truth, shape (dyads, dyads); NaN where it is not defined."""
    z = np.full((len(dyads), len(dyads)), np.nan)
    steps = np.array([round(dyad.judge.step_s, 9) for dyad in dyads])
    for step in np.unique(steps):
        of_step = np.flatnonzero(steps == step)
        r = _correlate_all(*_stack([dyads[at] for at in of_step.tolist()]))
        r[~(np.abs(r) < 1)] = np.nan
        z[np.ix_(of_step, of_step)] = np.arctanh(r)
    return z


def weigh_pairs(blocks: Sequence[Floats], persons: Sequence[str]) -> PseudoDyads:
    """Hold dyads against pairs of people who never met, given each block's z and the persons of all blocks in a row."""
    there, person = np.unique(persons, return_inverse=True)
    of_real, of_pseudo = _Pairs(there.size), _Pairs(there.size)
    first = 0
    for z in blocks:
        of_block = person[first : first + len(z)]
        first += len(z)
        counted = np.isfinite(z)
        of_real.add(z, counted & np.eye(len(z), dtype=bool), of_block)
        of_pseudo.add(z, counted & (of_block[:, np.newaxis] != of_block), of_block)
    left_out = of_real.means_without() - of_pseudo.means_without()
    left_out = left_out[np.isfinite(left_out)]
    if left_out.size < 3:
        raise ValueError("dyads: expected at least three of different people with a correlation below 1")
    se = math.sqrt((left_out.size - 1) / left_out.size * float(((left_out - left_out.mean()) ** 2).sum()))
    difference = weigh_coefficient("difference", of_real.mean - of_pseudo.mean, se, left_out.size - 1)
    return PseudoDyads(
        dyads=of_real.count,
        pseudo=of_pseudo.count,
        z_real=of_real.mean,
        z_pseudo=of_pseudo.mean,
        difference=difference.b,
        se=se,
        df=left_out.size - 1,
        p=difference.p,
        ci95=difference.ci95,
    )


class _Pairs:
    """The z of many pairs, and of those that each person is in."""

    def __init__(self, persons: int) -> None:
        self._sum, self.count = 0.0, 0
        self._sums, self._counts = np.zeros(persons), np.zeros(persons)

    def add(self, z: Floats, chosen: NDArray[np.bool_], person: NDArray[np.intp]) -> None:
        """Take in the chosen cells of a block."""
        rows, columns = np.nonzero(chosen)
        values, one, other = z[chosen], person[rows], person[columns]
        apart = one != other
        self._sum += float(values.sum())
        self.count += values.size
        size = self._sums.size
        self._sums += np.bincount(one, values, size) + np.bincount(other[apart], values[apart], size)
        self._counts += np.bincount(one, minlength=size) + np.bincount(other[apart], minlength=size)

    @property
    def mean(self) -> float:
        """Mean of all."""
        return self._sum / self.count if self.count else math.nan

    def means_without(self) -> Floats:
        """Mean of all that a person is not in, for each person."""
        left = self.count - self._counts
        return np.asarray(np.divide(self._sum - self._sums, left, out=np.full(left.size, math.nan), where=left > 0))


def _stack(dyads: Sequence[JudgedDyad]) -> tuple[Floats, Floats]:
    """Judges and truths in rows on one grid of media time, standardised, NaN where missing; all have one step."""
    traces = [trace for dyad in dyads for trace in (dyad.judge, dyad.truth)]
    step_s = traces[0].step_s
    starts = [round(trace.start_s / step_s) for trace in traces]
    first, end = min(starts), max(start + len(trace) for start, trace in zip(starts, traces, strict=True))
    rows = np.full((len(traces), end - first), np.nan)
    for row, start, trace in zip(rows, starts, traces, strict=True):
        present = trace.values[trace.present]
        spread = present.std() if present.size else 0.0
        if spread > 0:
            row[start - first : start - first + len(trace)] = (trace.values - present.mean()) / spread
    return rows[::2], rows[1::2]


def _correlate_all(judges: Floats, truths: Floats) -> Floats:
    """Correlate every judge with every truth over the bins both have, shape (judges, truths); both standardised."""
    if not (np.isnan(judges).any() or np.isnan(truths).any()):
        return _round_to_one(np.clip(judges @ truths.T / judges.shape[1], -1.0, 1.0))
    present = [(~np.isnan(rows)).astype(np.float64) for rows in (judges, truths)]
    x, y = np.nan_to_num(judges), np.nan_to_num(truths)
    counts = present[0] @ present[1].T
    enough = counts >= np.maximum(3.0, LEAST_OVERLAP * present[0].sum(axis=1, keepdims=True))
    counts[~enough] = 1.0
    mean_x, mean_y = x @ present[1].T / counts, present[0] @ y.T / counts
    variance_x = x**2 @ present[1].T / counts - mean_x**2
    variance_y = present[0] @ (y**2).T / counts - mean_y**2
    defined = enough & (variance_x > _CONSTANT) & (variance_y > _CONSTANT)
    scale = np.sqrt(variance_x * variance_y, out=np.ones(counts.shape), where=defined)
    r = np.clip((x @ y.T / counts - mean_x * mean_y) / scale, -1.0, 1.0)
    return np.where(defined, _round_to_one(r), np.nan)


def _round_to_one(r: Floats) -> Floats:
    """Make an r that only rounding keeps from 1 exactly that."""
    return np.where(np.abs(r) > 1 - _CONSTANT, np.sign(r), r)
