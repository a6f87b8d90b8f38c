from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram.analysis.guess import GuessScore
from dialogram.analysis.plain import plain
from dialogram.analysis.sentences import say_p


@dataclass(frozen=True, kw_only=True)
class GuessPool:
    """How well the guessers of many dyads told helpful from hindering segments.

    Parameters
    ----------
    dyads, shown, right
        Guesses handed in, segments shown in all, and how many of them were guessed right.
    expected
        How many would be right by chance.
    p
        Probability of at least as many right by chance.
    chance
        Probability by chance of 0, 1, … all right.
    """

    dyads: int
    shown: int
    right: int
    expected: float
    p: float
    chance: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Unrounded."""
        return plain(self)

    def summary(self) -> str:
        """Say the result in one sentence."""
        return (
            f"Over {self.dyads} dyads {self.right} of {self.shown} segments were guessed right, where chance gives"
            f" {self.expected:.1f} ({say_p(self.p)}, exact)."
        )


def pool_guesses(scores: Sequence[GuessScore]) -> GuessPool:
    r"""Pool the guesses of many dyads against chance, exactly.

    Parameters
    ----------
    scores
        One of each dyad; they may differ in what was shown and in how it was asked.

    Returns
    -------
    GuessPool

    Raises
    ------
    ValueError
        For no score.

    Notes
    -----
    By chance the number right in all is a sum of independent numbers, each with the distribution of its own dyad,

    .. math:: P(R = r) = (f_1 * f_2 * \dots * f_k)(r)

    so their convolution is exact, whatever the mixture of hypergeometric and binomial. It takes guessers for
    independent: a therapist with several clients guesses by the same habits, which this p does not know.

    Examples
    --------
    >>> from dialogram.analysis.guess import score_guess
    >>> truth = ("helpful", "helpful", "helpful", "hindering", "hindering", "hindering")
    >>> guess = ("helpful", "helpful", "hindering", "helpful", "hindering", "hindering")
    >>> pool = pool_guesses([score_guess(truth, guess, numbers_told=True)] * 4)
    >>> pool.right, pool.expected, round(pool.p, 3)
    (16, 12.0, 0.127)
    """
    if not scores:
        raise ValueError("scores: expected at least one, got none")
    chance = np.ones(1)
    for score in scores:
        of_one = np.zeros(score.shown + 1)
        for right, probability in score.distribution:
            of_one[right] = probability
        chance = np.convolve(chance, of_one)
    right = sum(score.right for score in scores)
    return GuessPool(
        dyads=len(scores),
        shown=sum(score.shown for score in scores),
        right=right,
        expected=float(chance @ np.arange(chance.size)),
        p=min(1.0, float(chance[right:].sum())),
        chance=tuple(chance.tolist()),
    )
