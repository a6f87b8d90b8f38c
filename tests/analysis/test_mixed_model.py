"""The mixed model against the likelihood written out, with a covariance matrix over all rows."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dialogram.analysis.mixed_model import MixedFit, MixedModel, sum_products

type Floats = NDArray[np.float64]


def _simulate(*, rho: float, dyads: int = 10, rows: int = 25) -> tuple[list[Floats], list[Floats], list[int]]:
    """Columns 1, x, 1, x, x · m, y of each dyad, its times (some are left out) and its group."""
    rng = np.random.default_rng(7)
    columns: list[Floats] = []
    times: list[Floats] = []
    groups = []
    of_group = rng.normal(size=(4, 2))
    for dyad in range(dyads):
        x, noise = rng.normal(size=(2, rows))
        for row in range(1, rows):
            noise[row] = rho * noise[row - 1] + np.sqrt(1 - rho**2) * noise[row]
        u = rng.normal(size=2) * (1.0, 0.4) + of_group[dyad % 4] * (0.8, 0.3)
        y = 2 + u[0] + (0.5 + u[1] + 0.1 * dyad) * x + noise
        one = np.ones(rows)
        kept = np.flatnonzero(rng.random(rows) > 0.2)
        columns.append(np.stack([one, x, one, x, x * dyad, y], axis=1)[kept])
        times.append(np.asarray(kept * 0.5, dtype=np.float64))
        groups.append(dyad % 4)
    return columns, times, groups


def _written_out(
    columns: list[Floats], times: list[Floats], groups: list[int] | None, random: Floats, residual: float, rho: float
) -> tuple[float, Floats, Floats]:
    """Give the restricted log-likelihood of given variances, the fixed effects and their covariance."""
    table = np.concatenate(columns)
    dyad = np.repeat(np.arange(len(columns)), [len(rows) for rows in columns])
    z, x, y = table[:, :2], table[:, 2:-1], table[:, -1]
    lag = np.abs(np.subtract.outer(np.concatenate(times), np.concatenate(times)))
    same = np.equal.outer(dyad, dyad)
    v = same * (residual * (rho**lag if rho else (lag == 0)) + z @ random[0] @ z.T)
    if groups is not None:
        of_row = np.array(groups)[dyad]
        v = v + np.equal.outer(of_row, of_row) * (z @ random[1] @ z.T)
    inverse = np.linalg.inv(v)
    information = x.T @ inverse @ x
    b = np.linalg.solve(information, x.T @ inverse @ y)
    left = y - x @ b
    determinants = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
    freedom = len(y) - x.shape[1]
    return -(determinants + left @ inverse @ left + freedom * np.log(2 * np.pi)) / 2, b, np.linalg.inv(information)


def _fit(columns: list[Floats], times: list[Floats], groups: list[int] | None, *, autoregressive: bool) -> MixedFit:
    products = [sum_products(rows, at) for rows, at in zip(columns, times, strict=True)]
    return MixedModel(products, random=2, groups=[groups] if groups else [], autoregressive=autoregressive).fit()


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("rho", [0.0, 0.8])
def test_the_fit_is_the_top_of_the_likelihood_written_out(rho: float, *, grouped: bool) -> None:
    columns, times, groups = _simulate(rho=rho)
    given = groups if grouped else None
    fit = _fit(columns, times, given, autoregressive=rho > 0)
    assert fit.random.shape == (2 if grouped else 1, 2, 2)

    def likelihood(random: Floats, residual: float, rho: float) -> float:
        return _written_out(columns, times, given, random, residual, rho)[0]

    top, b, covariance = _written_out(columns, times, given, fit.random, fit.residual, fit.rho)
    assert fit.log_likelihood == pytest.approx(top, abs=1e-7)
    np.testing.assert_allclose(fit.b, b, rtol=1e-7)
    np.testing.assert_allclose(fit.covariance, covariance, rtol=1e-6)
    for factor in (0.98, 1.02):
        assert likelihood(fit.random, fit.residual * factor, fit.rho) < top
        if rho:
            assert likelihood(fit.random, fit.residual, fit.rho * factor) < top
        for level in range(len(fit.random)):
            for effect in range(2):
                stretched = fit.random.copy()
                stretched[level, effect] *= np.sqrt(factor)
                stretched[level, :, effect] *= np.sqrt(factor)
                assert likelihood(stretched, fit.residual, fit.rho) <= top + 1e-9


def test_a_balanced_design_has_the_degrees_of_freedom_of_a_paired_t() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=30)
    x -= x.mean()
    one = np.ones(30)
    columns, slopes = [], []
    for _ in range(6):
        y = rng.normal() + (0.5 + rng.normal()) * x + 0.3 * rng.normal(size=30)
        columns.append(np.stack([one, x, one, x, y], axis=1))
        slopes.append(x @ y / (x @ x))
    fit = _fit(columns, [np.arange(30.0)] * 6, None, autoregressive=False)
    assert fit.b[1] == pytest.approx(np.mean(slopes), rel=1e-9)
    assert np.sqrt(fit.covariance[1, 1]) == pytest.approx(np.std(slopes, ddof=1) / np.sqrt(6), rel=1e-7)
    np.testing.assert_allclose(fit.df, 5, rtol=1e-4)


def test_dyads_that_do_not_differ_are_found_not_to_differ() -> None:
    """A variance at its border: the fit stays there, and everything else is least squares."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(8, 40))
    x -= x.mean(axis=1, keepdims=True)
    noise = rng.normal(size=(8, 40))
    noise -= (
        noise.mean(axis=1, keepdims=True)
        + (noise * x).sum(axis=1, keepdims=True) / (x**2).sum(axis=1, keepdims=True) * x
    )
    y = 1 + 0.5 * x + noise
    one = np.ones(40)
    columns = [np.stack([one, each, one, each, of], axis=1) for each, of in zip(x, y, strict=True)]
    fit = _fit(columns, [np.arange(40.0)] * 8, None, autoregressive=False)
    assert np.abs(fit.random).max() < 1e-8
    np.testing.assert_allclose(fit.b, [1.0, 0.5], atol=1e-8)
    assert np.isfinite(fit.df).all()


