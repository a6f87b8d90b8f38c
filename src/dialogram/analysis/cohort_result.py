from dataclasses import dataclass
from typing import Any

from dialogram.analysis.cohort_block import DyadCongruence
from dialogram.analysis.cohort_outcomes import OutcomeSurface, WholeRating
from dialogram.analysis.cohort_screening import Exclusion, Unanswered
from dialogram.analysis.dyad import Software
from dialogram.analysis.dyad_groups import Unit
from dialogram.analysis.meta_analysis import MetaAnalysis, MetaRegression
from dialogram.analysis.plain import Result, none_for_nan, plain
from dialogram.analysis.pseudo_dyads import PseudoDyads
from dialogram.analysis.tracking_profile import TrackingProfile
from dialogram.analysis.truth_and_bias import TruthAndBias


@dataclass(frozen=True, kw_only=True)
class Units(Result):
    """What was sampled, over which errors are taken: dyads, clients with several sessions, or therapists."""

    what: Unit
    count: int

    def summary(self) -> str:
        """Say the result in one sentence."""
        return f"{self.count} {self.what} were sampled."


@dataclass(frozen=True, kw_only=True)
class CohortResult:
    """Congruence over many dyads.

    Parameters
    ----------
    dyads
        How many are in the models.
    excluded
        Which were left out, of everything or of what the reason names.
    unanswered
        What was asked and cannot be said of these dyads, and why.
    units
        What was sampled.
    per_dyad
        Each dyad's congruence.
    meta, meta_regression
        Two-stage: pooled, and regressed on the moderators; None without dyads enough, or without moderators.
    iid, ar1
        One-stage: Truth-and-Bias, each bin for itself and each following the one before.
    moderated_iid, moderated_ar1
        The same with the moderators of bias and tracking; None without.
    tracking_profile
        Tracking at other lags and widths of bins, each bin for itself and each following the one before; empty where
        that was not asked for.
    pseudo_dyads
        Against people who never met; None for fewer than three dyads of different people, or steps that differ.
    whole_rating
        The truth's rating of the session as a whole against parts of the truth's trace; None where none was named.
    outcome_surface
        An outcome over the ratings of both; None where none was named.
    software
        What made it.
    """

    dyads: int
    excluded: tuple[Exclusion, ...]
    unanswered: tuple[Unanswered, ...]
    units: Units
    per_dyad: tuple[DyadCongruence, ...]
    meta: MetaAnalysis | None
    meta_regression: MetaRegression | None
    iid: TruthAndBias
    ar1: TruthAndBias
    moderated_iid: TruthAndBias | None
    moderated_ar1: TruthAndBias | None
    tracking_profile: tuple[TrackingProfile, ...]
    pseudo_dyads: PseudoDyads | None
    whole_rating: WholeRating | None
    outcome_surface: OutcomeSurface | None
    software: Software

    def to_dict(self) -> dict[str, Any]:
        """As `dialogram cohort --json` prints it: unrounded, None where a number is not defined."""
        regression = self.meta_regression
        return {
            "dyads": self.dyads,
            "excluded": [plain(each) for each in self.excluded],
            "unanswered": [plain(each) for each in self.unanswered],
            "units": plain(self.units),
            "per_dyad": [plain(each) for each in self.per_dyad],
            "meta": self.meta and self.meta.to_dict(),
            "meta_regression": none_for_nan([plain(each) for each in regression.coefficients] if regression else []),
            "truth_and_bias": {
                "iid": _with_moderators(self.iid, self.moderated_iid),
                "ar1": _with_moderators(self.ar1, self.moderated_ar1),
            },
            "tracking_profile": {each.residuals: each.to_dict() for each in self.tracking_profile} or None,
            "pseudo_dyads": self.pseudo_dyads and self.pseudo_dyads.to_dict(),
            "whole_rating": self.whole_rating and self.whole_rating.to_dict(),
            "outcome_surface": self.outcome_surface and self.outcome_surface.to_dict(),
            "software": plain(self.software),
        }

    def summary(self) -> str:
        """Say the result in plain sentences, and who was left out."""
        results = (
            self.meta,
            self.meta_regression,
            self.pseudo_dyads,
            self.moderated_iid or self.iid,
            self.moderated_ar1 or self.ar1,
            *self.tracking_profile,
        )
        afterwards = (self.whole_rating, self.outcome_surface)
        meaning = (
            "The two slopes answer two questions: how the judges follow the truth over the session, and how they follow"
            " its quick moves at once. Neither corrects the other."
        )
        left_out = [f"Left out: dyad {each.dyad}, {each.reason}." for each in self.excluded]
        sampled = (
            [f"The {self.dyads} dyads are of {self.units.count} {self.units.what}: every interval is by these."]
            if self.units.what != "dyads"
            else []
        )
        cannot = [f"Not answered: {each}." for each in self.unanswered]
        told, more = ([one.summary() for one in of if one is not None] for of in (results, afterwards))
        return "\n".join([*sampled, *told, meaning, *more, *cannot, *left_out])


def _with_moderators(fit: TruthAndBias, moderated: TruthAndBias | None) -> dict[str, Any]:
    found = fit.to_dict()
    if moderated is not None:
        found["moderators"] = [none_for_nan(plain(each)) for each in moderated.moderators]
        found["moderated_bootstrap"] = moderated.bootstrap and moderated.bootstrap.to_dict()
    return found
