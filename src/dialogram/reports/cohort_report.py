from dataclasses import dataclass

from dialogram.analysis import CohortGuesses, CohortResult


@dataclass(frozen=True, kw_only=True)
class CohortReport:
    """All that a report on many dyads tells.

    Parameters
    ----------
    result
        Of studying them.
    judge, truth
        What the one who should notice is called, and the one whose experience counts.
    guesses
        How well the judges told the other's helpful segments from the hindering ones, where they were asked.
    title
        Default: how many dyads there are.
    subtitle
        The study.
    """

    result: CohortResult
    judge: str = "judge"
    truth: str = "truth"
    guesses: CohortGuesses | None = None
    title: str = ""
    subtitle: str = ""
