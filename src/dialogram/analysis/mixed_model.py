"""Linear mixed models of long series by restricted maximum likelihood, from cross-products alone.

The likelihood needs no more of a dyad than the sums of products of its columns, and, where residuals follow one
another, those of each bin with the bin before it. However long the sessions are, a step of the search costs the same.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from dialogram.analysis.correlation import Floats

_TINY = 1e-30
"""Imaginary step of a derivative: nothing is subtracted, so it can be as small as one likes (Squire & Trapp 1998)."""
_STEP = 1e-4
"""Step of a derivative's difference, for second derivatives."""
_STARTS_IID = ((0.1,), (1.0,))
"""Spreads of random effects, as multiples of that of the residuals, the search starts from."""
_STARTS_AR1 = ((0.3, 0.5), (0.1, 0.9), (1.0, 0.9), (0.3, 0.98))
"""The same with an autocorrelation: on real dials the likelihood has more than one top."""
_MOST_AT_FIRST = 256
"""Of more dyads a part is searched first: its top lies near that of all, and costs less to find."""
_ROUGH, _FINE = 1e-8, 1e-13
"""Tolerances of a search: to tell tops apart, and to stand on the highest."""
_MOST_LOGIT = 12.0
_MOST_RATIO = 1e4
"""Largest spread of a random effect, as a multiple of that of the residuals."""

type _Batch = NDArray[Any]
"""Real numbers, or complex ones whose imaginary part carries a derivative."""


@dataclass(frozen=True)
class Products:
    """Sums of products of one dyad's columns.

    Parameters
    ----------
    n
        Rows.
    first : ndarray, shape (c, c)
        Of the first row with itself.
    lags, counts : ndarray, shape (g,)
        The different distances from a row to the one before it, and how often each occurs.
    later, across, earlier : ndarray, shape (g, c, c)
        Per distance: of the later rows, of both (with its transpose), of the earlier rows.
    """

    n: int
    first: Floats
    lags: Floats
    counts: Floats
    later: Floats
    across: Floats
    earlier: Floats

    @property
    def total(self) -> Floats:
        """Of all rows."""
        return np.asarray(self.first + self.later.sum(axis=0))

    def seen_through(self, basis: Floats) -> "Products":
        """Give the products of ``rows @ basis``."""
        sums = (basis.T @ each @ basis for each in (self.first, self.later, self.across, self.earlier))
        first, later, across, earlier = sums
        return Products(self.n, first, self.lags, self.counts, later, across, earlier)


def sum_products(rows: Floats, times: Floats) -> Products:
    """Sum the products of the columns of `rows`, shape (n, c), taken at rising `times`, shape (n,)."""
    lags, which = np.unique(np.diff(times).round(9), return_inverse=True)
    later, across, earlier = [], [], []
    for index in range(lags.size):
        at = np.flatnonzero(which == index)
        before, after = rows[at], rows[at + 1]
        cross = after.T @ before
        later.append(after.T @ after)
        across.append(cross + cross.T)
        earlier.append(before.T @ before)
    shape = (lags.size, rows.shape[1], rows.shape[1])
    return Products(
        n=len(rows),
        first=np.outer(rows[0], rows[0]),
        lags=lags,
        counts=np.bincount(which, minlength=lags.size).astype(np.float64),
        later=np.reshape(later, shape),
        across=np.reshape(across, shape),
        earlier=np.reshape(earlier, shape),
    )


@dataclass(frozen=True)
class MixedFit:
    """What restricted maximum likelihood found.

    Parameters
    ----------
    b, df : ndarray, shape (p,)
        Fixed effects, and the degrees of freedom of their t (Satterthwaite; 1 at least, N − p at most).
    covariance : ndarray, shape (p, p)
        Of the fixed effects.
    random : ndarray, shape (levels, q, q)
        Covariance of the random effects at each level, the dyads' first.
    effects : ndarray, shape (dyads, q)
        What the model predicts of each dyad's random effects, those of its group included: shrunken towards 0 the
        more, the less the dyad says.
    squares, crosses : ndarray, shapes (units, p, p) and (units, p)
        X'V⁻¹X and X'V⁻¹y of what stands alone, dyads or groups of them, with V in units of the residual variance.
    residual
        Variance of the residuals.
    rho
        Their autocorrelation at distance 1; 0 where they are independent.
    log_likelihood
        Restricted.
    """

    b: Floats
    df: Floats
    covariance: Floats
    random: Floats
    effects: Floats
    squares: Floats
    crosses: Floats
    residual: float
    rho: float
    log_likelihood: float


