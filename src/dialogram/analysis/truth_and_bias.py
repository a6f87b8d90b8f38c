import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from dialogram.analysis.coefficient import Coefficient, weigh_coefficient
from dialogram.analysis.correlation import Floats
from dialogram.analysis.dyad_bootstrap import REPLICATES, DyadBootstrap, draw_units
from dialogram.analysis.dyad_groups import group_dyads
from dialogram.analysis.dyad_sums import DyadSums, sum_dyad
from dialogram.analysis.judged_dyad import JudgedDyad
from dialogram.analysis.mixed_model import MixedFit, MixedModel
from dialogram.analysis.moderators import find_fault_of_moderators, know_of
from dialogram.analysis.plain import Result, none_for_nan, plain
from dialogram.analysis.sentences import say_p

type Residuals = Literal["iid", "ar1"]


@dataclass(frozen=True, kw_only=True)
class RandomEffects(Result):
    """How much dyads, clients or therapists differ: variances of bias and of tracking, and their covariance."""

    var_bias: float
    var_tracking: float
    cov: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        return (
            f"Bias differs by an SD of {math.sqrt(max(self.var_bias, 0.0)):.2f}, tracking by one of"
            f" {math.sqrt(max(self.var_tracking, 0.0)):.2f}."
        )


@dataclass(frozen=True, kw_only=True)
class DyadLine(Result):
    """Bias and tracking of one dyad.

    Parameters
    ----------
    dyad
        Its name.
    bias, tracking
        As the model predicts them: drawn towards those of the average dyad, the more the less this one says.
    own_bias, own_tracking
        From this dyad alone: difference of the means, and the slope of judge on truth by least squares.
    r, sd_ratio
        Correlation, and SD of the judge over SD of the truth: ``own_tracking = r · sd_ratio``.
    """

    dyad: str
    bias: float
    tracking: float
    own_bias: float
    own_tracking: float
    r: float
    sd_ratio: float

    def summary(self) -> str:
        """Say the result in one sentence."""
        return f"{self.dyad}: bias {self.bias:.2f}, tracking {self.tracking:.2f} (by itself {self.own_tracking:.2f})."


@dataclass(frozen=True, kw_only=True)
class TruthAndBias:
    """How judges' ratings follow the truth, and how far they lie beside it.

    Parameters
    ----------
    residuals
        ``"iid"``, each bin for itself, or ``"ar1"``, each following the one before. Tracking means something else in
        either: with AR(1) it is how quick moves of the truth are followed at once. Neither corrects the other.
    n, dyads
        Bins and dyads.
    bias
        Directional bias: how much higher than the truth judges rate on average, in scale units.
    tracking
        Slope of judge on truth within a dyad, in scale units per scale unit; it is r times a ratio of spreads, so a
        judge who turns the dial far seems to track well.
    tracking_standardised
        The same with each series in units of its own SD in the dyad.
    moderators
        What bias and tracking go with: change per unit of the moderator, for bias and for tracking.
    between_dyads, between_clients, between_therapists
        Random effects; the latter two where dyads are told to lie within clients or therapists.
    residual
        Variance of a bin round its dyad's line.
    rho, step_s
        Autocorrelation of residuals a step apart, 0 for ``"iid"``, and the step in seconds.
    loglik
        Restricted log-likelihood.
    lines
        Bias and tracking of each dyad.
    bootstrap
        The same coefficients with dyads, or therapists, drawn anew; None where that was not asked for.
    """

    residuals: Residuals
    n: int
    dyads: int
    bias: Coefficient
    tracking: Coefficient
    tracking_standardised: Coefficient
    moderators: tuple[Coefficient, ...]
    between_dyads: RandomEffects
    between_clients: RandomEffects | None
    between_therapists: RandomEffects | None
    residual: float
    rho: float
    step_s: float
    loglik: float
    lines: tuple[DyadLine, ...]
    bootstrap: DyadBootstrap | None = None

    def to_dict(self) -> dict[str, Any]:
        """As `dialogram cohort --json` prints it: unrounded, None where a number is not defined."""
        found: dict[str, Any] = {"n": self.n, "dyads": self.dyads}
        for name in ("bias", "tracking", "tracking_standardised"):
            coefficient: Coefficient = getattr(self, name)
            found[name] = coefficient.b
            found |= {f"{name}_{key}": getattr(coefficient, key) for key in ("se", "df", "p", "ci95")}
        found |= {**plain(self.between_dyads), "residual": self.residual, "loglik": self.loglik}
        if self.residuals == "ar1":
            found |= {"rho": self.rho, "step_s": self.step_s}
        for level in ("between_clients", "between_therapists"):
            if (spread := getattr(self, level)) is not None:
                found[level] = plain(spread)
        if self.moderators:
            found["moderators"] = [plain(moderator) for moderator in self.moderators]
        found["bootstrap"] = self.bootstrap and self.bootstrap.to_dict()
        found["lines"] = [plain(line) for line in self.lines]
        return {key: none_for_nan(value) for key, value in found.items()}

    def summary(self) -> str:
        """Say the result in one sentence."""
        side = "higher" if self.bias.b > 0 else "lower"
        follows = "each bin following the one before" if self.residuals == "ar1" else "each bin for itself"
        moderated = "".join(f"; {moderator}" for moderator in self.moderators)
        return (
            f"Over {self.dyads} dyads judges rate {abs(self.bias.b):.2f} {side} than the truth ({say_p(self.bias.p)})"
            f" and follow it with a slope of {self.tracking.b:.2f} ({say_p(self.tracking.p)}),"
            f" {self.tracking_standardised.b:.2f} in units of SD, {follows}{moderated}."
        )


