from collections.abc import Iterable, Sequence


def ranges(seqs: Iterable[int]) -> tuple[range, ...]:
    """Return the numbers of the records that are there as runs without a gap, in order.

    Parameters
    ----------
    seqs
        Numbers of records, in any order, repeats allowed.

    Raises
    ------
    ValueError
        For a negative number.

    Examples
    --------
    >>> ranges([4, 0, 1, 1, 5])
    (range(0, 2), range(4, 6))
    """
    found: list[range] = []
    for seq in sorted(set(seqs)):
        if seq < 0:
            raise ValueError(f"seqs: expected numbers from 0 on, got {seq}")
        if found and found[-1].stop == seq:
            found[-1] = range(found[-1].start, seq + 1)
        else:
            found.append(range(seq, seq + 1))
    return tuple(found)


def missing(seqs: Iterable[int], last_seq: int) -> tuple[range, ...]:
    """Return the runs of records of a stream that are not there, up to and with `last_seq`.

    Ranges, not numbers: somebody may claim ten million records.

    Raises
    ------
    ValueError
        For a negative number.

    Examples
    --------
    >>> missing([0, 1, 4], last_seq=6)
    (range(2, 4), range(5, 7))
    >>> sum(map(len, missing([0, 1, 4], last_seq=6)))
    4
    """
    if last_seq < 0:
        raise ValueError(f"last_seq: expected a number from 0 on, got {last_seq}")
    absent: list[range] = []
    expected = 0
    for run in (*ranges(seqs), range(last_seq + 1, last_seq + 2)):
        stop = min(run.start, last_seq + 1)
        if stop > expected:
            absent.append(range(expected, stop))
        expected = max(expected, run.stop)
    return tuple(absent)


def contiguous(seqs: Iterable[int]) -> int:
    """Return how many records are there from 0 on without a gap; it is also the first number not there.

    Examples
    --------
    >>> contiguous([0, 1, 2, 5]), contiguous([1, 2])
    (3, 0)
    """
    runs: Sequence[range] = ranges(seqs)
    return runs[0].stop if runs and runs[0].start == 0 else 0