class MixedModel:
    r"""A linear mixed model with random effects by dyad, and by groups of dyads.

    Parameters
    ----------
    products
        Of each dyad, of two rows at least; columns in the order random, fixed, outcome. Without fixed ones the random
        columns are the fixed ones too.
    random
        How many columns are random.
    groups
        Which group each dyad belongs to, level after level: the innermost first, each level's within those of the
        next. None for dyads that stand alone.
    autoregressive
        Whether residuals follow one another, ``cov(e_s, e_t) = σ² ρ^|s − t|`` with 0 < ρ < 1 and times as they are.

    Notes
    -----
    .. math:: y_i = X_i b + Z_i (u_i + v_{g(i)}) + e_i, \quad u_i \sim N(0, \sigma^2 \Lambda \Lambda'), \quad
              -2 l = \sum \log |V_i| + \log |X'V^{-1}X| + (N - p) (1 + \log 2 \pi \hat\sigma^2)

    with ``|V|`` and ``V⁻¹`` of all columns by the lemma of Woodbury, level after level; for AR(1) the columns are first
    whitened, which turns their cross-products into ``S₁₁ − ρ^d (S₁₀ + S₀₁) + ρ^{2d} S₀₀`` over ``1 − ρ^{2d}``.
    Bates et al. 2015, Journal of Statistical Software 67 (1), doi 10.18637/jss.v067.i01; Pinheiro & Bates 2000,
    Mixed-Effects Models in S and S-PLUS, section 5.3. Degrees of freedom: Satterthwaite 1946, Biometrics Bulletin 2,
    110–114, doi 10.2307/3002019; Kuznetsova, Brockhoff & Christensen 2017, Journal of Statistical Software 82 (13),
    doi 10.18637/jss.v082.i13. Random effects are predicted by their conditional means (Henderson 1975, Biometrics 31,
    423–447, doi 10.2307/2529430), ``u = Λ (I + Λ'Z'R⁻¹ZΛ)⁻¹ Λ'Z'R⁻¹(y − Xb − Zv)`` and likewise v of the sums over its
    dyads, the outermost level first.
    """

    def __init__(
        self, products: Sequence[Products], *, random: int, groups: Sequence[Sequence[int]] = (), autoregressive: bool
    ) -> None:
        self._random = random
        stride = len(products) // _MOST_AT_FIRST
        self._part = (
            MixedModel(
                products[::stride],
                random=random,
                groups=[level[::stride] for level in groups],
                autoregressive=autoregressive,
            )
            if stride > 1
            else None
        )
        order = np.lexsort(np.array(groups)) if groups else np.arange(len(products))
        ordered = [products[index] for index in order]
        self._order = order
        self._n = sum(each.n for each in ordered)
        width = ordered[0].first.shape[0]
        self._fixed_from = 0 if width == random + 1 else random
        self._fixed = width - self._fixed_from - 1
        self._levels = 1 + len(groups)
        self._starts = _find_starts([np.asarray(level)[order] for level in groups])
        self._autoregressive = autoregressive
        squares = sum(each.total for each in ordered)
        # In units of their own size no column is large beside another, whatever the scale of the dial.
        self._scale = np.sqrt(np.diag(squares) / self._n)
        scaled = [each.seen_through(np.diag(1 / self._scale)) for each in ordered]
        self._first = np.stack([each.first for each in scaled])
        self._dyad_starts = np.cumsum([0] + [each.lags.size for each in scaled[:-1]])
        self._lags, self._counts, self._later, self._across, self._earlier = (
            np.concatenate([getattr(each, name) for each in scaled])
            for name in ("lags", "counts", "later", "across", "earlier")
        )
        self._white = self._first + np.add.reduceat(self._later, self._dyad_starts, axis=0)

    def fit(self) -> MixedFit:
        """Find the maximum: a search from every start, then Newton's steps to the last digit."""
        best = self.search()
        free = np.append(np.abs(best) < self._most() - 1e-6, True)
        parameters, spread = self._polish(np.append(best, math.log(self._residual(best))), free)
        return self._result(parameters, free, 2 * spread)

    def search(self) -> Floats:
        """Find the highest top there is from any start; of very many dyads, from the top of a part of them."""
        if self._part:
            best = self._part.search()
        else:
            starts = _STARTS_AR1 if self._autoregressive else _STARTS_IID
            found = [self._descend(self._start(*start), tolerance=_ROUGH) for start in starts]
            best = min(found, key=lambda each: each[0])[1]
        return self._descend(best, tolerance=_FINE)[1]

    def _descend(self, start: Floats, *, tolerance: float) -> tuple[float, Floats]:
        # No bound at 0: the likelihood is even in each factor, and a search against a bound would stay at its saddle.
        bounds = scipy.optimize.Bounds(-self._most(), self._most())
        found = scipy.optimize.minimize(
            self._profiled, start, jac=True, method="L-BFGS-B", bounds=bounds, tol=tolerance
        )
        return float(found.fun), np.asarray(found.x)

    def _most(self) -> Floats:
        """How far each parameter may be from 0."""
        most = np.full(self._levels * self._random * (self._random + 1) // 2, _MOST_RATIO)
        return np.append(most, _MOST_LOGIT) if self._autoregressive else most

    def _start(self, spread: float, *rho: float) -> Floats:
        one = spread * np.eye(self._random)[np.tril_indices(self._random)]
        return np.append(np.tile(one, self._levels), scipy.special.logit(rho))

    def _result(self, parameters: Floats, free: NDArray[np.bool_], uncertainty: Floats) -> MixedFit:
        _, _, b, inverse = self._evaluate(parameters[np.newaxis, :-1])
        variances = math.exp(parameters[-1]) * np.diag(inverse[0])
        slopes = self._variance_slopes(parameters)[free]
        of_variances = np.einsum("kp,kl,lp->p", slopes, uncertainty, slopes)
        freedom = self._n - self._fixed
        df = np.divide(2 * variances**2, of_variances, out=np.full(self._fixed, np.inf), where=of_variances > 0)
        factors, rho = self._unpack(parameters[np.newaxis, :-1])
        unit = self._scale[-1]
        units = unit / self._scale[self._fixed_from : -1]
        residual = unit**2 * math.exp(parameters[-1])
        unscaled = [factor[0] / self._scale[: self._random, np.newaxis] for factor in factors]
        deviance = float(self._deviance(parameters[np.newaxis])[0])
        columns = self._scale[self._fixed_from :]
        weighed = self._weigh(parameters[np.newaxis, :-1])[0][0] * np.outer(columns, columns)
        return MixedFit(
            b=b[0] * units,
            df=np.clip(df, 1.0, freedom),
            covariance=math.exp(parameters[-1]) * inverse[0] * np.outer(units, units),
            random=np.stack([residual * factor @ factor.T for factor in unscaled]),
            effects=self._predict(parameters[:-1], b[0]) * unit / self._scale[: self._random],
            squares=weighed[:, :-1, :-1],
            crosses=weighed[:, :-1, -1],
            residual=residual,
            rho=float(rho[0]),
            log_likelihood=-deviance / 2
            - freedom * math.log(unit)
            - float(np.log(self._scale[self._fixed_from : -1]).sum()),
        )

    def _unpack(self, parameters: _Batch) -> tuple[list[_Batch], _Batch]:
        size = self._random * (self._random + 1) // 2
        rows, columns = np.tril_indices(self._random)
        factors = []
        for level in range(self._levels):
            factor = np.zeros((len(parameters), self._random, self._random), dtype=parameters.dtype)
            factor[:, rows, columns] = parameters[:, level * size : (level + 1) * size]
            factors.append(factor)
        return factors, 1 / (1 + np.exp(-parameters[:, -1])) if self._autoregressive else np.zeros(len(parameters))

    def _evaluate(self, parameters: _Batch) -> tuple[_Batch, _Batch, _Batch, _Batch]:
        """Per parameter vector: log-determinants, residual sum of squares, fixed effects, and (X'V⁻¹X)⁻¹."""
        products, determinants = self._weigh(parameters)
        total = products.sum(axis=1)
        inverse = np.linalg.inv(total[:, :-1, :-1])
        b = (inverse @ total[:, :-1, -1:])[..., 0]
        squares = total[:, -1, -1] - (b * total[:, :-1, -1]).sum(axis=-1)
        return determinants - np.log(np.linalg.det(inverse)), squares, b, inverse

    def _weigh(self, parameters: _Batch) -> tuple[_Batch, _Batch]:
        """Per parameter vector: products of fixed columns and outcome under V⁻¹ of each unit, log-determinants of V."""
        factors, rho = self._unpack(parameters)
        if self._autoregressive:
            products, determinants = self._whiten(rho)
        else:
            products, determinants = self._white[np.newaxis], np.zeros(len(parameters))
        for level, factor in enumerate(factors):
            if level:
                products = np.add.reduceat(products, self._starts[level - 1], axis=1)
            products, more = self._absorb(products, factor)
            determinants = determinants + more.sum(axis=-1)
        return products[..., self._fixed_from :, self._fixed_from :], determinants

    def _predict(self, parameters: Floats, b: Floats) -> Floats:
        """Give the conditional means of the random effects, dyads in the order in which they came."""
        factors, rho = self._unpack(parameters[np.newaxis])
        levels = [self._whiten(rho)[0] if self._autoregressive else self._white[np.newaxis]]
        for starts, factor in zip(self._starts, factors, strict=False):
            levels.append(np.add.reduceat(self._absorb(levels[-1], factor)[0], starts, axis=1))
        residual = np.concatenate([-b, [1.0]])
        random = self._random
        found = np.zeros((1, levels[-1].shape[1], random))
        for level in reversed(range(self._levels)):
            products = levels[level]
            left = products[..., :random, self._fixed_from :] @ residual
            left = left - (products[..., :random, :random] @ found[..., np.newaxis])[..., 0]
            found = found + _shrink(products, left, factors[level])
            if level:
                sizes = np.diff(np.append(self._starts[level - 1], levels[level - 1].shape[1]))
                found = np.repeat(found, sizes, 1)
        effects = np.empty((len(self._order), random))
        effects[self._order] = found[0]
        return effects

    def _whiten(self, rho: _Batch) -> tuple[_Batch, _Batch]:
        power = rho[:, np.newaxis] ** self._lags
        left = 1 - power**2
        cells = power[..., np.newaxis, np.newaxis]
        pairs = (self._later - cells * self._across + cells**2 * self._earlier) / left[..., np.newaxis, np.newaxis]
        products = self._first + np.add.reduceat(pairs, self._dyad_starts, axis=1)
        return products, (self._counts * np.log(left)).sum(axis=1)

    def _absorb(self, products: _Batch, factor: _Batch) -> tuple[_Batch, _Batch]:
        """Take in the random effects of a level: products under V⁻¹ become those under (V + ZΛΛ'Z')⁻¹."""
        loads = products[..., : self._random] @ factor[:, np.newaxis]
        inner = np.eye(self._random) + factor.swapaxes(-1, -2)[:, np.newaxis] @ loads[..., : self._random, :]
        reduced = products - loads @ np.linalg.inv(inner) @ loads.swapaxes(-1, -2)
        return reduced, np.log(np.linalg.det(inner))

    def _deviance(self, parameters: _Batch) -> _Batch:
        """−2 log-likelihood of parameter vectors whose last is log σ²."""
        determinants, squares, _, _ = self._evaluate(parameters[:, :-1])
        log_residual = parameters[:, -1]
        freedom = self._n - self._fixed
        return np.asarray(
            determinants + freedom * (math.log(2 * math.pi) + log_residual) + squares / np.exp(log_residual)
        )

    def _residual(self, parameters: Floats) -> float:
        _, squares, _, _ = self._evaluate(parameters[np.newaxis])
        return float(squares[0] / (self._n - self._fixed))

    def _profiled(self, parameters: Floats) -> tuple[float, Floats]:
        determinants, squares, _, _ = self._evaluate(_nudged(parameters))
        deviance = determinants + (self._n - self._fixed) * np.log(squares)
        return float(np.real(deviance[0])), np.asarray(deviance.imag / _TINY)

    def _slopes(self, parameters: Floats) -> Floats:
        return np.asarray(self._deviance(_nudged(parameters)).imag / _TINY)

    def _variance_slopes(self, parameters: Floats) -> Floats:
        """Give the derivatives of the variances of the fixed effects, shape (parameters, p)."""
        nudged = _nudged(parameters)
        _, _, _, inverse = self._evaluate(nudged[:, :-1])
        variances = np.exp(nudged[:, -1:]) * np.diagonal(inverse, axis1=1, axis2=2)
        return np.asarray(variances.imag / _TINY)

    def _polish(self, parameters: Floats, free: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Take Newton's steps; give the parameters and the inverse of the curvature of those that are free."""
        for _ in range(8):
            inverse = _invert_positive(self._hessian(parameters, free))
            step = np.zeros(parameters.size)
            step[free] = inverse @ self._slopes(parameters)[free]
            if np.abs(step).max() > 1:
                break
            before, after = self._deviance(np.stack([parameters, parameters - step]))
            if not after <= before + 1e-9 or np.abs(step).max() < 1e-9:
                break
            parameters = parameters - step
        return parameters, inverse

    def _hessian(self, parameters: Floats, free: NDArray[np.bool_]) -> Floats:
        columns = []
        for index in np.flatnonzero(free):
            nudge = np.zeros(parameters.size)
            nudge[index] = _STEP
            columns.append((self._slopes(parameters + nudge) - self._slopes(parameters - nudge))[free] / (2 * _STEP))
        hessian = np.stack(columns)
        return np.asarray((hessian + hessian.T) / 2)


def _find_starts(groups: Sequence[NDArray[Any]]) -> list[NDArray[np.intp]]:
    """Give where each group of a level begins among the units of the level below, in sorted order."""
    found = []
    below: NDArray[np.intp] | None = None
    for level in range(len(groups)):
        labels = np.stack(groups[level:])
        first = np.flatnonzero(np.append(True, (labels[:, 1:] != labels[:, :-1]).any(axis=0)))
        found.append(first if below is None else np.searchsorted(below, first))
        below = first
    return found


def _shrink(products: Floats, left: Floats, factor: Floats) -> Floats:
    """Give ``Λ (I + Λ'AΛ)⁻¹ Λ'c`` for the products A of random columns and c of these with what is left over."""
    size = left.shape[-1]
    turned = factor.swapaxes(-1, -2)[:, np.newaxis]
    inner = np.eye(size) + turned @ products[..., :size, :size] @ factor[:, np.newaxis]
    return np.asarray((factor[:, np.newaxis] @ np.linalg.solve(inner, turned @ left[..., np.newaxis]))[..., 0])


def _invert_positive(curvature: Floats) -> Floats:
    """Invert a symmetric matrix where it curves upwards; along a ridge nothing is known, and nothing is said."""
    values, vectors = np.linalg.eigh(curvature)
    kept = values > 1e-9 * max(1.0, float(values[-1]))
    return np.asarray((vectors[:, kept] / values[kept]) @ vectors[:, kept].T)


def _nudged(parameters: Floats) -> NDArray[np.complex128]:
    return parameters + 1j * _TINY * np.eye(parameters.size)
