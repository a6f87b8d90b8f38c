"""Meta-analysis against metafor's output, which stops when τ² moves by less than 1e-5, and against the couples."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from numpy.typing import NDArray
from tests.reference.couples import read_couples
from tests.reference.meta_analysis_r import ANSWERS, simulate

from dialogram import meta_analyse, meta_regress
from dialogram.analysis.correlation import correlate
from dialogram.analysis.effective_n import effective_n_of_pairs

STOP = 1e-5
"""The change of τ² at which metafor's scoring stops."""


def score_tau2(z: NDArray[np.float64], v: NDArray[np.float64], design: NDArray[np.float64], *, stop: float) -> float:
    """Score τ² as metafor does, from the estimate of Hedges on (Viechtbauer 2005, equations 8 and 17)."""
    k, p = design.shape
    hat = np.eye(k) - design @ np.linalg.pinv(design)
    tau2 = max(0.0, (z @ hat @ z - np.trace(hat @ np.diag(v))) / (k - p))
    for _ in range(1000):
        w = np.diag(1 / (v + tau2))
        projection = w - w @ design @ np.linalg.inv(design.T @ w @ design) @ design.T @ w
        at_z = projection @ z
        step = (at_z @ at_z - np.trace(projection)) / np.trace(projection @ projection)
        tau2 = max(0.0, tau2 + step)
        if abs(step) < stop:
            break
    return float(tau2)


def _cases(folder: Path) -> list[tuple[dict[str, Any], dict[str, NDArray[np.float64]]]]:
    with (folder / "metafor_small_sample.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for case in json.loads((folder / "metafor_reference.json").read_text())["cases"]:
        if (case["method"], case["test"]) == ("REML", "knha"):
            of_case = [row for row in rows if row["case"] == case["design"]]
            found.append(
                (case, {name: np.array([float(row[name]) for row in of_case]) for name in of_case[0] if name != "case"})
            )
    return found


@pytest.mark.shared_data
def test_metafor_s_small_samples(shared_data: Path) -> None:
    cases = _cases(shared_data / "meta-analysis")
    assert len(cases) == 12
    for case, data in cases:
        names = {"intercept": [], "one": ["mod1"], "two": ["mod1", "mod2"]}[case["model"]]
        z, v = data["y"], data["v"]
        if names:
            regression = meta_regress(z, v, {name: data[name] for name in names})
            coefficients, tau2 = list(regression.coefficients), regression.tau2
            ours = [(one.b, one.se, one.p, *one.ci95) for one in coefficients]
        else:
            pooled = meta_analyse(z, v)
            tau2, ours = pooled.tau2, [(pooled.z, pooled.se, pooled.p, *pooled.ci95)]
        theirs = list(zip(*(case[key] for key in ("beta", "se", "pval", "ci_lb", "ci_ub")), strict=True))
        # As close as metafor's own stop lets it come, and where its scoring ends when it goes on.
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-4 * max(case["se"]))
        assert abs(tau2 - case["tau2"]) < 2 * STOP
        design = np.stack([np.ones(z.size), *(data[name] for name in names)], axis=1)
        assert tau2 == pytest.approx(score_tau2(z, v, design, stop=1e-14), rel=1e-9, abs=1e-12)


@pytest.mark.shared_data
def test_conscientiousness_and_adherence(shared_data: Path) -> None:
    """Molloy et al. 2014: .149918 (.031561), τ² .008111 where metafor's scoring stops; it has not quite arrived."""
    with (shared_data / "meta-analysis/molloy2014.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    z, v = (np.array([float(row[name]) for row in rows]) for name in ("yi", "vi"))
    stopped = score_tau2(z, v, np.ones((z.size, 1)), stop=STOP)
    weights = 1 / (v + stopped)
    assert (round(float(np.average(z, weights=weights)), 6), round(float(weights.sum()) ** -0.5, 6)) == (
        0.149918,
        0.031561,
    )
    assert round(stopped, 6) == 0.008111

    pooled = meta_analyse(z, v)
    assert pooled.z == pytest.approx(0.149918, abs=2e-6)
    assert pooled.tau2 == pytest.approx(0.008111, abs=2e-6)
    assert pooled.tau2 == pytest.approx(score_tau2(z, v, np.ones((z.size, 1)), stop=1e-14), rel=1e-9)


@pytest.mark.shared_data
def test_couples_with_effective_weights(shared_data: Path) -> None:
    pairs = read_couples(shared_data).values()
    z = np.array([np.arctanh(correlate(her, his)) for her, his in pairs])
    v = np.array([1 / (effective_n_of_pairs(her, his) - 3) for her, his in pairs])
    pooled = meta_analyse(z, v)
    assert pooled.k == 19
    assert (round(pooled.z, 6), round(pooled.se, 6), round(pooled.tau2, 6)) == (0.302554, 0.041686, 0.011737)
    assert (round(pooled.i2, 2), round(pooled.q, 4)) == (35.15, 27.1248)
    assert [round(end, 4) for end in pooled.prediction95] == [0.0587, 0.5464]


def test_metafor_s_prediction_intervals() -> None:
    """On k − 1 degrees of freedom, as Knapp and Hartung's t: those of Higgins et al., k − 2, are wider."""
    cases = simulate()
    z, v = np.array(cases["y"]), np.array(cases["v"])
    for theirs in json.loads(ANSWERS.read_text(encoding="utf-8"))["prediction"]:
        k = theirs["k"]
        pooled = meta_analyse(z[:k], v[:k])
        assert (pooled.z, pooled.se, pooled.tau2) == pytest.approx([theirs[key] for key in ("z", "se", "tau2")])
        assert pooled.prediction95 == pytest.approx(theirs["prediction95"])
        half = scipy.stats.t.ppf(0.975, k - 2) * np.sqrt(pooled.tau2 + pooled.se**2)
        assert half > 1.001 * (theirs["prediction95"][1] - pooled.z), "the control has k − 2"
