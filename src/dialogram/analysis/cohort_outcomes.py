"""What is known of a session afterwards, held against how both rated it: a cohort's further questions."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialogram.analysis.cohort_block import MeasuredDyad
from dialogram.analysis.plain import plain
from dialogram.analysis.response_surface import ResponseSurface, fit_response_surface
from dialogram.analysis.session_parts import WINDOW_S, PeakEnd, regress_on_measured


@dataclass(frozen=True, kw_only=True)
class WholeRating:
    """What the truth's rating of sessions as a whole has to do with the truth's own traces.

    Parameters
    ----------
    name
        What the rating is called.
    parts
        Held against mean, peak, trough and end.
    """

    name: str
    parts: PeakEnd

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined."""
        return {"name": self.name, **self.parts.to_dict()}

    def summary(self) -> str:
        """Say the result in plain sentences."""
        return f"{self.name}: {self.parts.summary()}"


@dataclass(frozen=True, kw_only=True)
class OutcomeSurface:
    """How an outcome depends on how high truth and judge rate a session, and on whether they part.

    Parameters
    ----------
    outcome
        What it is called.
    centre
        The mean of both raters over all sessions, in scale units.
    truth, judge
        Mean rating of each session less that, over the bins that both rated: x and y of the surface.
    surface
        What was found.
    """

    outcome: str
    centre: float
    truth: tuple[float, ...]
    judge: tuple[float, ...]
    surface: ResponseSurface

    def to_dict(self) -> dict[str, Any]:
        """Unrounded, None where a number is not defined; the sessions' own means are left out."""
        return {"outcome": self.outcome, "centre": self.centre, **plain(self.surface)}

    def summary(self) -> str:
        """Say the result in one sentence."""
        return f"{self.outcome} by how high the truth (x) and the judge (y) rate: {self.surface.summary()}"


def regress_rating(dyads: Sequence[MeasuredDyad], name: str, *, clusters: Sequence[Hashable] | None) -> WholeRating:
    """Hold what is called so, known of each dyad or not, against the parts of the truth's trace."""
    parts = regress_on_measured(
        _known(dyads, name), [dyad.parts for dyad in dyads], window_s=WINDOW_S, clusters=clusters
    )
    return WholeRating(name=name, parts=parts)


def fit_outcome(dyads: Sequence[MeasuredDyad], name: str, *, clusters: Sequence[Hashable] | None) -> OutcomeSurface:
    """Fit the response surface of what is called so over the mean ratings of truth and judge."""
    outcome = np.array(_known(dyads, name))
    whole = np.isfinite(outcome)
    judge, truth = np.array([dyad.levels for dyad in dyads])[whole].T
    centre = float(np.concatenate([judge, truth]).mean()) if whole.any() else math.nan
    surface = fit_response_surface(
        truth - centre,
        judge - centre,
        outcome[whole],
        clusters=clusters and [clusters[int(at)] for at in np.flatnonzero(whole)],
    )
    return OutcomeSurface(
        outcome=name,
        centre=centre,
        truth=tuple((truth - centre).tolist()),
        judge=tuple((judge - centre).tolist()),
        surface=surface,
    )


def _known(dyads: Sequence[MeasuredDyad], name: str) -> list[float]:
    return [dyad.sums.moderators.get(name, math.nan) for dyad in dyads]
