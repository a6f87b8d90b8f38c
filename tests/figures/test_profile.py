import numpy as np
import pytest
from tests.analysis.cohorts import simulate

from dialogram import study_cohort
from dialogram.figures import draw_profile


def test_it_draws_what_the_profile_holds() -> None:
    profiles = study_cohort(simulate(6, bins=200), profile=True).tracking_profile
    figure = draw_profile(profiles)
    by_lag, by_width = figure.axes
    for axes, of in ((by_lag, "by_lag"), (by_width, "by_width")):
        marks = [line for line in axes.get_lines() if line.get_marker() in {"o", "s"}]
        assert [np.asarray(line.get_ydata()).tolist() for line in marks] == [
            [at.tracking.b for at in getattr(profile, of)] for profile in profiles
        ]
    lags = ["−30", "−20", "−10", "−4", "0", "4", "10", "20", "30"]
    assert [label.get_text() for label in by_lag.get_xticklabels()] == lags
    assert [label.get_text() for label in by_width.get_xticklabels()] == ["1", "2", "4", "8", "16"]
    assert by_lag.get_ylim() == by_width.get_ylim()


def test_nothing_is_no_figure() -> None:
    with pytest.raises(ValueError, match="expected at least one, got none"):
        draw_profile([])
