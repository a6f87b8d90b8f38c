"""Statistics, one topic a file; numpy and scipy only."""

from dialogram.analysis.actor_partner import ActorPartner, fit_actor_partner, fit_actor_partner_by_role
from dialogram.analysis.coefficient import Coefficient
from dialogram.analysis.cohort import CohortResult, DyadCongruence, study_cohort
from dialogram.analysis.cohort_screening import Exclusion
from dialogram.analysis.delay import take_out_delay
from dialogram.analysis.discrepancies import Discrepancy, DiscrepancyRule, find_discrepancies
from dialogram.analysis.dyad import DyadResult, compare
from dialogram.analysis.extremes import Extreme, Extremes, ExtremesRule, pick_extremes
from dialogram.analysis.guess import GuessScore, OwnView, score_guess, view_own
from dialogram.analysis.guess_pool import GuessPool, pool_guesses
from dialogram.analysis.judged_dyad import JudgedDyad
from dialogram.analysis.meta_analysis import MetaAnalysis, MetaRegression, meta_analyse, meta_regress
from dialogram.analysis.pseudo_dyads import PseudoDyads, compare_with_pseudo_dyads
from dialogram.analysis.reaction import Following, measure_following
from dialogram.analysis.repeated_measures import RepeatedMeasures, correlate_within
from dialogram.analysis.response_surface import ResponseSurface, fit_response_surface
from dialogram.analysis.segment_mean import mean_over
from dialogram.analysis.tracking_profile import TrackingAt, profile_tracking
from dialogram.analysis.truth_and_bias import RandomEffects, TruthAndBias, fit_truth_and_bias

__all__ = [
    "ActorPartner",
    "Coefficient",
    "CohortResult",
    "Discrepancy",
    "DiscrepancyRule",
    "DyadCongruence",
    "DyadResult",
    "Exclusion",
    "Extreme",
    "Extremes",
    "ExtremesRule",
    "Following",
    "GuessPool",
    "GuessScore",
    "JudgedDyad",
    "MetaAnalysis",
    "MetaRegression",
    "OwnView",
    "PseudoDyads",
    "RandomEffects",
    "RepeatedMeasures",
    "ResponseSurface",
    "TrackingAt",
    "TruthAndBias",
    "compare",
    "compare_with_pseudo_dyads",
    "correlate_within",
    "find_discrepancies",
    "fit_actor_partner",
    "fit_actor_partner_by_role",
    "fit_response_surface",
    "fit_truth_and_bias",
    "mean_over",
    "measure_following",
    "meta_analyse",
    "meta_regress",
    "pick_extremes",
    "pool_guesses",
    "profile_tracking",
    "score_guess",
    "study_cohort",
    "take_out_delay",
    "view_own",
]
