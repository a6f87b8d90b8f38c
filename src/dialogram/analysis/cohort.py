import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from dialogram._version import __version__
from dialogram.analysis.cohort_block import CohortBlock, DyadCongruence, MeasuredDyad, measure_block
from dialogram.analysis.cohort_outcomes import OutcomeSurface, WholeRating, fit_outcome, regress_rating
from dialogram.analysis.cohort_screening import Exclusion, Seen
from dialogram.analysis.dyad import Software
from dialogram.analysis.dyad_bootstrap import FEW_UNITS, LEAST_UNITS, SEED
from dialogram.analysis.dyad_sums import DyadSums
from dialogram.analysis.judged_dyad import JudgedDyad
from dialogram.analysis.meta_analysis import MetaAnalysis, MetaRegression, meta_analyse, meta_regress
from dialogram.analysis.plain import none_for_nan, plain
from dialogram.analysis.pseudo_dyads import PseudoDyads, part_into_blocks, person_of, weigh_pairs
from dialogram.analysis.truth_and_bias import Residuals, TruthAndBias, fit_sums

COHORT_RULES = {
    "screening": "cohort-screening/1",
    "pseudo_dyads": "pseudo-dyads/2",
    "session_parts": "session-parts/1",
    "bootstrap": "dyad-bootstrap/2",
}
"""Versions of the rules by which dyads are measured and left out."""
LEAST_EFFECTIVE_N = 6.0
"""A dyad worth fewer independent pairs is left out of the meta-analysis: 1/(N* − 3) is no variance any more."""


