import numpy as np

from dialogram.analysis.block_bootstrap import (
    REPLICATES,
    block_length,
    integral_time_scale,
    interval_of_draws,
    resample_sums,
)
from dialogram.analysis.correlation import Floats, varies
from dialogram.analysis.intraclass import (
    Intraclass,
    assemble_forms,
    intraclass_forms,
    mean_squares,
    no_forms,
    step_up,
)


def bootstrap_intraclass(
    ratings: Floats, *, step_s: float, rng: np.random.Generator, replicates: int = REPLICATES
) -> Intraclass:
    r"""Intraclass correlations of traces, with intervals by circular block bootstrap.

    Parameters
    ----------
    ratings : ndarray, shape (raters, n)
        On one grid, NaN where missing; bins that all rated are used, and keep their place in the blocks.
    step_s
        Width of a bin in seconds.
    rng
        Draws the blocks.
    replicates
        How many.

    Returns
    -------
    Intraclass
        With a note and no interval where a trace does not vary, or where fewer than four blocks of two time scales fit.

    Raises
    ------
    ValueError
        For fewer than two replicates.

    Notes
    -----
    Blocks, their length and the intervals as of :func:`dialogram.bootstrap_agreement`, of the slowest trace. A block is
    k + 3 sums: its bins, :math:`\sum_t (\sum_i x_{it})^2`, :math:`\sum_t \sum_i x_{it}^2` and
    :math:`\sum_t x_{it}` of each rater. From a replicate's sums, of n bins,

    .. math::
        (n - 1) U = \tfrac1k \sum_t \Big(\sum_i x_{it}\Big)^2 - \tfrac{G^2}{nk}, \quad
        (k - 1) R = \tfrac1n \sum_i \Big(\sum_t x_{it}\Big)^2 - \tfrac{G^2}{nk}

    with G the sum of all, and E from what they leave of :math:`\sum_{it} x_{it}^2 - G^2 / (nk)`. The interval of the
    mean of raters is that of a single one, stepped up. Of five raters with a true ICC(C,1) of .5 it covers 94 in 100 in
    458 bins AR(.95), 93 in 3,000, and 94 in 3,000 bins AR(.99). The F interval of
    :func:`dialogram.correlate_intraclass`, which takes bins for independent, covers 29, 31 and 19.

    Examples
    --------
    >>> from dialogram import correlate_intraclass
    >>> rng = np.random.default_rng(1)
    >>> hand = np.convolve(rng.normal(size=619), np.ones(20), "valid")
    >>> ratings = hand + 3 * np.stack([np.convolve(rng.normal(size=619), np.ones(20) / 4, "valid") for _ in range(4)])
    >>> sure, naive = bootstrap_intraclass(ratings, step_s=1.0, rng=rng), correlate_intraclass(ratings)
    >>> [[round(end, 2) for end in one["A,1"].ci95] for one in (sure, naive)]
    [[0.25, 0.71], [0.46, 0.55]]
    """
    if replicates < 2:
        raise ValueError(f"replicates: expected at least 2, got {replicates!r}")
    raters, bins = ratings.shape
    all_rated = ~np.isnan(ratings).any(axis=0)
    rated = np.compress(all_rated, ratings, axis=1)
    units = rated.shape[1]
    if raters < 2 or units < 2:
        return no_forms(units=units, raters=raters)
    values = intraclass_forms(mean_squares(rated), units=units, raters=raters)
    none = np.full((6, 2), np.nan)
    masked = np.where(all_rated, ratings, np.nan)
    if not all(varies(row) for row in masked):
        note = "no intervals, for a rater does not vary"
        return assemble_forms(values, none, units=units, raters=raters, note=note)
    time_scale = max(integral_time_scale(row) for row in masked)
    length = block_length(time_scale, bins)
    if length == 0:
        note = f"no intervals, for {bins * step_s:g} s hold no four blocks of {2 * time_scale * step_s:.3g} s"
        return assemble_forms(values, none, units=units, raters=raters, note=note)
    x = np.where(all_rated, ratings - rated.mean(), 0.0)
    rows = np.stack([all_rated, x.sum(axis=0) ** 2, (x**2).sum(axis=0), *x])
    drawn = _forms_of_sums(resample_sums(rows, length=length, replicates=replicates, rng=rng))
    blocks = bins // length
    ends = np.array(
        [
            interval_of_draws(value, row, blocks=blocks, raters=raters).ci95
            for value, row in zip(values[:3], drawn, strict=True)
        ]
    )
    told = f"95 % intervals from {blocks} blocks of {length * step_s:g} s"
    note = "no intervals, for nearly every block is without exception" if np.isnan(ends).all() else told
    return assemble_forms(values, np.concatenate([ends, step_up(ends, raters)]), units=units, raters=raters, note=note)


def _forms_of_sums(sums: Floats) -> Floats:
    """Give a single rater's three forms of columns of n, Σ(Σx)², ΣΣx² and each rater's Σx, shape (3, columns)."""
    n, of_bins, squares, of_raters = sums[0], sums[1], sums[2], sums[3:]
    raters = of_raters.shape[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = of_raters.sum(axis=0) ** 2 / (n * raters)
        units, apart = of_bins / raters - mean, (of_raters**2).sum(axis=0) / n - mean
        rest = squares - mean - units - apart
        found = np.stack([units / (n - 1), apart / (raters - 1), rest / ((n - 1) * (raters - 1))])
        return intraclass_forms(np.maximum(found, 0.0), units=n, raters=raters)[:3]
