from collections.abc import Callable, Hashable, Sequence
from functools import partial

import numpy as np

from dialogram._version import __version__
from dialogram.analysis.cohort_block import CohortBlock, DyadCongruence, MeasuredDyad, measure_block
from dialogram.analysis.cohort_outcomes import fit_outcome, regress_rating
from dialogram.analysis.cohort_result import CohortResult, Units
from dialogram.analysis.cohort_screening import Exclusion, Question, Seen, Unanswered
from dialogram.analysis.dyad import Software
from dialogram.analysis.dyad_bootstrap import FEW_UNITS, LEAST_UNITS, SEED
from dialogram.analysis.dyad_groups import (
    Grouping,
    find_fault_of_clients,
    find_fault_of_therapists,
    have_several_sessions,
)
from dialogram.analysis.dyad_sums import DyadSums
from dialogram.analysis.judged_dyad import JudgedDyad
from dialogram.analysis.meta_analysis import MetaAnalysis, MetaRegression, meta_analyse, meta_regress
from dialogram.analysis.moderators import choose_moderators, know_of
from dialogram.analysis.pseudo_dyads import PseudoDyads, part_into_blocks, person_of, weigh_pairs
from dialogram.analysis.tracking_profile import TrackingProfile, fit_profile
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


def study_cohort(
    dyads: Sequence[JudgedDyad],
    *,
    moderators: Sequence[str] = (),
    within_therapists: bool = False,
    whole_rating: str | None = None,
    outcome: str | None = None,
    profile: bool = False,
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
        Whether dyads lie within therapists. Where a client has several sessions, each a dyad here, that counts in any
        case.
    whole_rating
        Name of the truth's rating of the session as a whole among what is known of the dyads.
    outcome
        Name of an outcome there.
    profile
        Whether to fit Truth-and-Bias also at other lags and widths of bins, 28 times as much work.

    Returns
    -------
    CohortResult

    Raises
    ------
    ValueError
        For fewer than two dyads with two ratings that vary. What else the data cannot answer is ``unanswered``: a
        moderator that does not vary or is known of too few dyads, therapists with one dyad each, and what
        :func:`dialogram.analysis.session_parts.regress_on_parts` and
        :func:`dialogram.analysis.response_surface.fit_response_surface` refuse.

    Notes
    -----
    What was sampled are therapists, where dyads lie within them, else clients: Truth-and-Bias has random effects for
    either, every other model errors by clusters of dyads (:func:`dialogram.analysis.clustered.weigh_clusters`).

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
    blocks = [measure_block(dyads[first:end], profile=profile) for first, end in part_into_blocks(len(dyads))]
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
    congruences = [dyad.congruence for dyad in kept]
    enough = _worth_enough(congruences)
    faults: list[Unanswered] = []
    usable, unusable = choose_moderators([dyad.moderators for dyad in sums], moderators)
    faults += [Unanswered(question="moderators", name=name, reason=reason) for name, reason in unusable.items()]
    moderated = _with_all(sums, usable)
    excluded += _without(sums, usable, of="the models with moderators")
    excluded += _without(sums, [whole_rating] if whole_rating else [], of="the parts of the session")
    excluded += _without(sums, [outcome] if outcome else [], of="the response surface")
    excluded += [
        Exclusion(
            dyad=each.dyad,
            reason=f"of meta-analysis and pseudo-dyads: worth {each.n_effective:.1f} independent pairs, under 6",
        )
        for each in congruences
        if not each.n_effective >= LEAST_EFFECTIVE_N
    ]

    grouping = Grouping(within_clients=have_several_sessions(sums), within_therapists=within_therapists)
    if grouping.within_clients and (fault := find_fault_of_clients(sums)):
        faults.append(Unanswered(question="clients", name="", reason=fault))
    if within_therapists and (fault := find_fault_of_therapists(sums)):
        faults.append(Unanswered(question="therapists", name="", reason=fault))
    grouping = grouping.among(sums)
    clusters = grouping.clusters(sums)
    regression, unfit = _regress(enough, moderated, usable, grouping)
    rated = _try(faults, "whole_rating", whole_rating, partial(regress_rating, kept, clusters=clusters))
    surface = _try(faults, "outcome_surface", outcome, partial(fit_outcome, kept, clusters=clusters))
    fit = partial(_fit, grouping=grouping)
    worth = {each.dyad for each in enough}
    of_enough = [dyad for dyad in sums if dyad.name in worth]
    meta = pool_congruences(congruences, clusters=grouping.among(of_enough).clusters(of_enough))
    if meta is None:
        why = f"expected at least two dyads worth six independent pairs, found {len(enough)}"
        faults.append(Unanswered(question="meta", name="", reason=why))
    strangers = _try(faults, "pseudo_dyads", "", lambda _: _against_strangers(blocks, worth))
    return CohortResult(
        dyads=len(kept),
        excluded=tuple(excluded),
        unanswered=(*faults, *unfit),
        units=Units(what=grouping.unit, count=len(set(clusters)) if clusters else len(kept)),
        per_dyad=tuple(congruences),
        meta=meta,
        meta_regression=regression,
        iid=fit(sums, residuals="iid"),
        ar1=fit(sums, residuals="ar1"),
        moderated_iid=fit(moderated, residuals="iid", moderators=usable) if usable else None,
        moderated_ar1=fit(moderated, residuals="ar1", moderators=usable) if usable else None,
        pseudo_dyads=strangers,
        tracking_profile=tuple(_profile(kept, residuals, grouping, usable) for residuals in ("iid", "ar1"))
        if all(dyad.profile for dyad in kept)
        else (),
        whole_rating=rated,
        outcome_surface=surface,
        software=Software(version=__version__, rules=dict(COHORT_RULES)),
    )


def _try[Answer](
    faults: list[Unanswered], question: Question, name: str | None, answer: Callable[[str], Answer]
) -> Answer | None:
    """Answer a question about what is called so; where the data cannot, note why."""
    if name is None:
        return None
    try:
        return answer(name)
    except ValueError as error:
        faults.append(Unanswered(question=question, name=name, reason=str(error)))
        return None


def pool_congruences(
    congruences: Sequence[DyadCongruence], *, clusters: Sequence[Hashable] | None = None
) -> MetaAnalysis | None:
    """Pool those dyads that are worth enough independent pairs; None for fewer than two of them.

    Whose these are stands in `clusters`, where it makes some of them alike.
    """
    enough = _worth_enough(congruences)
    return meta_analyse(*_effects(enough), clusters=clusters) if len(enough) > 1 else None


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
    dyads: Sequence[DyadSums], *, residuals: Residuals, grouping: Grouping, moderators: Sequence[str] = ()
) -> TruthAndBias:
    grouping = grouping.among(dyads)
    units = len(set(grouping.clusters(dyads) or [dyad.name for dyad in dyads]))
    seed = SEED if LEAST_UNITS + len(moderators) <= units <= FEW_UNITS else None
    return fit_sums(dyads, residuals=residuals, moderators=moderators, seed=seed, **vars(grouping))