@dataclass(frozen=True, kw_only=True)
class CohortResult:
    """Congruence over many dyads.

    Parameters
    ----------
    dyads
        How many are in the models.
    excluded
        Which were left out, of everything or of what the reason names.
    per_dyad
        Each dyad's congruence.
    meta, meta_regression
        Two-stage: pooled, and regressed on the moderators; None without dyads enough, or without moderators.
    iid, ar1
        One-stage: Truth-and-Bias, each bin for itself and each following the one before.
    moderated_iid, moderated_ar1
        The same with the moderators of bias and tracking; None without.
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
    per_dyad: tuple[DyadCongruence, ...]
    meta: MetaAnalysis | None
    meta_regression: MetaRegression | None
    iid: TruthAndBias
    ar1: TruthAndBias
    moderated_iid: TruthAndBias | None
    moderated_ar1: TruthAndBias | None
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
            "per_dyad": [plain(each) for each in self.per_dyad],
            "meta": self.meta and self.meta.to_dict(),
            "meta_regression": none_for_nan([plain(each) for each in regression.coefficients] if regression else []),
            "truth_and_bias": {
                "iid": _with_moderators(self.iid, self.moderated_iid),
                "ar1": _with_moderators(self.ar1, self.moderated_ar1),
            },
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
        )
        afterwards = (self.whole_rating, self.outcome_surface)
        meaning = (
            "The two slopes answer two questions: how the judges follow the truth over the session, and how they follow"
            " its quick moves at once. Neither corrects the other."
        )
        left_out = [f"Left out: dyad {each.dyad}, {each.reason}." for each in self.excluded]
        told, more = ([one.summary() for one in of if one is not None] for of in (results, afterwards))
        return "\n".join([*told, meaning, *more, *left_out])


def study_cohort(
    dyads: Sequence[JudgedDyad],
    *,
    moderators: Sequence[str] = (),
    within_therapists: bool = False,
    whole_rating: str | None = None,
    outcome: str | None = None,
) -> CohortResult:
    """Study the congruence of many dyads: pooled, in one model, and against people who never met.

    Parameters
    ----------
    dyads
        As they were rated. Flat, empty and duplicated ratings are left out, with the reason; so are dyads without a
        moderator, of the models with moderators.
    moderators
        Names of moderators to look at.
    within_therapists
        Whether dyads lie within therapists, in the Truth-and-Bias model.
    whole_rating
        Name of the truth's rating of the session as a whole among what is known of the dyads.
    outcome
        Name of an outcome there.

    Returns
    -------
    CohortResult

    Raises
    ------
    ValueError
        For fewer than two dyads with two ratings that vary, a moderator that does not vary or too many of them, and as
        :func:`dialogram.analysis.truth_and_bias.fit_truth_and_bias`,
        :func:`dialogram.analysis.session_parts.regress_on_parts` and
        :func:`dialogram.analysis.response_surface.fit_response_surface`.

    Notes
    -----
    See :func:`dialogram.analysis.meta_analysis.meta_analyse` with the effective number of pairs of
    :func:`dialogram.analysis.effective_n.effective_n_of_pairs`,
    :func:`dialogram.analysis.truth_and_bias.fit_truth_and_bias` and
    :func:`dialogram.analysis.pseudo_dyads.compare_with_pseudo_dyads`.

    Examples
    --------
    >>> from dialogram.timeline import Trace
    >>> rng = np.random.default_rng(5)
    >>> dyads = []
    >>> for name in "abcdefgh":
    ...     truth = 50 + 5 * rng.normal(size=200)
    ...     judge = Trace(values=truth + 5 * rng.normal(size=200), step_s=1)
    ...     dyads.append(JudgedDyad(name=name, judge=judge, truth=Trace(values=truth, step_s=1)))
    >>> result = study_cohort(dyads)
    >>> result.dyads, round(result.meta.r, 1), round(result.iid.tracking.b, 1)
    (8, 0.7, 1.0)
    """
    blocks = [measure_block(dyads[first:end]) for first, end in part_into_blocks(len(dyads))]
    return study_blocks(
        blocks,
        moderators=moderators,
        within_therapists=within_therapists,
        whole_rating=whole_rating,
        outcome=outcome,
    )


def study_blocks(
    blocks: Sequence[CohortBlock],
    *,
    moderators: Sequence[str],
    within_therapists: bool,
    whole_rating: str | None,
    outcome: str | None,
) -> CohortResult:
    """Study a cohort whose blocks were measured already, wherever that was."""
    kept, excluded = _screen(blocks)
    if len(kept) < 2:
        reasons = "".join(f"; dyad {each.dyad}: {each.reason}" for each in excluded[:1])
        raise ValueError(f"cohort: expected at least two dyads with two ratings that vary, found {len(kept)}{reasons}")
    sums = [dyad.sums for dyad in kept]
    moderated = [
        dyad for dyad in sums if all(math.isfinite(dyad.moderators.get(name, math.nan)) for name in moderators)
    ]
    least = 2 + len(moderators)
    if moderators and len(moderated) < least:
        raise ValueError(
            f"moderators: expected numbers of {', '.join(map(repr, moderators))} of at least {least} dyads,"
            f" found {len(moderated)}"
        )
    excluded += _without(sums, moderators, of="the models with moderators")
    excluded += _without(sums, [whole_rating] if whole_rating else [], of="the parts of the session")
    excluded += _without(sums, [outcome] if outcome else [], of="the response surface")
    rated = regress_rating(kept, whole_rating) if whole_rating else None
    surface = fit_outcome(kept, outcome) if outcome else None
    congruences = [dyad.congruence for dyad in kept]
    enough = _worth_enough(congruences)
    excluded += [
        Exclusion(
            dyad=each.dyad,
            reason=f"of meta-analysis and pseudo-dyads: worth {each.n_effective:.1f} independent pairs, under 6",
        )
        for each in congruences
        if not each.n_effective >= LEAST_EFFECTIVE_N
    ]
    fit = partial(_fit, within_therapists=within_therapists)
    return CohortResult(
        dyads=len(kept),
        excluded=tuple(excluded),
        per_dyad=tuple(congruences),
        meta=pool_congruences(congruences),
        meta_regression=_regress(enough, moderated, moderators) if moderators else None,
        iid=fit(sums, residuals="iid", moderators=()),
        ar1=fit(sums, residuals="ar1", moderators=()),
        moderated_iid=fit(moderated, residuals="iid", moderators=moderators) if moderators else None,
        moderated_ar1=fit(moderated, residuals="ar1", moderators=moderators) if moderators else None,
        pseudo_dyads=_against_strangers(blocks, {each.dyad for each in enough}),
        whole_rating=rated,
        outcome_surface=surface,
        software=Software(version=__version__, rules=dict(COHORT_RULES)),
    )


def pool_congruences(congruences: Sequence[DyadCongruence]) -> MetaAnalysis | None:
    """Pool those dyads that are worth enough independent pairs; None for fewer than two of them."""
    enough = _worth_enough(congruences)
    return meta_analyse(*_effects(enough)) if len(enough) > 1 else None


def _worth_enough(congruences: Sequence[DyadCongruence]) -> list[DyadCongruence]:
    return [each for each in congruences if each.n_effective >= LEAST_EFFECTIVE_N]


def _screen(blocks: Sequence[CohortBlock]) -> tuple[list[MeasuredDyad], list[Exclusion]]:
    """Leave out dyads that say nothing about congruence; of two dyads with the same rating the first stays."""
    kept: list[MeasuredDyad] = []
    excluded = []
    names: set[str] = set()
    seen = Seen()
    for dyad in (dyad for block in blocks for dyad in block.dyads):
        name = dyad.dyad if isinstance(dyad, Exclusion) else dyad.name
        if name in names:
            raise ValueError(f"dyads: expected one of each name, got {name!r} twice")
        names.add(name)
        if isinstance(dyad, Exclusion):
            excluded.append(dyad)
        elif twin := seen.find_twin(name, dyad.judge_digest, dyad.truth_digest):
            excluded.append(Exclusion(dyad=name, reason=twin))
        else:
            kept.append(dyad)
    return kept, excluded


def _fit(
    dyads: Sequence[DyadSums], *, residuals: Residuals, moderators: Sequence[str], within_therapists: bool
) -> TruthAndBias:
    units = {dyad.therapist if within_therapists else dyad.name for dyad in dyads}
    seed = SEED if LEAST_UNITS + len(moderators) <= len(units) <= FEW_UNITS else None
    return fit_sums(dyads, residuals=residuals, moderators=moderators, within_therapists=within_therapists, seed=seed)


def _effects(congruences: Sequence[DyadCongruence]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([each.z for each in congruences]), np.array([each.v for each in congruences])


def _regress(
    congruences: Sequence[DyadCongruence], moderated: Sequence[DyadSums], names: Sequence[str]
) -> MetaRegression:
    known = {dyad.name: dyad.moderators for dyad in moderated}
    used = [each for each in congruences if each.dyad in known]
    return meta_regress(*_effects(used), {name: [known[each.dyad][name] for each in used] for name in names})


def _without(kept: Sequence[DyadSums], names: Sequence[str], *, of: str) -> list[Exclusion]:
    missing = (
        (dyad, [name for name in names if not math.isfinite(dyad.moderators.get(name, math.nan))]) for dyad in kept
    )
    return [Exclusion(dyad=dyad.name, reason=f"of {of}: no {them[0]!r}") for dyad, them in missing if them]


def _against_strangers(blocks: Sequence[CohortBlock], enough: set[str]) -> PseudoDyads | None:
    parts, dyads = [], []
    for block in blocks:
        chosen = [
            (at, dyad.sums)
            for at, dyad in enumerate(block.dyads)
            if isinstance(dyad, MeasuredDyad) and dyad.name in enough
        ]
        at = [at for at, _ in chosen]
        parts.append(block.z[np.ix_(at, at)])
        dyads += [dyad for _, dyad in chosen]
    persons = [person_of(dyad) for dyad in dyads]
    steps = {round(dyad.step_s, 9) for dyad in dyads}
    return weigh_pairs(parts, persons) if len(set(persons)) > 2 and len(steps) == 1 else None


def _with_moderators(fit: TruthAndBias, moderated: TruthAndBias | None) -> dict[str, Any]:
    found = fit.to_dict()
    if moderated is not None:
        found["moderators"] = [none_for_nan(plain(each)) for each in moderated.moderators]
        found["moderated_bootstrap"] = moderated.bootstrap and moderated.bootstrap.to_dict()
    return found
