"""What docs/explanation/many-dyads.md prints of the couples is what is found of them."""

from pathlib import Path

import pytest
from tests.reference.couples import read_couples

from dialogram import CohortResult, JudgedDyad, Trace, TruthAndBias, study_cohort

PAGE = Path(__file__).parents[2] / "docs/explanation/many-dyads.md"


@pytest.fixture(scope="module")
def page() -> str:
    return " ".join(PAGE.read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def result(shared_data: Path) -> CohortResult:
    dyads = [
        JudgedDyad(name=name, judge=Trace(values=her, step_s=1.0), truth=Trace(values=his, step_s=1.0))
        for name, (her, his) in read_couples(shared_data).items()
    ]
    return study_cohort(dyads, profile=True)


def short(number: float, digits: int = 2) -> str:
    """As the page prints a number: no nought before the point."""
    return f"{number:.{digits}f}".replace("0.", ".", 1).replace("-", "−")


def row(fit: TruthAndBias) -> str:
    """The model's line of the table."""
    bias, tracking = (f"{short(each.b)} ({short(each.se)})" for each in (fit.bias, fit.tracking))
    spread = short(fit.between_dyads.var_tracking, 3)
    return f"| `{fit.residuals}` | {bias} | {tracking} | {short(fit.tracking_standardised.b)} | {spread} |"


@pytest.mark.shared_data
def test_the_meta_analysis(page: str, result: CohortResult) -> None:
    meta = result.meta
    assert meta is not None
    mean = f"the mean Fisher z is {short(meta.z, 3)} (standard error {short(meta.se, 3)}), r = {short(meta.r)}."
    assert mean in page
    assert f"τ² = {short(meta.tau2, 3)}, and {meta.i2:.0f} % of what" in page


@pytest.mark.shared_data
def test_the_strangers(page: str, result: CohortResult) -> None:
    against = result.pseudo_dyads
    assert against is not None
    assert f"here r = {short(against.z_pseudo)} over {against.pseudo} such pairs" in page
    assert (against.dyads * (against.dyads - 1), against.pseudo) == (342, 324)


@pytest.mark.shared_data
def test_both_models(page: str, result: CohortResult) -> None:
    assert row(result.iid) in page
    assert row(result.ar1) in page
    assert row(result.ar1).replace("ar1", "iid") not in page, "the control is another model's line"
    likelihoods = f"{short(result.ar1.loglik, 0)} against {short(result.iid.loglik, 0)}"
    assert f"restricted log-likelihood {likelihoods}" in page
    assert f"(ρ = {short(result.ar1.rho)} from bin to bin)" in page
    assert result.iid.bootstrap is not None
    drawn = result.iid.bootstrap.coefficients[1]
    ends = {tuple(map(short, each.ci95)) for each in (result.iid.tracking, drawn)}
    assert ends == {(".25", ".43")}
    assert "tracking .34, .25 to .43 by either" in page


@pytest.mark.shared_data
def test_the_profile(page: str, result: CohortResult) -> None:
    found = []
    for profile in result.tracking_profile:
        widths = {round(at.bin_s): short(at.tracking.b) for at in profile.by_width}
        one, eight, most = (widths[width] for width in (1, 8, 32))
        found.append(f"{one}, {eight} and {most} by `{profile.residuals}`")
        assert max(profile.by_lag, key=lambda at: at.tracking.b).lag_s == 0
    assert found[0] in page
    assert found[1] in page