def _profile(
    dyads: Sequence[MeasuredDyad], residuals: Residuals, grouping: Grouping, moderators: Sequence[str]
) -> TrackingProfile:
    return fit_profile([dyad.profile for dyad in dyads], residuals=residuals, moderators=moderators, grouping=grouping)


def _effects(congruences: Sequence[DyadCongruence]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([each.z for each in congruences]), np.array([each.v for each in congruences])


def _regress(
    congruences: Sequence[DyadCongruence], moderated: Sequence[DyadSums], names: Sequence[str], grouping: Grouping
) -> tuple[MetaRegression | None, list[Unanswered]]:
    """Regress on those of the moderators that can be judged by the dyads that are worth enough."""
    known = {dyad.name: dyad for dyad in moderated}
    used = [each for each in congruences if each.dyad in known]
    dyads = [known[each.dyad] for each in used]
    usable, unusable = choose_moderators([dyad.moderators for dyad in dyads], names)
    unfit = [
        Unanswered(question="meta_regression", name=name, reason=f"of the dyads worth six independent pairs, {reason}")
        for name, reason in unusable.items()
    ]
    if not usable:
        return None, unfit
    values = dict(zip(usable, know_of([dyad.moderators for dyad in dyads], usable).T, strict=True))
    return meta_regress(*_effects(used), values, clusters=grouping.among(dyads).clusters(dyads)), unfit


def _with_all(dyads: Sequence[DyadSums], names: Sequence[str]) -> list[DyadSums]:
    whole = np.isfinite(know_of([dyad.moderators for dyad in dyads], names)).all(axis=1)
    return [dyad for dyad, is_whole in zip(dyads, whole, strict=True) if is_whole]


def _without(kept: Sequence[DyadSums], names: Sequence[str], *, of: str) -> list[Exclusion]:
    missing = np.isnan(know_of([dyad.moderators for dyad in kept], names))
    return [
        Exclusion(dyad=dyad.name, reason=f"of {of}: no {names[int(np.argmax(row))]!r}")
        for dyad, row in zip(kept, missing, strict=True)
        if row.any()
    ]


def _against_strangers(blocks: Sequence[CohortBlock], enough: set[str]) -> PseudoDyads:
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
    if (count := len(set(persons))) < 3:
        raise ValueError(
            f"expected at least three dyads of different people worth six independent pairs, found {count}"
        )
    if len(steps := {round(dyad.step_s, 9) for dyad in dyads}) > 1:
        widths = " and ".join(f"{step:g} s" for step in sorted(steps))
        raise ValueError(f"expected bins of one width in all dyads, found {widths}")
    return weigh_pairs(parts, persons)
