"""Truth-and-Bias, independent residuals, one moderator, by statsmodels' MixedLM.

`python -m tests.reference.truth_and_bias_statsmodels` makes truth_and_bias_statsmodels.json anew; it needs statsmodels,
which the project does not. Its standard errors are left out: they come from the observed curvature of all parameters
together, not from the fixed effects' information.
"""

import json
from pathlib import Path

import numpy as np

from dialogram import JudgedDyad, Trace

ANSWERS = Path(__file__).with_suffix(".json")


def simulate() -> list[JudgedDyad]:
    """Fifteen dyads of unequal length, one with missing bins, whose tracking goes with the alliance."""
    rng = np.random.default_rng(20261124)
    dyads = []
    for index in range(15):
        alliance = float(rng.integers(1, 8))
        truth = 50 + rng.normal(size=40 + 5 * index).cumsum()
        slope = 0.2 + 0.1 * alliance + 0.2 * rng.normal()
        judge = truth.mean() + 4 * rng.normal() + slope * (truth - truth.mean()) + 3 * rng.normal(size=truth.size)
        if index == 3:
            judge[10:14] = np.nan
        dyads.append(
            JudgedDyad(
                name=str(index),
                judge=Trace(values=judge, step_s=2.0),
                truth=Trace(values=truth, step_s=2.0),
                moderators={"alliance": alliance},
            )
        )
    return dyads


def fit_with_statsmodels() -> dict[str, float]:
    from statsmodels.regression.mixed_linear_model import MixedLM

    dyads = simulate()
    mean = np.mean([dyad.moderators["alliance"] for dyad in dyads])
    outcome, fixed, random, groups = [], [], [], []
    for dyad in dyads:
        present = ~np.isnan(dyad.judge.values)
        truth = dyad.truth.values[present]
        deviation, alliance = truth - truth.mean(), np.full(truth.size, dyad.moderators["alliance"] - mean)
        one = np.ones(truth.size)
        outcome.append(dyad.judge.values[present] - truth.mean())
        fixed.append(np.stack([one, alliance, deviation, deviation * alliance], axis=1))
        random.append(np.stack([one, deviation], axis=1))
        groups += [dyad.name] * truth.size
    model = MixedLM(np.concatenate(outcome), np.concatenate(fixed), groups, exog_re=np.concatenate(random))
    fit = model.fit(reml=True, method=["lbfgs", "powell", "bfgs"], gtol=1e-10)
    names = ("bias", "bias × alliance", "tracking", "tracking × alliance")
    found = {name: float(b) for name, b in zip(names, fit.fe_params, strict=True)}
    (var_bias, cov), (_, var_tracking) = np.asarray(fit.cov_re).tolist()
    found |= {"var_bias": var_bias, "cov": cov, "var_tracking": var_tracking}
    return found | {"residual": float(fit.scale), "loglik": float(fit.llf)}


if __name__ == "__main__":
    ANSWERS.write_text(json.dumps(fit_with_statsmodels(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
