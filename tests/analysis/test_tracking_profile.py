import numpy as np
import pytest
from tests.analysis.cohorts import make, simulate

from dialogram import fit_truth_and_bias, profile_tracking, study_cohort


def test_one_bin_and_no_lag_is_the_model_itself() -> None:
    dyads = simulate(5)
    (at,) = profile_tracking(dyads, residuals="iid")
    assert at.tracking == fit_truth_and_bias(dyads, residuals="iid").tracking
    assert (at.bin_s, at.lag_s) == (1.0, 0.0)


def test_bins_are_joined_and_half_empty_ones_kept() -> None:
    rng = np.random.default_rng(1)
    dyads, joined = [], []
    for name in "abcd":
        truth, judge = rng.normal(size=(2, 41))
        judge[4:6] = judge[8:11] = np.nan
        missing = np.isnan(judge)
        rows = [np.append(np.where(missing, np.nan, values), [np.nan] * 3).reshape(11, 4) for values in (judge, truth)]
        kept = [index for index in range(11) if np.isnan(rows[0][index]).sum() <= 2]
        wide = [np.full(11, np.nan), np.full(11, np.nan)]
        for column, values in zip(wide, rows, strict=True):
            column[kept] = [np.nanmean(values[index]) for index in kept]
        dyads.append(make(name, judge, truth))
        joined.append(make(name, *wide))
    (at,) = profile_tracking(dyads, residuals="iid", widths=[4])
    assert at.bin_s == 4.0
    assert at.tracking.b == pytest.approx(fit_truth_and_bias(joined, residuals="iid").tracking.b, rel=1e-6)


def test_the_lag_by_which_judges_follow_is_found() -> None:
    rng = np.random.default_rng(2)
    dyads = []
    for name in "abcde":
        truth = rng.normal(size=120)
        dyads.append(make(name, np.concatenate([rng.normal(size=4), truth[:-4]]) + rng.normal(size=120), truth))
    profile = profile_tracking(dyads, residuals="iid", lags_s=[-4.0, 0.0, 2.0, 4.0, 6.0])
    assert max(profile, key=lambda at: at.tracking.b).lag_s == 4.0
    assert profile[3].tracking.b == pytest.approx(1.0, abs=0.15)
    assert "judges 4 s later: tracking b = " in profile[3].summary()


def test_what_is_off_the_grid_is_refused() -> None:
    with pytest.raises(ValueError, match=r"whole number of bins of 1 s, got 0.5 s"):
        profile_tracking(simulate(3), residuals="iid", lags_s=[0.5])
    with pytest.raises(ValueError, match="1 or more bins, got 0"):
        profile_tracking(simulate(3), residuals="iid", widths=[0])


def test_a_cohort_s_profile_is_that_of_its_dyads() -> None:
    dyads = simulate(8, bins=200)
    profiles = study_cohort(dyads, moderators=["alliance"], within_therapists=True, profile=True).tracking_profile
    for profile in profiles:
        options = {"residuals": profile.residuals, "moderators": ["alliance"], "within_therapists": True}
        lags_s = [at.lag_s for at in profile.by_lag]
        assert profile.by_lag == profile_tracking(dyads, lags_s=lags_s, **options)  # type: ignore[arg-type]
        widths = [round(at.bin_s) for at in profile.by_width]
        assert widths == [1, 2, 4, 8, 16]
        assert profile.by_width == profile_tracking(dyads, widths=widths, **options)  # type: ignore[arg-type]
    assert study_cohort(dyads).tracking_profile == ()


def test_the_profile_says_where_judges_are_late() -> None:
    rng = np.random.default_rng(7)
    dyads = []
    for name in "abcdef":
        truth = np.convolve(rng.normal(size=409), np.ones(10), "valid")
        dyads.append(make(name, np.roll(truth, 10) + rng.normal(size=400), truth))
    iid, _ = study_cohort(dyads, profile=True).tracking_profile
    assert "with judges 10 s later (searched for, so that its p is no p)" in iid.summary()
    level, _ = study_cohort(simulate(6, bins=200), profile=True).tracking_profile
    assert "at no lag larger" in level.summary(), "the control is not late"