@pytest.mark.parametrize("seed", range(6))
def test_a_wider_model_never_fits_worse(seed: int) -> None:
    """White residuals, dyads that differ in slope: a search that ends at a saddle or a lower top is found out."""
    rng = np.random.default_rng(seed)
    columns, times = [], []
    for dyad in range(11):
        rows = int(rng.integers(30, 200))
        x = rng.normal(size=rows).cumsum()
        y = (0.3 + 0.3 * rng.normal()) * x + 8 * rng.normal(size=rows) + (5.0 * (dyad % 2) + 3 * rng.normal())
        one = np.ones(rows)
        columns.append(np.stack([one, x, one, x, y], axis=1))
        times.append(np.arange(float(rows)))
    groups = [dyad % 3 for dyad in range(11)]
    narrow = _fit(columns, times, None, autoregressive=False).log_likelihood
    for wider in ((None, True), (groups, False), (groups, True)):
        assert _fit(columns, times, wider[0], autoregressive=wider[1]).log_likelihood >= narrow - 1e-3


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("rho", [0.0, 0.8])
def test_predicted_effects_are_the_conditional_means_written_out(rho: float, *, grouped: bool) -> None:
    columns, times, groups = _simulate(rho=rho)
    fit = _fit(columns, times, groups if grouped else None, autoregressive=rho > 0)
    table = np.concatenate(columns)
    dyad = np.repeat(np.arange(len(columns)), [len(rows) for rows in columns])
    group = np.array(groups)[dyad]
    z, left = table[:, :2], table[:, -1] - table[:, 2:-1] @ fit.b
    lag = np.abs(np.subtract.outer(np.concatenate(times), np.concatenate(times)))
    same, near = np.equal.outer(dyad, dyad), np.equal.outer(group, group)
    v = same * (fit.residual * (fit.rho**lag if rho else (lag == 0)) + z @ fit.random[0] @ z.T)
    if grouped:
        v = v + near * (z @ fit.random[1] @ z.T)
    weighed = z * np.linalg.solve(v, left)[:, np.newaxis]
    for index in range(len(columns)):
        expected = fit.random[0] @ weighed[dyad == index].sum(axis=0)
        if grouped:
            expected = expected + fit.random[1] @ weighed[group == groups[index]].sum(axis=0)
        np.testing.assert_allclose(fit.effects[index], expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_three_levels_of_groups_are_those_of_dense_matrices(rho: float) -> None:
    """Sessions within clients within therapists, in an order that mixes them; likelihood and predictions."""
    rng = np.random.default_rng(12)
    clients = [int(client) for client in rng.permutation(np.repeat(np.arange(8), 3))]
    therapists = [client % 3 for client in clients]
    spreads = [rng.normal(size=(count, 2)) for count in (24, 8, 3)]
    columns, times = [], []
    for number, (client, therapist) in enumerate(zip(clients, therapists, strict=True)):
        x = rng.normal(size=12)
        own = 1 + spreads[0][number] + 2 * spreads[1][client] + 2 * spreads[2][therapist]
        columns.append(np.stack([np.ones(12), x, own[0] + own[1] * x + rng.normal(size=12)], axis=1))
        times.append(np.arange(12.0))
    products = [sum_products(rows, at) for rows, at in zip(columns, times, strict=True)]
    fit = MixedModel(products, random=2, groups=[clients, therapists], autoregressive=rho > 0).fit()
    rows, dyad = np.concatenate(columns), np.repeat(np.arange(24), 12)
    level_of_row = [dyad, np.array(clients)[dyad], np.array(therapists)[dyad]]
    at = np.tile(np.arange(12.0), 24)
    same = dyad[:, np.newaxis] == dyad
    lasting = np.where(same, fit.rho ** np.abs(at[:, np.newaxis] - at), 0.0) if rho else np.eye(at.size)
    covariance = fit.residual * lasting
    parts: list[tuple[Floats, Floats]] = []
    for level, random in zip(level_of_row, fit.random, strict=True):
        part = (rows[:, :2] @ random @ rows[:, :2].T) * (level[:, np.newaxis] == level)
        covariance, parts = covariance + part, [*parts, (level, random)]
    inverse = np.linalg.inv(covariance)
    design, outcome = rows[:, :2], rows[:, 2]
    information = design.T @ inverse @ design
    b = np.linalg.solve(information, design.T @ inverse @ outcome)
    left = inverse @ (outcome - design @ b)
    freedom = at.size - 2
    likelihood = -0.5 * (
        np.linalg.slogdet(covariance)[1]
        + np.linalg.slogdet(information)[1]
        + (outcome - design @ b) @ left
        + freedom * np.log(2 * np.pi)
    )
    assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-6)
    np.testing.assert_allclose(fit.b, b, rtol=1e-8)
    for index in range(24):
        expected = np.zeros(2)
        for level, random in parts:
            of_level = level == level[12 * index]
            expected += random @ (design[of_level].T @ left[of_level])
        np.testing.assert_allclose(fit.effects[index], expected, atol=1e-6)
