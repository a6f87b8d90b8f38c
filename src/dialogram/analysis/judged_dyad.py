from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dialogram.analysis.alignment import align
from dialogram.analysis.correlation import Floats
from dialogram.timeline import Trace


@dataclass(frozen=True, kw_only=True)
class JudgedDyad:
    """One of many dyads: a judge's rating, the rating it is held against, and what else is known.

    Parameters
    ----------
    name
        The dyad.
    judge
        The rating of the one who should notice, the therapist's say.
    truth
        That of the one whose experience counts, the client's say; on the same scale, its bins on the same grid.
    therapist, client
        Who they are, where a therapist has several clients, or a client several sessions, each a dyad here.
    moderators
        What is known of the dyad, by name: alliance, sessions so far, outcome.
    """

    name: str
    judge: Trace
    truth: Trace
    therapist: str | None = None
    client: str | None = None
    moderators: Mapping[str, float] = field(default_factory=dict)

    def pairs(self) -> tuple[Floats, Floats]:
        """Give judge and truth on one grid, NaN in both where either is missing.

        Raises
        ------
        ValueError
            When the two do not lie on one grid or one scale.
        """
        try:
            _, (judge, truth) = align(self.judge, self.truth)
        except ValueError as error:
            raise ValueError(f"dyad {self.name!r}: {error}") from error
        missing = np.isnan(judge) | np.isnan(truth)
        return np.where(missing, np.nan, judge), np.where(missing, np.nan, truth)
