import numpy as np

from dialogram.analysis.quality import assess_quality
from dialogram.timeline import Segment, Trace


def test_gaps_are_counted_and_placed_and_end_an_unchanged_stretch() -> None:
    nan = np.nan
    quality = assess_quality(Trace(values=[nan, 5, 5, 5, nan, 5, 5, 7, nan, nan], step_s=0.5, start_s=10.0))
    assert quality.gaps == 3
    assert quality.missing == (Segment(10.0, 10.5), Segment(12.0, 12.5), Segment(14.0, 15.0))
    assert quality.longest_unchanged_s == 1.5
    assert quality.coverage == 0.6


def test_thin_coverage_counts_by_its_share() -> None:
    assert assess_quality(Trace(values=[1, 2, 3, 4], step_s=1, coverage=[1, 0.5, 0.2, 1])).coverage == 0.625
    empty = assess_quality(Trace(values=[np.nan, np.nan], step_s=1))
    assert (empty.coverage, empty.gaps, empty.longest_unchanged_s) == (0.0, 1, 0.0)
