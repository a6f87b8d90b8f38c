"""Whether a rating can be used as it is, or wants a look first, and why."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dialogram.capture.assemble import Assembly

type Word = Literal["good", "check", "poor"]

RULE = "verdict/1"
UNRATED_SHARE = 0.05
"""More of the stretch than this without a rating wants a look."""

UNUSABLE_SHARE = 0.5
"""With more than this unrated, whatever is reckoned from it describes the smaller part of the session."""

NAMED_S = 10.0
"""Shorter losses of one kind are not worth a sentence."""

LATE_TOUCH_S = 60.0
RESTING_S = 600.0
"""A resting hand is an answer; after ten minutes the desk is told, and the participant is not."""

LOSSES = {
    "hidden": "unwatched",
    "gone": "gone",
    "record-missing": "lost",
    "device-lost": "phone-lost",
    "not-played": "not-played",
}
"""What the reasons of assembly's gaps are called here."""

OF_HAND = frozenset({"resting", "flat"})
"""Findings that tell something of the ratings: for those only who may see these."""


@dataclass(frozen=True)
class Finding:
    """One reason; `seconds` is how long it lasted, `count` how often, where that has a meaning.

    `code` is ``unwatched`` (it played in a page nobody could see), ``gone`` (nothing was heard from the page),
    ``lost`` (records never arrived), ``phone-lost`` (nothing was heard from the phone that was the dial),
    ``not-played``, ``late`` (first touched after a minute), ``resting`` (the hand held still for ten minutes),
    ``flat`` (it never moved), ``coarse-clock`` (no picture to tell the time by: moments are up to 50 ms off),
    ``phone`` (a phone was the dial; changes may be off by so much), ``reloads`` (it went on in so many further
    pages), or ``conflicts`` (records that came twice with different content, kept aside).
    """

    code: str
    seconds: float | None = None
    count: int | None = None


@dataclass(frozen=True)
class Verdict:
    """A word, ``good``, ``check`` or ``poor``, the reasons for it, and notes that are no reason to doubt it."""

    word: Word
    reasons: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()
    rule: str = RULE

    def without_hand(self) -> "Verdict":
        """Return the verdict for those who may not yet see anything of the ratings."""
        kept = tuple(finding for finding in self.reasons if finding.code not in OF_HAND)
        return replace(self, word=self.word if kept else "good", reasons=kept)


def judge(assembly: Assembly, *, conflicts: int = 0) -> Verdict:
    """Judge whether a rating can be used as it is, by rule ``verdict/1``.

    ``poor`` when more than half of the stretch has no rating. ``check`` when more than 5 % has none, when records
    are lost or came twice with different content, when the dial was first touched after a minute, never moved, or
    held still for ten minutes. The thresholds are ours. Nothing is left out on account of a verdict.

    Parameters
    ----------
    assembly
        A sitting's trace and how it came about.
    conflicts
        How many of its records came twice with different content.

    Examples
    --------
    >>> from dialogram.capture import EventLog, LoggedRecord, assemble
    >>> from dialogram.timeline import HELPFULNESS
    >>> events = [
    ...     ["open", 0, {"format": 1, "epoch": 1}], ["dial", 900, 50, "pointer"], ["playing", 1000, 0],
    ...     ["clock", 1000, 0.0, "frame"], ["dial", 2500, 70, "pointer"], ["clock", 3000, 2.0, "frame"],
    ...     ["pause", 3000, 2.0],
    ... ]
    >>> log = EventLog.from_records([LoggedRecord("a" * 32, 0, events)])
    >>> judge(assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=3.0))
    Verdict(word='check', reasons=(Finding(code='not-played', seconds=1.0, count=None),), notes=(), rule='verdict/1')
    """
    trace = assembly.trace
    stretch_s = trace.duration_s
    lost_s = {code: _length_s(assembly, reason) for reason, code in LOSSES.items()}
    late_s = stretch_s if assembly.touched_s is None else assembly.touched_s - trace.start_s
    unrated = sum(_length_s(assembly, reason) for reason in {gap.reason for gap in assembly.gaps}) / stretch_s
    told = sorted(((code, lasted_s) for code, lasted_s in lost_s.items() if lasted_s > 0), key=lambda loss: -loss[1])
    reasons = [
        Finding(code, seconds=lasted_s)
        for code, lasted_s in told
        if code == "lost" or (unrated > UNRATED_SHARE and (lasted_s >= NAMED_S or code == told[0][0]))
    ]
    if late_s > LATE_TOUCH_S:
        reasons.append(Finding("late", seconds=late_s))
    if conflicts:
        reasons.append(Finding("conflicts", count=conflicts))
    values = trace.values[trace.present]
    if values.size and np.ptp(values) == 0:
        reasons.append(Finding("flat"))
    elif assembly.longest_unchanged_s > RESTING_S:
        reasons.append(Finding("resting", seconds=assembly.longest_unchanged_s))
    notes = []
    if assembly.streams > 1:
        notes.append(Finding("reloads", count=assembly.streams - 1))
    if assembly.clock in {"current_time", "mixed"}:
        notes.append(Finding("coarse-clock"))
    if assembly.phone_uncertainty_ms is not None:
        notes.append(Finding("phone", seconds=assembly.phone_uncertainty_ms / 1000))
    word: Word = "poor" if unrated > UNUSABLE_SHARE else "check" if reasons else "good"
    return Verdict(word, tuple(reasons), tuple(notes))


def _length_s(assembly: Assembly, reason: str) -> float:
    return sum(gap.end_s - gap.start_s for gap in assembly.gaps if gap.reason == reason)
