import numpy as np
import pytest

from dialogram import meta_analyse, meta_regress

Z = np.array([0.1, 0.35, 0.2, 0.8, 0.5])
V = np.array([0.02, 0.05, 0.03, 0.04, 0.02])


def test_dyads_alike_have_no_variance_between_them() -> None:
    pooled = meta_analyse(np.array([0.30, 0.31, 0.29]), np.array([0.02, 0.03, 0.04]))
    assert (pooled.tau2, pooled.i2) == (0.0, 0.0)
    assert meta_analyse(Z, V).tau2 > 0


def test_equal_variances_give_the_mean_and_its_own_standard_error() -> None:
    pooled = meta_analyse(Z, np.full(5, 0.01))
    assert pooled.z == pytest.approx(Z.mean(), rel=1e-12)
    assert pooled.se == pytest.approx(Z.std(ddof=1) / np.sqrt(5), rel=1e-12)
    assert pooled.tau2 == pytest.approx(Z.var(ddof=1) - 0.01, rel=1e-9)
    assert (pooled.df, pooled.r) == (4, np.tanh(pooled.z))


def test_a_result_says_itself() -> None:
    pooled = meta_analyse(Z, V)
    assert list(pooled.to_dict())[:3] == ["k", "clusters", "z"]
    assert pooled.summary().startswith("Over 5 dyads the two raters correlate r = 0.")
    regression = meta_regress(Z, V, {"alliance": [1.0, 3.0, 2.0, 5.0, 5.0]})
    assert [one["name"] for one in regression.to_dict()["coefficients"]] == ["intercept", "alliance"]
    assert "alliance b = 0." in regression.summary()


@pytest.mark.parametrize(
    ("moderators", "words"),
    [
        ({"alliance": [3.0] * 5}, "'alliance' is 3 in every dyad"),
        ({"alliance": [1.0, 2, 3, 4]}, "5 finite numbers of 'alliance'"),
        ({"alliance": [1.0, 2, 3, 4, np.nan]}, "5 finite numbers of 'alliance'"),
        ({"alliance": [1.0, 2, 3, 4, 5], "twice": [2.0, 4, 6, 8, 10]}, "what the others do not"),
        ({name: np.eye(5)[index] for index, name in enumerate("abcd")}, "at least 6 dyads"),
    ],
)
def test_moderators_that_say_nothing_are_refused(moderators: dict[str, list[float]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        meta_regress(Z, V, moderators)


@pytest.mark.parametrize(("z", "v"), [(Z[:1], V[:1]), (Z, V[:4]), (np.append(Z[:4], np.inf), V), (Z, V - 0.02)])
def test_what_cannot_be_pooled_is_refused(z: np.ndarray, v: np.ndarray) -> None:
    with pytest.raises(ValueError, match="z and v"):
        meta_analyse(z, v)
