import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dialogram.analysis.extremes import KINDS, Extreme, Kind
from dialogram.analysis.plain import Result
from dialogram.analysis.segment_mean import mean_over
from dialogram.analysis.sentences import say_p
from dialogram.timeline import Segment, Trace


@dataclass(frozen=True, kw_only=True)
class GuessScore(Result):
    """How well somebody told another's helpful from hindering segments.

    Parameters
    ----------
    shown, helpful
        How many segments were shown, and how many of them are helpful.
    right
        How many were guessed right.
    p
        Probability of at least as many right by chance.
    chance
        The null distribution ``p`` was taken from.
    distribution
        Each possible number right with its probability by chance, rising.
    """

    shown: int
    helpful: int
    right: int
    p: float
    chance: Literal["hypergeometric", "binomial"]
    distribution: tuple[tuple[int, float], ...]

    def summary(self) -> str:
        """Say the result in one sentence."""
        return (
            f"{self.right} of {self.shown} guessed right; by chance as many or more {100 * self.p:.0f} times in 100"
            f" ({say_p(self.p)}, {self.chance})."
        )


@dataclass(frozen=True, kw_only=True)
class OwnView(Result):
    """What the guesser's own rating says of a segment that was guessed.

    Parameters
    ----------
    mean, coverage
        Of the guesser's own trace over it.
    overlap_s
        Seconds it shares with the nearest of the guesser's own extremes; 0 where it shares none.
    own_kind
        Kind of that extreme, or None.
    """

    mean: float
    coverage: float
    overlap_s: float
    own_kind: Kind | None

    def summary(self) -> str:
        """Say the result in one sentence."""
        mean = "did not rate it" if math.isnan(self.mean) else f"rated it {self.mean:.1f}"
        if self.own_kind is None:
            return f"The guesser {mean}; it meets none of the guesser's own extremes."
        return f"The guesser {mean}; {self.overlap_s:g} s of it are among the guesser's own {self.own_kind} ones."


def score_guess(truth: Sequence[Kind], guesses: Sequence[Kind], *, numbers_told: bool) -> GuessScore:
    r"""Score blind guesses against chance, exactly.

    Parameters
    ----------
    truth, guesses
        Kind of each segment that was shown, and what was guessed; vetoed segments are not shown and stand in neither.
    numbers_told
        Whether the guesser was told how many of each kind there are (cards to be sorted three and three).

    Returns
    -------
    GuessScore

    Raises
    ------
    ValueError
        For no segment, unequal lengths or another word than "helpful" and "hindering".

    Notes
    -----
    Told the numbers, a guesser who names g of n segments helpful, k of which are, gets X of them right by chance with

    .. math:: P(X = x) = \binom{k}{x} \binom{n-k}{g-x} / \binom{n}{g}

    and ``n − k − g + 2 X`` in all: 0, 2, 4 or 6 of three and three. Not told, each is right with probability ½.
    Fisher 1935, The Design of Experiments, chapter 2 (the lady who told three and three of her cups of tea).

    Examples
    --------
    >>> truth = ("helpful", "helpful", "helpful", "hindering", "hindering", "hindering")
    >>> guess = ("helpful", "helpful", "hindering", "helpful", "hindering", "hindering")
    >>> score_guess(truth, guess, numbers_told=True).p, score_guess(truth, guess, numbers_told=False).p
    (0.5, 0.34375)
    """
    n = len(truth)
    if n == 0 or len(guesses) != n:
        raise ValueError(f"guesses: expected one for each of at least one segment, got {len(guesses)} for {n}")
    for parameter, kinds in (("truth", truth), ("guesses", guesses)):
        if not set(kinds) <= set(KINDS):
            raise ValueError(f"{parameter}: expected only {' and '.join(KINDS)}, got {sorted(set(kinds) - set(KINDS))}")
    right = sum(true == guess for true, guess in zip(truth, guesses, strict=True))
    k, g = list(truth).count("helpful"), list(guesses).count("helpful")
    return _score(n, k, g, right, numbers_told=numbers_told)


def score_counts(right: int, shown: int, *, numbers_told: bool) -> GuessScore:
    """Score guesses of which no more is known than how many were right.

    Parameters
    ----------
    right, shown
        How many were guessed right, of how many segments.
    numbers_told
        Whether the guesser sorted by known numbers: as many helpful segments as hindering ones.

    Returns
    -------
    GuessScore

    Raises
    ------
    ValueError
        For no segment, more right than were shown, and, told the numbers, what cannot be: an odd number of either.

    Examples
    --------
    >>> score_counts(4, 6, numbers_told=True).p, score_counts(4, 6, numbers_told=False).p
    (0.5, 0.34375)
    """
    if not 0 <= right <= shown or shown < 1:
        raise ValueError(f"right: expected 0 to {shown} of at least one segment, got {right}")
    if numbers_told and (right % 2 or shown % 2):
        raise ValueError(f"right: expected even numbers, sorted into as many of each kind, got {right} of {shown}")
    return _score(shown, shown // 2, shown // 2, right, numbers_told=numbers_told)


def _score(n: int, k: int, g: int, right: int, *, numbers_told: bool) -> GuessScore:
    """Score `right` of n segments, k of them helpful and g guessed so."""
    if numbers_told:
        ways = {
            n - k - g + 2 * x: math.comb(k, x) * math.comb(n - k, g - x)
            for x in range(max(0, g + k - n), min(k, g) + 1)
        }
    else:
        ways = {right: math.comb(n, right) for right in range(n + 1)}
    total = sum(ways.values())
    return GuessScore(
        shown=n,
        helpful=k,
        right=right,
        p=sum(count for score, count in ways.items() if score >= right) / total,
        chance="hypergeometric" if numbers_told else "binomial",
        distribution=tuple((score, count / total) for score, count in sorted(ways.items())),
    )


def view_own(trace: Trace, own_extremes: Sequence[Extreme], segments: Sequence[Segment]) -> tuple[OwnView, ...]:
    """Say what the guesser's own rating says of each segment that was guessed.

    Does she guess the client, or repeat herself?

    Parameters
    ----------
    trace
        The guesser's own rating of the recording.
    own_extremes
        Those picked from it.
    segments
        What was shown.

    Examples
    --------
    >>> trace = Trace(values=[50.0] * 30 + [90.0] * 30, step_s=1.0)
    >>> view_own(trace, (), [Segment(20.0, 40.0)])
    (OwnView(mean=70.0, coverage=1.0, overlap_s=0.0, own_kind=None),)
    """
    views = []
    for segment in segments:
        mean, coverage = mean_over(trace, segment)
        overlaps = [(-segment.gap_s(extreme.segment), extreme.kind) for extreme in own_extremes]
        overlap_s, kind = max(overlaps, default=(0.0, None), key=lambda overlap: overlap[0])
        shared = overlap_s > 0
        views.append(
            OwnView(
                mean=mean,
                coverage=coverage,
                overlap_s=overlap_s if shared else 0.0,
                own_kind=kind if shared else None,
            )
        )
    return tuple(views)
