import math
import random
from dataclasses import dataclass
from enum import StrEnum

from dialogram.timeline import Scale

PATH_STEP_S = 0.1
"""How closely a target's path is told."""
STILL_S = 1.5
"""The target rests at first, so that the hand finds it."""
MARGIN = 0.1
"""It stays away from the ends by this share of the scale: there a hand is stopped and does not follow."""
LEAST_MOVE = 0.25


@dataclass(frozen=True, kw_only=True)
class PracticeRule:
    """What the practice before a rating is like."""

    asked: bool
    """Whether there is one."""
    recording_s: float
    """How much of the recording is played in it, in seconds."""
    target_s: float
    """How long the hand follows a moving target before, in seconds; 0 asks for none."""
    tolerance: float
    """How far from the target still counts as on it, as a share of the scale."""
    least_share: float
    """For which share of the time the hand has to be on it."""
    tries: int
    """After so many it goes on, whatever came of them."""


class Verdict(StrEnum):
    """What becomes of the practice after a try."""

    MET = "met"
    AGAIN = "again"
    ENOUGH = "enough"


def judge_try(number: int, share_within: float, *, rule: PracticeRule) -> Verdict:
    """Tell whether a try (counted from 1) is good enough, or the last that is asked for.

    Nobody is kept from taking part: it goes on after some tries, and the tries are on record.

    Examples
    --------
    >>> rule = PracticeRule(asked=True, recording_s=60, target_s=30, tolerance=0.1, least_share=0.7, tries=2)
    >>> [judge_try(number, share, rule=rule).value for number, share in [(1, 0.7), (1, 0.4), (2, 0.4)]]
    ['met', 'again', 'enough']
    """
    if share_within >= rule.least_share:
        return Verdict.MET
    return Verdict.AGAIN if number < rule.tries else Verdict.ENOUGH


def target_path(number: int, *, scale: Scale, length_s: float) -> tuple[float, ...]:
    """Give the target's values, a tenth of a second apart, from 0 to its length.

    It rests at neutral, then glides to one place after another (1.2 to 2.2 s, eased in and out) and rests there
    (0.6 to 1.4 s). The path of a try is the same for everybody, so that hands can be compared, and another at each
    try, so that none is learnt by heart.

    Examples
    --------
    >>> from dialogram.timeline import HELPFULNESS
    >>> path = target_path(1, scale=HELPFULNESS, length_s=20.0)
    >>> len(path), path[0], min(path) >= 10, max(path) <= 90
    (201, 50.0, True, True)
    """
    chance = random.Random(number)  # noqa: S311  # a path, not a secret
    span = scale.high - scale.low
    values = [scale.neutral] * round(STILL_S / PATH_STEP_S)
    count = round(length_s / PATH_STEP_S) + 1
    while len(values) < count:
        here = values[-1]
        there = here
        while abs(there - here) < LEAST_MOVE * span:
            there = chance.uniform(scale.low + MARGIN * span, scale.high - MARGIN * span)
        steps = round(chance.uniform(1.2, 2.2) / PATH_STEP_S)
        glide = (here + (there - here) * (1 - math.cos(math.pi * step / steps)) / 2 for step in range(1, steps + 1))
        values += [round(value, 3) for value in glide]
        values += [values[-1]] * round(chance.uniform(0.6, 1.4) / PATH_STEP_S)
    return tuple(values[:count])
