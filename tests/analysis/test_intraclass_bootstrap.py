import math

import numpy as np
import pytest
from scipy.signal import lfilter

from dialogram.analysis.block_bootstrap import block_length, bootstrap_agreement, integral_time_scale
from dialogram.analysis.correlation import Floats
from dialogram.analysis.intraclass import correlate_intraclass
from dialogram.analysis.intraclass_bootstrap import _forms_of_sums, bootstrap_intraclass


def _traces(raters: int, n: int, *, seed: int = 1, phi: float = 0.9) -> Floats:
    rng = np.random.default_rng(seed)
    smooth = lfilter([1.0], [1.0, -phi], rng.normal(size=(raters + 1, n + 200)))[:, 200:]
    return np.asarray(50 + smooth[0] + smooth[1:])


def test_values_are_those_without_a_bootstrap() -> None:
    x = _traces(4, 500)
    x[1, 40:60] = np.nan
    sure = bootstrap_intraclass(x, step_s=1.0, rng=np.random.default_rng(1))
    plain = correlate_intraclass(x)
    assert [form.value for form in sure.forms] == [form.value for form in plain.forms]
    assert sure.units == 480


def test_of_two_raters_the_interval_is_that_of_the_dyad() -> None:
    x = _traces(2, 600)
    x[0, 5:9] = np.nan
    ours = bootstrap_intraclass(x, step_s=1.0, rng=np.random.default_rng(3))["A,1"]
    theirs = bootstrap_agreement(x[0], x[1], step_s=1.0, rng=np.random.default_rng(3)).icc_a1
    assert ours.value == pytest.approx(theirs.value, abs=1e-12)
    assert ours.ci95 == pytest.approx(theirs.ci95, abs=1e-9)


def test_sums_of_blocks_give_what_the_blocks_themselves_give() -> None:
    x = _traces(5, 300)
    starts, length = np.array([7, 120, 290, 200]), 60
    drawn = x[:, (starts[:, np.newaxis] + np.arange(length)).ravel() % 300]
    centred = drawn - x.mean()
    sums = [drawn.shape[1], (centred.sum(axis=0) ** 2).sum(), (centred**2).sum(), *centred.sum(axis=1)]
    expected = [form.value for form in correlate_intraclass(drawn).forms[:3]]
    np.testing.assert_allclose(_forms_of_sums(np.array(sums)[:, np.newaxis])[:, 0], expected, rtol=1e-10)


def test_blocks_are_those_of_the_slowest_trace() -> None:
    x = _traces(3, 900, phi=0.5)
    x[2] = _traces(1, 900, seed=5, phi=0.97)[0]
    slowest = max(integral_time_scale(row) for row in x)
    length = block_length(slowest, 900)
    assert slowest == integral_time_scale(x[2])
    note = bootstrap_intraclass(x, step_s=2.0, rng=np.random.default_rng(1)).note
    assert note == f"95 % intervals from {900 // length} blocks of {2 * length:g} s"


def test_they_are_wider_than_those_for_independent_bins() -> None:
    x = _traces(5, 600, phi=0.95)
    sure = bootstrap_intraclass(x, step_s=1.0, rng=np.random.default_rng(1))["C,1"].ci95
    naive = correlate_intraclass(x)["C,1"].ci95
    assert sure[1] - sure[0] > 2 * (naive[1] - naive[0])


def test_intervals_hold_what_is_so_where_those_from_f_do_not() -> None:
    """Of 120 sessions of 458 bins AR(.95), true ICC(C,1) .5: a rate has a standard error of .02."""
    held: list[bool] = []
    naive: list[bool] = []
    for seed in range(120):
        x = _traces(5, 458, seed=seed, phi=0.95)
        found = bootstrap_intraclass(x, step_s=1.0, rng=np.random.default_rng(seed), replicates=200)
        for holds, (low, high) in ((held, found["C,1"].ci95), (naive, correlate_intraclass(x)["C,1"].ci95)):
            holds.append(low <= 0.5 <= high)
    assert np.mean(held) >= 0.88
    assert np.mean(naive) <= 0.60, "the control takes bins for independent"


def test_why_there_is_no_interval_is_said() -> None:
    rng = np.random.default_rng(1)
    flat = np.stack([np.full(300, 50.0), *_traces(2, 300)])
    for ratings, words in (
        (flat, "does not vary"),
        (_traces(3, 30, phi=0.99).cumsum(axis=1), "no four blocks"),
        (np.repeat(_traces(1, 300), 3, axis=0), "without exception"),
    ):
        found = bootstrap_intraclass(ratings, step_s=1.0, rng=rng)
        assert words in found.note
        assert all(math.isnan(form.ci95[0]) for form in found.forms)
    nobody = np.stack([np.where(np.arange(300) < 150, np.nan, 1.0), np.where(np.arange(300) < 150, 1.0, np.nan)])
    assert "0 units that all rated" in bootstrap_intraclass(nobody, step_s=1.0, rng=rng).summary()
    with pytest.raises(ValueError, match="replicates"):
        bootstrap_intraclass(flat, step_s=1.0, rng=rng, replicates=1)
