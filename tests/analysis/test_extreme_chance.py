"""Which of the highest and lowest moments stand out from an ordinary wandering of the dial.

Rejection rates are simulated on AR(.95) traces of 900 bins; a longer simulation (300 to 500 runs a row) gives .04 to
.07 at .05, with gaps and with a drift too, and 0 for traces pressed against the ends of the scale.
"""

import json

import numpy as np
import pytest
from scipy.signal import lfilter
from tests.thorough import times

from dialogram.analysis.correlation import Floats
from dialogram.analysis.extreme_chance import ExtremeChance, _amplitudes, _draw, weigh_extremes
from dialogram.analysis.extremes import ExtremesRule, pick_extremes
from dialogram.timeline import Trace


def _wander(rng: np.random.Generator, bins: int = 900, phi: float = 0.95) -> Floats:
    shocks = rng.normal(size=bins + 200) * np.sqrt(1 - phi**2)
    return np.asarray(50 + 15 * lfilter([1.0], [1.0, -phi], shocks)[200:])


def _weigh(
    values: object, *, seed: int = 1, surrogates: int = 99, step_s: float = 1.0, rule: ExtremesRule | None = None
) -> tuple[ExtremeChance, ...]:
    trace = Trace(values=np.asarray(values, dtype=float), step_s=step_s)
    return weigh_extremes(pick_extremes(trace, rule), trace, rng=np.random.default_rng(seed), surrogates=surrogates)


def test_surrogates_have_mean_variance_and_autocorrelation_of_the_trace() -> None:
    for bins in (500, 501):
        x = _wander(np.random.default_rng(2), bins) - 50
        x -= x.mean()
        drawn = _draw(_amplitudes(x), bins, count=3, rng=np.random.default_rng(1))
        for each in drawn:
            for lag in (0, 1, 7, 100):
                assert each @ np.roll(each, lag) == pytest.approx(x @ np.roll(x, lag), rel=1e-9)
            assert each.mean() == pytest.approx(0, abs=1e-9)
        assert abs(np.corrcoef(drawn[0], x)[0, 1]) < 0.9


def test_gaps_leave_the_variance_of_surrogates_alone() -> None:
    x = _wander(np.random.default_rng(2)) - 50
    x[200:300], x[600:650] = np.nan, np.nan
    x -= np.nanmean(x)
    drawn = _draw(_amplitudes(x), x.size, count=50, rng=np.random.default_rng(1))
    assert np.mean(drawn**2) == pytest.approx(np.nanmean(x**2), rel=0.02)


@pytest.mark.parametrize("shape", ["plain", "gaps", "drift"])
def test_an_ordinary_wandering_rarely_stands_out(shape: str) -> None:
    rng = np.random.default_rng(20241105)
    runs, rejected = times(150, 500), np.zeros(2)
    for run in range(runs):
        values = _wander(rng)
        if shape == "gaps":
            for start in rng.integers(900, size=4):
                values[start : start + 40] = np.nan
        elif shape == "drift":
            values += np.linspace(-15, 15, 900)
        firsts = [one for one in _weigh(values, seed=run) if one.rank == 1]
        rejected += [one.p <= 0.05 for one in firsts] if len(firsts) == 2 else [0, 0]
    assert (rejected / runs <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)).all(), rejected / runs


def test_a_moment_above_the_wandering_stands_out_and_only_it() -> None:
    rng = np.random.default_rng(6)
    values = 50 + 0.2 * (_wander(rng, 1800) - 50)
    values[900:940] += 35
    weighed = {(one.kind, one.rank): one for one in _weigh(values)}
    assert weighed["helpful", 1].start_s == pytest.approx(905, abs=15)
    assert weighed["helpful", 1].p == 0.01
    assert weighed["hindering", 1].p > 0.05
    assert "stands out (p = .010)" in weighed["helpful", 1].summary()
    assert "no more than a wandering dial reaches" in weighed["hindering", 1].summary()


def test_later_ranks_never_have_a_smaller_p() -> None:
    weighed = _weigh(_wander(np.random.default_rng(3), 2000))
    for kind in ("helpful", "hindering"):
        p = [one.p for one in weighed if one.kind == kind]
        assert len(p) == 3
        assert p == sorted(p)


def test_upside_down_it_finds_the_same() -> None:
    values = _wander(np.random.default_rng(3), 1200)
    there, back = _weigh(values, surrogates=999), _weigh(100 - values, surrogates=999)
    p = {one.rank: one.p for one in there if one.kind == "helpful"}
    turned = {one.rank: one.p for one in back if one.kind == "hindering"}
    assert turned == pytest.approx(p, abs=0.06)


def test_the_interval_covers_a_steady_level() -> None:
    rng, runs = np.random.default_rng(20241106), times(150, 2000)
    rule = ExtremesRule(warm_up_s=0, per_kind=1, same_kind_gap_s=0)
    covered = 0
    for _ in range(runs):
        values = np.concatenate([30 + _wander(rng, 30, phi=0.5) / 10, np.full(30, 20.0)])
        best = _weigh(values, surrogates=1, rule=rule)[0]
        assert best.start_s == 0
        covered += best.ci95[0] <= 35 <= best.ci95[1]
    assert 0.92 - 3 * np.sqrt(0.92 * 0.08 / runs) <= covered / runs <= 0.99


@pytest.mark.parametrize(("step_s", "defined"), [(1.0, True), (6.5, True), (10.0, True), (12.0, False), (30.0, False)])
def test_three_bins_make_an_interval(step_s: float, *, defined: bool) -> None:
    weighed = _weigh(_wander(np.random.default_rng(1), 400), step_s=step_s)
    assert weighed
    for one in weighed:
        assert np.isnan(one.ci95[0]) != defined
        assert np.isnan(one.ci95[0]) or one.ci95[0] < one.mean < one.ci95[1]


def test_a_dial_held_still_has_no_interval() -> None:
    values = np.where(np.arange(900) % 300 < 40, 80.0, 50.0)
    best = _weigh(values)[0]
    assert np.isnan(best.ci95).all()
    assert json.loads(json.dumps(best.to_dict(), allow_nan=False))["ci95"] == [None, None]
    assert "nan" not in best.summary()


def test_fine_bins_are_joined() -> None:
    coarse = _wander(np.random.default_rng(4), 1200)
    fine = np.repeat(coarse, 20)
    assert [one.p for one in _weigh(fine, step_s=0.05)] == pytest.approx([one.p for one in _weigh(coarse)], abs=1e-12)


@pytest.mark.parametrize("values", [np.full(400, 60.0), np.full(400, np.nan), [50.0, 60.0], np.arange(95.0) % 7])
def test_without_an_extreme_there_is_nothing_to_weigh(values: object) -> None:
    weighed = _weigh(values)
    assert all(0 < one.p <= 1 for one in weighed)
    assert len(weighed) == len(pick_extremes(Trace(values=np.asarray(values), step_s=1.0)).extremes)


def test_islands_are_weighed() -> None:
    values = _wander(np.random.default_rng(5))
    values[np.arange(900) % 100 < 50] = np.nan
    weighed = _weigh(values)
    assert weighed
    assert all(0 < one.p <= 1 for one in weighed)


def test_no_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        _weigh(_wander(np.random.default_rng(1)), surrogates=0)
