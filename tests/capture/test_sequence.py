import pytest
from hypothesis import given, strategies as st

from dialogram.capture.sequence import contiguous, missing, ranges

seqs = st.lists(st.integers(0, 40), max_size=60)


@given(seqs=seqs, last_seq=st.integers(0, 50))
def test_what_is_there_and_what_is_missing_make_up_the_whole(seqs: list[int], last_seq: int) -> None:
    there = [seq for run in ranges(seqs) for seq in run]
    absent = [seq for run in missing(seqs, last_seq) for seq in run]
    assert there == sorted(set(seqs))
    assert absent == [seq for seq in range(last_seq + 1) if seq not in seqs]
    assert all(before.stop < after.start for before, after in zip(ranges(seqs), ranges(seqs)[1:], strict=False))
    assert contiguous(seqs) == next(seq for seq in range(42) if seq not in seqs)


def test_ten_million_missing_records_cost_nothing() -> None:
    assert missing([5], last_seq=10_000_000) == (range(5), range(6, 10_000_001))
    assert missing([], last_seq=0) == (range(1),)


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="seqs"):
        ranges([-1])
    with pytest.raises(ValueError, match="last_seq"):
        missing([], last_seq=-1)
