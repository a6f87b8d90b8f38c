"""Moment-by-moment ratings of psychotherapy sessions.

What is named here is loaded when it is first asked for, so that `import dialogram` costs next to nothing.

Examples
--------
>>> import dialogram
>>> a = dialogram.Trace(values=[40.0, 50.0, 60.0, 55.0], step_s=1.0, name="client")
>>> b = dialogram.Trace(values=[45.0, 50.0, 70.0, 55.0], step_s=1.0, name="therapist")
>>> dialogram.compare(a, b).level.difference
3.75
"""

from importlib import import_module
from typing import TYPE_CHECKING

from dialogram._version import __version__

if TYPE_CHECKING:
    from dialogram.analysis import (
        ActorPartner,
        Coefficient,
        CohortResult,
        DiscrepancyRule,
        DyadCongruence,
        DyadResult,
        Exclusion,
        Extreme,
        Extremes,
        ExtremesRule,
        GuessPool,
        GuessScore,
        JudgedDyad,
        MetaAnalysis,
        MetaRegression,
        PseudoDyads,
        RandomEffects,
        RepeatedMeasures,
        ResponseSurface,
        TrackingAt,
        TruthAndBias,
        compare,
        compare_with_pseudo_dyads,
        correlate_within,
        find_discrepancies,
        fit_actor_partner,
        fit_actor_partner_by_role,
        fit_response_surface,
        fit_truth_and_bias,
        meta_analyse,
        meta_regress,
        pick_extremes,
        pool_guesses,
        profile_tracking,
        score_guess,
        study_cohort,
    )
    from dialogram.archive import CohortColumns, TableError, read_cohort, read_traces, write_traces
    from dialogram.timeline import HELPFULNESS, Scale, Segment, Trace

_HOMES = {
    "dialogram.analysis": (
        "ActorPartner",
        "Coefficient",
        "CohortResult",
        "DiscrepancyRule",
        "DyadCongruence",
        "DyadResult",
        "Exclusion",
        "Extreme",
        "Extremes",
        "ExtremesRule",
        "GuessPool",
        "GuessScore",
        "JudgedDyad",
        "MetaAnalysis",
        "MetaRegression",
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
        "meta_analyse",
        "meta_regress",
        "pick_extremes",
        "pool_guesses",
        "profile_tracking",
        "score_guess",
        "study_cohort",
    ),
    "dialogram.archive": ("CohortColumns", "TableError", "read_cohort", "read_traces", "write_traces"),
    "dialogram.timeline": ("HELPFULNESS", "Scale", "Segment", "Trace"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "HELPFULNESS",
    "ActorPartner",
    "Coefficient",
    "CohortColumns",
    "CohortResult",
    "DiscrepancyRule",
    "DyadCongruence",
    "DyadResult",
    "Exclusion",
    "Extreme",
    "Extremes",
    "ExtremesRule",
    "GuessPool",
    "GuessScore",
    "JudgedDyad",
    "MetaAnalysis",
    "MetaRegression",
    "PseudoDyads",
    "RandomEffects",
    "RepeatedMeasures",
    "ResponseSurface",
    "Scale",
    "Segment",
    "TableError",
    "Trace",
    "TrackingAt",
    "TruthAndBias",
    "__version__",
    "compare",
    "compare_with_pseudo_dyads",
    "correlate_within",
    "find_discrepancies",
    "fit_actor_partner",
    "fit_actor_partner_by_role",
    "fit_response_surface",
    "fit_truth_and_bias",
    "meta_analyse",
    "meta_regress",
    "pick_extremes",
    "pool_guesses",
    "profile_tracking",
    "read_cohort",
    "read_traces",
    "score_guess",
    "study_cohort",
    "write_traces",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
