"""When the player ran in view, and what media time it was then."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dialogram.capture.event_log import Event, Stream
from dialogram.timeline import MediaClock

GONE_MS = 2_500.0
"""Heartbeats come each second: after a longer silence nobody knows whether anyone was there."""

FARTHEST_MS = GONE_MS
"""How far a clock is run on beyond its last pair."""

SAME_PLACE_S = 0.001
"""A player that is sought to where it says that it stands says so to the microsecond."""

JUMP_S = 0.25
"""Pairs that part further than this from a steady player were parted by a seek that nobody wrote down."""

FRAMES_NEAR_MS = 1_000.0
"""`current_time` is off by up to three frames; it is used only this far from any frame."""

HIGHEST_RATE = 16.0

type Pairs = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class Played:
    """A stretch of a stream in which the player ran in view without a break.

    Parameters
    ----------
    from_ms, to_ms
        On the monotonic clock.
    low_s, high_s
        In media time; the player was nowhere else.
    clock
        From the pairs of this stretch only.
    follows
        Whether it goes on where the stretch before it ended, no seek between.
    why_apart
        What hid the media between the stretch before and this one.
    """

    from_ms: float
    to_ms: float
    low_s: float
    high_s: float
    clock: MediaClock
    follows: bool
    why_apart: str

    def media_at(self, monotonic_ms: ArrayLike) -> NDArray[np.float64]:
        """Return media seconds at moments of the stretch."""
        return np.clip(self.clock.media_at(monotonic_ms), self.low_s, self.high_s)


@dataclass(frozen=True)
class Hole:
    """Records that are not there: from the last event before them to the first after, `seq` being its record."""

    from_ms: float
    to_ms: float
    seq: int


def holes(stream: Stream) -> list[Hole]:
    """Return where records of a stream are missing, up to the last that is there."""
    there = set(stream.seqs)
    found: list[Hole] = []
    before: Event | None = None
    for event in stream.events:
        expected = 0 if before is None else before.seq + 1
        if event.seq > expected and any(seq not in there for seq in range(expected, event.seq)):
            start = event.t_ms if before is None else min(before.t_ms, event.t_ms)
            found.append(Hole(start, event.t_ms, event.seq))
        before = event
    return found


def played(stream: Stream) -> list[Played]:
    """Return the stretches in which the player ran in view, in the order in which they happened."""
    frames, fallback = stream.clock_pairs("frame"), stream.clock_pairs("current_time")
    pairs = _sorted(frames, _far_from(fallback, frames))
    stretches: list[Played] = []
    follows, why_apart = True, ""
    for span in _spans(stream, pairs, frames):
        follows, why_apart = follows and span.follows, why_apart or span.why_apart
        for stretch in _clocked(span, pairs):
            stretches.append(replace(stretch, follows=stretch.follows and follows, why_apart=why_apart))
            follows, why_apart = True, ""
    return [stretch for stretch in _one_way(stretches) if stretch.high_s > stretch.low_s]


@dataclass(frozen=True)
class _Span:
    from_ms: float
    to_ms: float
    rate: float
    sought_s: float
    is_start: bool
    follows: bool
    why_apart: str


@dataclass
class _Player:
    """What is known of the player after each mark."""

    wanted: bool = False
    stalled: bool = False
    seeking: bool = False
    visible: bool = True
    gone: bool = False
    lost: bool = False
    rate: float = 1.0
    stood_s: float = math.nan
    sought_s: float = math.nan

    def runs(self) -> bool:
        return self.wanted and not (self.stalled or self.seeking) and self.rate > 0

    def runs_in_view(self) -> bool:
        return self.runs() and self.visible and not (self.gone or self.lost)

    def hides(self) -> str:
        if self.lost:
            return "record-missing"
        if self.gone:
            return "gone"
        return "hidden" if self.runs() and not self.visible else ""

    def is_back(self) -> bool:
        """Whether it was sought to where it stood: a player that had to load its film again."""
        return abs(self.sought_s - self.stood_s) <= SAME_PLACE_S

    def take(self, kind: str, number: float) -> None:  # noqa: C901  # one line for each kind of mark
        match kind:
            case "play":
                # `playing` or `waiting` follows at once, and only `playing` means that it moves
                self.wanted, self.stalled = True, True
            case "playing" | "ran" | "seen":
                self.wanted, self.stalled, self.seeking = True, False, False
                self.visible, self.stood_s = self.visible or kind == "seen", math.nan
            case "pause" | "ended" | "finish":
                self.wanted, self.stood_s = False, number if kind == "pause" and not self.seeking else math.nan
            case "seeking" | "seeked":
                self.seeking = kind == "seeking"
                self.sought_s = math.nan if self.seeking else number
            case "waiting":
                self.stalled = True
            case "hidden" | "close":
                self.visible = False
            case "visible":
                self.visible = True
            case "rate":
                self.rate = number if 0 < number <= HIGHEST_RATE else 0.0
            case "gone" | "back":
                self.gone = kind == "gone"
            case "lost":
                self.lost, self.wanted, self.sought_s = True, False, math.nan
            case "found":
                self.lost = False


GRAVITY = ("", "hidden", "gone", "record-missing")
MARKS = (
    *("play", "playing", "pause", "ended", "finish", "seeking", "seeked", "waiting"),
    *("hidden", "visible", "close", "rate"),
)


def _spans(stream: Stream, pairs: Pairs, frames: Pairs) -> Iterator[_Span]:
    player = _Player(sought_s=stream.resumed_at_s())
    start, is_start, follows, why_apart = 0.0, False, True, ""
    for t_ms, kind, number in _marks(stream, pairs, frames):
        ran, at_rate, sought_s, sought = player.runs_in_view(), player.rate, player.sought_s, player.seeking
        player.take(kind, number)
        if (player.runs_in_view(), player.rate) != (ran, at_rate):
            if ran and t_ms > start:
                yield _Span(start, t_ms, at_rate, sought_s, is_start, follows, why_apart)
                follows, why_apart = True, ""
            start, is_start = t_ms, kind in {"playing", "seeked"}
        follows = follows and kind != "lost" and (player.seeking or not sought or player.is_back())
        why_apart = max(why_apart, player.hides(), key=GRAVITY.index)
    end = float(stream.times_ms().max(initial=0.0))
    if player.runs_in_view() and end > start:
        yield _Span(start, end, player.rate, player.sought_s, is_start, follows, why_apart)


def _marks(stream: Stream, pairs: Pairs, frames: Pairs) -> list[tuple[float, str, float]]:
    marks = [(event.t_ms, event.kind, event.number(0)) for event in stream.of_kind(*MARKS)]
    times = np.sort(stream.times_ms())
    for silence in np.flatnonzero(np.diff(times) > GONE_MS):
        marks += [(float(times[silence]), "gone", 0.0), (float(times[silence + 1]), "back", 0.0)]
    for hole in holes(stream):
        marks += [(hole.from_ms, "lost", 0.0), (hole.to_ms, "found", 0.0)]
        # what the player was told meanwhile is not known; two pairs that advance show that it ran
        at = int(np.searchsorted(pairs[0], hole.to_ms))
        advancing = np.flatnonzero(np.diff(pairs[1][at:]) > 0)
        if advancing.size:
            ran_ms = float(pairs[0][at + advancing[0]])
            marks.append((ran_ms, "seen" if ran_ms in frames[0] else "ran", 0.0))
    return sorted(marks, key=lambda mark: mark[0])


def _clocked(span: _Span, pairs: Pairs) -> Iterator[Played]:
    # a pair at the very end belongs to it: the last event of a stream often is one
    inside = slice(np.searchsorted(pairs[0], span.from_ms), np.searchsorted(pairs[0], span.to_ms, side="right"))
    times, media = pairs[0][inside], pairs[1][inside]
    gained, due = np.diff(media), np.diff(times) * span.rate / 1000.0
    jumps = np.flatnonzero((gained < -JUMP_S) | (gained > due + JUMP_S)) + 1
    bounds = [span.from_ms, *times[jumps].tolist(), span.to_ms]
    for place, (part_times, part_media) in enumerate(zip(np.split(times, jumps), np.split(media, jumps), strict=True)):
        if not part_times.size:
            return
        forward = part_media >= np.maximum.accumulate(part_media)
        clock = MediaClock(part_times[forward], part_media[forward], span.rate)
        from_ms = max(bounds[place], float(clock.monotonic_ms[0]) - FARTHEST_MS)
        to_ms = min(bounds[place + 1], float(clock.monotonic_ms[-1]) + FARTHEST_MS)
        low_s, high_s = np.maximum(clock.media_at([from_ms, to_ms]), 0.0).tolist()
        # a player says that it plays before it moves, and a busy page hears of it late: it moved from where it stood
        if place == 0 and span.is_start and 0.0 < low_s - span.sought_s <= JUMP_S:
            from_ms, low_s = from_ms - 1000.0 * (low_s - span.sought_s) / span.rate, span.sought_s
        elif span.sought_s - float(clock.media_s[0]) <= JUMP_S:
            low_s = max(low_s, span.sought_s)
        yield Played(from_ms, to_ms, low_s, high_s, clock, follows=place == 0, why_apart="")


def _one_way(stretches: list[Played]) -> list[Played]:
    """Where nobody sought, media time goes on where it stood.

    Clocks run on beyond their pairs are cut where they cross. A player told to stop may stand a little later than it
    says, because what lies in its buffer sounds on: there the clock is run on until they meet.
    """
    kept = list(stretches)
    for place, (before, after) in enumerate(pairwise(stretches)):
        first_s = float(after.clock.media_s[0])
        if after.follows and float(before.clock.media_s[-1]) <= first_s:
            high_s = min(kept[place].high_s, first_s)
            low_s = max(after.low_s, high_s)
            on_s = low_s - high_s if low_s - high_s <= JUMP_S and not after.why_apart else 0.0
            to_ms = before.to_ms + 1000.0 * on_s / before.clock.rate
            kept[place] = replace(kept[place], to_ms=to_ms, high_s=high_s + on_s)
            kept[place + 1] = replace(after, low_s=low_s)
    return kept


def _sorted(frames: Pairs, fallback: Pairs) -> Pairs:
    times = np.concatenate([frames[0], fallback[0]])
    media = np.concatenate([frames[1], fallback[1]])
    distinct, first = np.unique(times, return_index=True)
    return distinct, media[first]


def _far_from(fallback: Pairs, frames: Pairs) -> Pairs:
    if not frames[0].size:
        return fallback
    known = np.sort(frames[0])
    after = (
        np.searchsorted(known, fallback[0]).clip(1, known.size) if known.size > 1 else np.ones(fallback[0].size, int)
    )
    nearest = np.minimum(
        abs(fallback[0] - known[after - 1]), abs(fallback[0] - known[np.minimum(after, known.size - 1)])
    )
    far = nearest > FRAMES_NEAR_MS
    return fallback[0][far], fallback[1][far]
