import math

import numpy as np
import pytest

from dialogram import fit_response_surface

RNG = np.random.default_rng(8)
X, Y, NOISE = RNG.normal(size=(3, 60))


def test_the_slopes_are_those_of_the_lines_of_agreement_and_disagreement() -> None:
    """Turned by 45 degrees, the surface's own coefficients are the slopes, standard errors and all."""
    z = 1 + 0.4 * X - 0.2 * Y + 0.3 * X**2 - 0.5 * X * Y + 0.1 * Y**2 + NOISE
    surface = fit_response_surface(X, Y, z)
    agree, part = (X + Y) / 2, (X - Y) / 2
    turned = fit_response_surface(agree, part, z)
    for slope, index in ((surface.a1, 1), (surface.a2, 3), (surface.a3, 2), (surface.a4, 5)):
        assert slope.b == pytest.approx(turned.b[index].b, rel=1e-9)
        assert slope.se == pytest.approx(turned.b[index].se, rel=1e-9)
    assert surface.r2 == pytest.approx(turned.r2)
    assert surface.a1.df == 54
    assert "a4 b = " in surface.summary()


def test_cases_with_something_missing_are_left_out() -> None:
    z = NOISE.copy()
    z[3] = math.nan
    assert fit_response_surface(X, Y, z).n == 59


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (X[:6], Y[:6], "at least 7 whole cases"),
        (X, 2 * X, "not in one line"),
        (np.sign(X), Y, "three different values"),
        (np.zeros(60), Y, "three different values"),
        (X, Y[:50], "as many numbers each"),
    ],
)
def test_what_has_no_surface_is_refused(x: np.ndarray, y: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fit_response_surface(x, y, NOISE[: x.size])
