import numpy as np
import pytest

from dialogram.analysis.alignment import align
from dialogram.timeline import Scale, Trace


def _trace(values: list[float], start_s: float = 0.0, step_s: float = 1.0, name: str = "rater") -> Trace:
    return Trace(values=values, start_s=start_s, step_s=step_s, name=name)


def test_three_on_the_grid_that_holds_them_all() -> None:
    start_s, rows = align(_trace([1, 2, 3], 2.0), _trace([4, 5, 6], 1.0), _trace([7, 8, 9, 10], 3.0))
    nan = np.nan
    assert start_s == 1.0
    np.testing.assert_array_equal(rows, [[nan, 1, 2, 3, nan, nan], [4, 5, 6, nan, nan, nan], [nan, nan, 7, 8, 9, 10]])


def test_two_that_do_not_meet_are_named() -> None:
    with pytest.raises(ValueError, match="'early' and 'late' do not overlap, one covers 0 to 3 s and the other 3 to 5"):
        align(_trace([1, 2, 3, 4, 5]), _trace([1, 2], 3.0, name="late"), _trace([1, 2, 3], name="early"))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (_trace([1, 2, 3], step_s=2.0), "one step"),
        (_trace([1, 2, 3], start_s=0.5), "one grid"),
        (Trace(values=[1, 2, 3], step_s=1.0, scale=Scale(name="x", low=-100, neutral=0)), "one scale"),
    ],
)
def test_what_does_not_fit_is_refused_wherever_it_stands(other: Trace, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        align(_trace([1, 2, 3]), _trace([3, 2, 1]), other)
