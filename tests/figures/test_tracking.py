import numpy as np
import pytest
from tests.analysis.cohorts import make, simulate

from dialogram.analysis import fit_truth_and_bias
from dialogram.figures import draw_tracking
from dialogram.figures.file import render


def test_a_dyad_s_mark_is_where_the_model_puts_it_and_leads_to_what_it_says_alone() -> None:
    fit = fit_truth_and_bias(simulate(6), residuals="iid")
    axes = draw_tracking(fit).axes[0]
    marks = [tuple(np.asarray(line.get_xydata())[0]) for line in axes.lines if line.get_marker() in {"o", "D", "s"}]
    assert marks == [(line.tracking, line.bias) for line in fit.lines]
    ends = [tuple(np.asarray(line.get_xydata())[0]) for line in axes.lines if line.get_linewidth() == 0.5]
    assert ends == [(line.own_tracking, line.own_bias) for line in fit.lines]
    assert [text.get_text() for text in axes.texts][:6] == [line.dyad for line in fit.lines]


def test_a_dial_turned_far_or_hardly_at_all_is_told_by_its_shape() -> None:
    rng = np.random.default_rng(5)
    dyads = simulate(2)
    for name, spread in (("far", 3.0), ("near", 0.3)):
        truth = 50 + 5 * rng.normal(size=150)
        dyads.append(make(name, 50 + spread * (truth - 50) + spread * rng.normal(size=150), truth))
    fit = fit_truth_and_bias(dyads, residuals="iid")
    axes = draw_tracking(fit).axes[0]
    shapes = [line.get_marker() for line in axes.lines if line.get_marker() in {"o", "D", "s"}]
    assert shapes[2:] == ["D", "s"]
    key = axes.texts[-1].get_text()
    assert "◆ the judge’s SD is 1.5 times the truth’s or more" in key
    assert "may be style" in key
    plain = draw_tracking(fit_truth_and_bias(simulate(2), residuals="iid")).axes[0]
    assert "may be style" not in plain.texts[-1].get_text()


@pytest.mark.parametrize("count", [2, 60])
def test_few_and_many_dyads(count: int) -> None:
    figure = draw_tracking(fit_truth_and_bias(simulate(count, bins=40), residuals="iid"))
    assert render(figure, "svg")
    assert len(figure.axes[0].texts) == (3 if count == 2 else 1)
