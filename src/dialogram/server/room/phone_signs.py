"""What the phone of each sitting last told of itself; not kept, for its records say the same and stay."""

import time
from dataclasses import dataclass, replace

from dialogram.capture.messages import PhoneHeard, PhoneSign

HEARD_WITHIN_S = 3.0
"""A phone gives a sign twice a second."""


@dataclass(frozen=True)
class _Heard:
    sign: PhoneSign
    at_s: float
    over: bool


_by_sitting: dict[str, _Heard] = {}


def note(sitting_id: str, *, sign: PhoneSign, over: bool) -> None:
    """Remember a sign; of one stream, none that is older than what is known."""
    known = _by_sitting.get(sitting_id)
    if known is None or known.sign.stream != sign.stream or known.sign.t_ms <= sign.t_ms:
        _by_sitting[sitting_id] = _Heard(sign, time.monotonic(), over)


def heard(sitting_id: str) -> PhoneHeard | None:
    """Return what the phone that is the sitting's dial last told, and how long ago; None before it told anything."""
    known = _by_sitting.get(sitting_id)
    if known is None or known.over:
        return None
    age_ms = (time.monotonic() - known.at_s) * 1000
    told = known.sign.model_dump(exclude={"last_seq"})
    return PhoneHeard(**told, age_ms=round(age_ms, 1))


def last_seqs(sitting_id: str) -> dict[str, int]:
    """Return, by its stream's id, the number of the last record the phone was heard to have written."""
    known = _by_sitting.get(sitting_id)
    return {} if known is None else {known.sign.stream: max(known.sign.last_seq, 0)}


def alive(sitting_id: str) -> frozenset[str]:
    """Return the stream of the sitting's phone if it can still be heard."""
    known = _by_sitting.get(sitting_id)
    if known is None or time.monotonic() - known.at_s > HEARD_WITHIN_S:
        return frozenset()
    return frozenset({known.sign.stream})


def end(sitting_id: str) -> None:
    """Take the phone to be the dial no more, heard or not."""
    if known := _by_sitting.get(sitting_id):
        _by_sitting[sitting_id] = replace(known, over=True)


def forget(sitting_id: str) -> None:
    """Forget a sitting's phone: another one begins, or none."""
    _by_sitting.pop(sitting_id, None)
