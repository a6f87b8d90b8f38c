import numpy as np
from numpy.typing import NDArray


def runs_of(flags: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Where a row of flags is true without a break: first and one past the last index of each run, shape (k, 2).

    Examples
    --------
    >>> runs_of(np.array([True, True, False, True])).tolist()
    [[0, 2], [3, 4]]
    """
    edges = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    return np.stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)], axis=1)