def fit_truth_and_bias(
    dyads: Sequence[JudgedDyad],
    *,
    residuals: Residuals,
    moderators: Sequence[str] = (),
    within_clients: bool = False,
    within_therapists: bool = False,
    seed: int | None = None,
    replicates: int = REPLICATES,
) -> TruthAndBias:
    r"""Fit West and Kenny's Truth-and-Bias model over many dyads.

    Parameters
    ----------
    dyads
        At least two, each with a judge and a truth that vary over at least three bins that both rated.
    residuals
        ``"iid"`` or ``"ar1"``.
    moderators
        Names of moderators, a number of which every dyad has. They are centred at their mean over the dyads, so that
        bias and tracking are those of an average dyad.
    within_clients
        Whether a dyad is one of several sessions of its client, and bias and tracking differ by client too. One whose
        client is not known is its own.
    within_therapists
        Whether bias and tracking differ by therapist too; every dyad then has a therapist. A client of two therapists
        counts twice.
    seed
        Where there is one, dyads, or clients or therapists with all of theirs, are also drawn anew: an interval that
        assumes no normal distribution, for few dyads.
    replicates
        How many draws, 99 or more.

    Returns
    -------
    TruthAndBias

    Raises
    ------
    ValueError
        For too few dyads, a trace that does not vary, a moderator that is missing or says nothing, no two
        clients or therapists, and fewer than five units or 99 replicates to be drawn.

    Notes
    -----
    .. math:: J_{it} - \bar T_i = (b_0 + u_{0i}) + (b_1 + u_{1i}) (T_{it} - \bar T_i) + e_{it}

    where both are centred on that dyad's mean truth; with moderators ``b_0 + \sum_k c_k M_{ki}`` and likewise for
    ``b_1``; with clients or therapists a further pair of random effects for each. West & Kenny 2011, Psychological
    Review 118, 357–378, doi 10.1037/a0022936. Restricted maximum likelihood with Satterthwaite's degrees of freedom:
    :class:`dialogram.analysis.mixed_model.MixedModel`. For AR(1), lags count in time: bins on both sides of a gap of
    three steps correlate ρ³. Drawn anew: :func:`dialogram.analysis.dyad_bootstrap.draw_units`.

    Examples
    --------
    >>> from dialogram.timeline import Trace
    >>> rng = np.random.default_rng(4)
    >>> def dyad(name):
    ...     truth = 50 + 10 * rng.normal(size=200)
    ...     judge = truth.mean() + 3 + 0.5 * (truth - truth.mean()) + 5 * rng.normal(size=200)
    ...     return JudgedDyad(name=name, judge=Trace(values=judge, step_s=1), truth=Trace(values=truth, step_s=1))
    >>> fit = fit_truth_and_bias([dyad(name) for name in "abcdefgh"], residuals="iid")
    >>> round(fit.bias.b, 1), round(fit.tracking.b, 1), round(fit.tracking_standardised.b, 1)
    (3.0, 0.5, 0.7)
    """
    return fit_sums(
        [sum_dyad(dyad) for dyad in dyads],
        residuals=residuals,
        moderators=moderators,
        within_clients=within_clients,
        within_therapists=within_therapists,
        seed=seed,
        replicates=replicates,
    )


