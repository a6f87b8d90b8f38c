import numpy as np
import pytest

from dialogram import fit_actor_partner, fit_actor_partner_by_role

RNG = np.random.default_rng(9)
X = RNG.normal(size=(40, 2))
Y = 1 + 0.6 * X - 0.3 * X[:, ::-1] + RNG.normal(size=(40, 2)) + RNG.normal(size=(40, 1))


def test_the_fit_is_the_top_of_the_restricted_likelihood_written_out() -> None:
    fit = fit_actor_partner(X, Y)
    design = np.concatenate([np.stack([np.ones(40), X[:, own], X[:, 1 - own]], axis=1) for own in (0, 1)])
    outcome = np.concatenate([Y[:, 0], Y[:, 1]])

    def deviance(rho: float) -> tuple[float, np.ndarray, np.ndarray]:
        inverse = np.linalg.inv(np.kron(np.array([[1, rho], [rho, 1]]), np.eye(40)))
        information = design.T @ inverse @ design
        b = np.linalg.solve(information, design.T @ inverse @ outcome)
        left = outcome - design @ b
        squares = left @ inverse @ left
        determinants = -np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(information)[1]
        return determinants + 77 * np.log(squares), b, squares / 77 * np.linalg.inv(information)

    top, b, covariance = deviance(fit.rho)
    np.testing.assert_allclose([fit.intercept.b, fit.actor.b, fit.partner.b], b, rtol=1e-9)
    np.testing.assert_allclose(
        [fit.intercept.se, fit.actor.se, fit.partner.se], np.sqrt(np.diag(covariance)), rtol=1e-9
    )
    assert top < min(deviance(fit.rho - 0.01)[0], deviance(fit.rho + 0.01)[0])


def test_who_stands_first_does_not_matter_without_roles() -> None:
    turned = RNG.random(40) < 0.5
    mixed = [np.where(turned[:, np.newaxis], each[:, ::-1], each) for each in (X, Y)]
    assert fit_actor_partner(*mixed).actor.b == pytest.approx(fit_actor_partner(X, Y).actor.b)


def test_each_role_has_its_own_regression() -> None:
    client, therapist = fit_actor_partner_by_role(X, Y, ("client", "therapist"))
    design = np.column_stack([np.ones(40), X])
    for fit, member in ((client, 0), (therapist, 1)):
        b = np.linalg.lstsq(design, Y[:, member])[0]
        assert (fit.actor.b, fit.partner.b) == pytest.approx((b[1 + member], b[2 - member]))
    assert client.rho == therapist.rho
    assert client.summary().startswith("Over 40 dyads for the outcome of the client: actor b = ")


def test_what_says_nothing_is_refused() -> None:
    missing = X.copy()
    missing[2:, 0] = np.nan
    for fit in (fit_actor_partner, lambda x, y: fit_actor_partner_by_role(x, y, ("a", "b"))):
        with pytest.raises(ValueError, match="whole dyads"):
            fit(missing, Y)
        with pytest.raises(ValueError, match="whole dyads"):
            fit(np.ones((40, 2)), Y)
        with pytest.raises(ValueError, match="two numbers a dyad"):
            fit(X[:, :1], Y)
