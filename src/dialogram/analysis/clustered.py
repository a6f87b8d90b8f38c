from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from dialogram.analysis.correlation import Floats

_NOTHING = 1e-10
"""Share of a cluster's largest eigenvalue below which a case says nothing that the fit has not taken up."""


@dataclass(frozen=True)
class ClusteredErrors:
    """How far coefficients can be trusted when cases of a cluster are alike.

    Parameters
    ----------
    clusters
        How many.
    covariance : ndarray, shape (p, p)
        Of the coefficients.
    """

    clusters: int
    covariance: Floats
    _inverse: Floats
    _own: Floats
    _adjusted: Floats

    def df(self, contrast: Floats) -> float:
        """Degrees of freedom of the t of ``contrast @ b``."""
        own = np.einsum("p,gpq,q->g", contrast, self._own, contrast)
        moved = self._adjusted @ contrast
        inner = moved.T @ moved @ self._inverse
        of_all = np.einsum("gp,pq,gq->g", moved, self._inverse, moved)
        squares = float((own**2).sum() - 2 * own @ of_all + np.trace(inner @ inner))
        return float((own.sum() - of_all.sum()) ** 2 / squares) if squares > 0 else float("nan")


def weigh_clusters(design: Floats, weights: Floats, residuals: Floats, clusters: Sequence[Hashable]) -> ClusteredErrors:
    r"""Weigh the coefficients of a regression whose cases come in clusters, however these hang together.

    Parameters
    ----------
    design : ndarray, shape (n, p)
        Of full rank.
    weights, residuals : ndarray, shape (n,)
        Inverse variances of the cases as the regression took them, and what it left over.
    clusters
        Whose each case is; at least two.

    Returns
    -------
    ClusteredErrors

    Notes
    -----
    With :math:`M = (X'WX)^{-1}` and, of each cluster g, :math:`\Phi_g = W_g^{-1}`,

    .. math:: \operatorname{cov} b = M \sum_g X_g'W_gA_g e_g e_g' A_g'W_gX_g M, \quad
              A_g = \Phi_g^{1/2} \left(\Phi_g^{1/2} (\Phi_g - X_g M X_g') \Phi_g^{1/2}\right)^{+1/2} \Phi_g^{1/2}

    which is without bias where the weights are right (CR2), with Satterthwaite's degrees of freedom: Bell & McCaffrey
    2002, Survey Methodology 28, 169–181; for meta-analysis Tipton 2015, Psychological Methods 20, 375–393,
    doi 10.1037/met0000011; Pustejovsky & Tipton 2018, Journal of Business & Economic Statistics 36, 672–683,
    doi 10.1080/07350015.2016.1247004. Below four degrees of freedom even that p is too small at times.

    Examples
    --------
    >>> y = np.array([1.0, 1.2, 3.0, 3.2, 5.0, 5.2])
    >>> found = weigh_clusters(np.ones((6, 1)), np.ones(6), y - y.mean(), "aabbcc")
    >>> round(float(found.covariance[0, 0]), 3), round(found.df(np.ones(1)), 3)
    (1.333, 2.0)
    """
    inverse = np.linalg.inv(design.T @ (weights[:, np.newaxis] * design))
    order = {name: at for at, name in enumerate(dict.fromkeys(clusters))}
    which = np.array([order[name] for name in clusters])
    scores, own, adjusted = [], [], []
    for at in range(len(order)):
        rows = np.flatnonzero(which == at)
        x, w = design[rows], weights[rows]
        root = w**-0.5
        inner = root[:, np.newaxis] * (np.diag(1 / w) - x @ inverse @ x.T) * root
        values, vectors = np.linalg.eigh(inner)
        kept = values > _NOTHING * max(float(values[-1]), 0.0)
        half = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
        # A'WXM of this cluster: how its residuals move the coefficients.
        moves = root[:, np.newaxis] * (half @ (root[:, np.newaxis] * (w[:, np.newaxis] * (x @ inverse))))
        scores.append(residuals[rows] @ moves)
        own.append(moves.T @ (moves / w[:, np.newaxis]))
        adjusted.append(x.T @ moves)
    of_clusters = np.array(scores)
    return ClusteredErrors(len(order), of_clusters.T @ of_clusters, inverse, np.array(own), np.array(adjusted))
