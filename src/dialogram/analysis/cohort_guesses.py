from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dialogram.analysis.guess import GuessScore
from dialogram.analysis.guess_model import GuessModel, model_guesses
from dialogram.analysis.guess_pool import GuessPool, pool_guesses


@dataclass(frozen=True, kw_only=True)
class CohortGuesses:
    """The guesses of many dyads.

    Parameters
    ----------
    pool
        Whether they are better than chance, exactly.
    model
        How often the average therapist is right, and how much therapists differ; None where that cannot be told.
    why_not
        The reason then.
    """

    pool: GuessPool
    model: GuessModel | None
    why_not: str

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return {"pool": self.pool.to_dict(), "model": self.model and self.model.to_dict(), "why_not": self.why_not}

    def summary(self) -> str:
        """Say both in plain sentences."""
        return f"{self.pool.summary()} {self.model.summary() if self.model else f'Not modelled: {self.why_not}.'}"


def study_guesses(scores: Sequence[GuessScore], therapists: Sequence[str]) -> CohortGuesses:
    """Study the guesses of many dyads: pooled against chance, and with therapists who differ.

    Parameters
    ----------
    scores, therapists
        One of each dyad, and who guessed.

    Returns
    -------
    CohortGuesses

    Raises
    ------
    ValueError
        For no score.

    Notes
    -----
    See :func:`dialogram.analysis.guess_pool.pool_guesses` and :func:`dialogram.analysis.guess_model.model_guesses`.

    Examples
    --------
    >>> from dialogram.analysis.guess import score_guess
    >>> truth = ("helpful", "hindering") * 3
    >>> one, other = truth[:5] + ("helpful",), ("hindering", "helpful") + truth[2:]
    >>> scores = [score_guess(truth, guess, numbers_told=False) for guess in (one, one, other, other, one, other)]
    >>> guesses = study_guesses(scores, ["a", "a", "b", "b", "c", "c"])
    >>> guesses.pool.right, round(guesses.model.corrected, 2)
    (27, 0.5)
    >>> study_guesses(scores, ["a"] * 6).why_not
    'therapists: expected at least two, got 1'
    """
    pool = pool_guesses(scores)
    try:
        return CohortGuesses(pool=pool, model=model_guesses(scores, therapists), why_not="")
    except ValueError as error:
        return CohortGuesses(pool=pool, model=None, why_not=str(error))