def fit_sums(
    dyads: Sequence[DyadSums],
    *,
    residuals: Residuals,
    moderators: Sequence[str],
    within_clients: bool,
    within_therapists: bool,
    seed: int | None,
    replicates: int = REPLICATES,
) -> TruthAndBias:
    """Fit the same model to dyads that are summed up already."""
    known = centre_moderators(dyads, moderators)
    groups = group_dyads(dyads, within_clients=within_clients, within_therapists=within_therapists)
    build = partial(build_model, dyads, known, residuals=residuals, groups=list(groups.values()))
    raw, standardised = build().fit(), build(standardised=True).fit()
    count = known.shape[1]
    of_raw = {"bias": 0, "tracking": count}
    of_raw |= {f"bias × {name}": at for at, name in enumerate(moderators, 1)}
    of_raw |= {f"tracking × {name}": count + at for at, name in enumerate(moderators, 1)}
    of_standardised = {"tracking in units of SD": count}
    bias, tracking, *moderated = _weigh(raw, of_raw)
    (tracking_standardised,) = _weigh(standardised, of_standardised)
    return TruthAndBias(
        residuals=residuals,
        n=sum(dyad.products.n for dyad in dyads),
        dyads=len(dyads),
        bias=bias,
        tracking=tracking,
        tracking_standardised=tracking_standardised,
        moderators=tuple(moderated),
        between_dyads=_random_effects(raw.random[0]),
        between_clients=_random_effects(raw.random[1]) if within_clients else None,
        between_therapists=_random_effects(raw.random[-1]) if within_therapists else None,
        residual=raw.residual,
        rho=raw.rho,
        step_s=_step_s(dyads),
        loglik=raw.log_likelihood,
        lines=tuple(
            _line(dyad, bias, tracking)
            for dyad, (bias, tracking) in zip(dyads, known @ raw.b.reshape(2, count).T + raw.effects, strict=True)
        ),
        bootstrap=None
        if seed is None
        else draw_units(
            [(raw, of_raw), (standardised, of_standardised)],
            drawn=("dyads", *groups)[-1],
            moderators=len(moderators),
            seed=seed,
            replicates=replicates,
        ),
    )


def build_model(
    dyads: Sequence[DyadSums],
    known: Floats,
    *,
    residuals: Residuals,
    groups: Sequence[Sequence[int]],
    standardised: bool = False,
) -> MixedModel:
    """Build the model of dyads with their moderators, shape (dyads, 1 + moderators), as `centre_moderators` gives."""
    least = 1 + known.shape[1]
    if len(dyads) < least:
        raise ValueError(f"dyads: expected at least {least}, got {len(dyads)}")
    step_s = _step_s(dyads)
    return MixedModel(
        [
            dyad.seen_through(_basis(row, dyad.spreads if standardised else (1.0, 1.0)), step_s=step_s)
            for dyad, row in zip(dyads, known, strict=True)
        ],
        random=2,
        groups=groups,
        autoregressive=residuals == "ar1",
    )


def _step_s(dyads: Sequence[DyadSums]) -> float:
    return float(np.median([dyad.step_s for dyad in dyads]))


def _line(dyad: DyadSums, bias: float, tracking: float) -> DyadLine:
    n, sums = dyad.products.n, dyad.products.total
    of_truth, of_both, of_judge = sums[1, 1], sums[1, 2], sums[2, 2] - sums[0, 2] ** 2 / n
    return DyadLine(
        dyad=dyad.name,
        bias=float(bias),
        tracking=float(tracking),
        own_bias=float(sums[0, 2] / n),
        own_tracking=float(of_both / of_truth),
        r=float(of_both / math.sqrt(of_truth * of_judge)),
        sd_ratio=math.sqrt(of_judge / of_truth),
    )


def _basis(known: Floats, spreads: tuple[float, float]) -> Floats:
    """Give what makes the columns of the model: 1 and truth, with moderators each times 1 and these, then judge."""
    fixed = known.size if known.size > 1 else 0
    through = np.zeros((3, 3 + 2 * fixed))
    through[0, 0] = through[1, 1] = through[2, -1] = 1.0
    if fixed:
        through[0, 2 : 2 + fixed] = through[1, 2 + fixed : -1] = known
    return np.asarray(through / np.array([[1.0], [spreads[0]], [spreads[1]]]))


def centre_moderators(dyads: Sequence[DyadSums], names: Sequence[str]) -> Floats:
    """Give 1 and each moderator about its mean, shape (dyads, 1 + moderators)."""
    known = know_of([dyad.moderators for dyad in dyads], names)
    for name, values in zip(names, known.T, strict=True):
        if not np.isfinite(values).all():
            missing = dyads[int(np.argmin(np.isfinite(values)))].name
            raise ValueError(f"moderators: expected a number of {name!r} of every dyad, found none of {missing!r}")
    if names and (fault := find_fault_of_moderators(known, names)):
        raise ValueError(f"moderators: {fault}")
    return np.column_stack([np.ones(len(dyads)), known - known.mean(axis=0)])


def _weigh(fit: MixedFit, named: Mapping[str, int]) -> list[Coefficient]:
    errors = np.sqrt(np.diag(fit.covariance))
    return [
        weigh_coefficient(name, float(fit.b[at]), float(errors[at]), float(fit.df[at])) for name, at in named.items()
    ]


def _random_effects(covariance: Floats) -> RandomEffects:
    return RandomEffects(
        var_bias=float(covariance[0, 0]), var_tracking=float(covariance[1, 1]), cov=float(covariance[0, 1])
    )
