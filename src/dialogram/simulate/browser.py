"""A browser that plays a recording to somebody with a dial, as far as an event log can tell."""

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialogram.capture import StepFunction

LATE_MS = 1000.0 / 60.0
LONGEST_PAIR_MS = 250.0
DEPARTURE_S = 0.002
SLOWEST_START_MS = 120.0
LONGEST_BUFFER_S = 0.08


@dataclass(frozen=True)
class Stretch:
    """A stretch of media time, and which hand was at the dial."""

    start_s: float
    end_s: float
    hand: int


class Browser:
    """State of the page: its clock, its player, the hand; every act moves them on and writes down what shows."""

    def __init__(
        self,
        hands: list[StepFunction],
        *,
        rng: np.random.Generator,
        duration_s: float,
        fps: float,
        jumps_per_min: float,
        has_video: bool,
    ) -> None:
        self.streams: list[tuple[str, list[list[Any]]]] = []
        self.covered: list[Stretch] = []
        self._hands, self._hand = hands, 0
        self._rng = rng
        self._duration_s, self._fps, self._jumps_per_min = duration_s, fps, jumps_per_min
        self._source = "frame" if has_video else "current_time"
        self._has_video = has_video
        self._media_s, self._is_place_known = 0.0, True
        self._sounded: Stretch | None = None

    def open(self) -> None:
        """Load the page: a stream begins."""
        self.streams.append((self._rng.bytes(16).hex(), []))
        self._t_ms = round(float(self._rng.uniform(300.0, 900.0)), 3)
        self._heartbeat_ms = self._t_ms + 1000.0
        self._rate, self._playing = 1.0, False
        self._value: float | None = None
        self._pair: tuple[float, float] | None = None
        self._frame: tuple[float, float] | None = None
        facts = {
            "format": 1,
            "time_origin_ms": 1.7e12 + 1e6 * len(self.streams),
            "epoch": len(self.streams),
            "device": {"kind": "simulated", "name": "simulated dial", "resolution": 1},
            "page": {"width": 1280, "height": 800, "pixel_ratio": 1},
            "agent": "simulated",
            "media": {"duration_s": self._duration_s, "has_video": self._has_video},
            "resumed_at_s": self._media_s if len(self.streams) > 1 else None,
        }
        self._write("open", facts)
        self._pass(40.0)

    def play(self, wall_s: float, *, touching: bool = True) -> None:
        """Play on for some seconds, or to the end of the recording."""
        if touching:
            self._follow()
        if self._start():
            self._run(wall_s, framed=True, covered=self._value is not None)
            self._end()

    def pause(self, wall_s: float) -> None:
        """Stop the player; the hand fidgets."""
        if self._playing:
            self._playing = False
            sounds_on = not self._has_video and self._is_place_known and self._pair is not None
            self._tell("pause")
            if sounds_on:
                self._sound_on()
        self._write("blur")
        self._pass(500.0 * wall_s)
        if self._value is not None:
            self._turn(self._t_ms, self._value + float(self._rng.integers(-9, 9)))
        self._pass(500.0 * wall_s)
        self._write("focus")

    def stall(self, wall_s: float) -> None:
        """Wait for data."""
        if self._start():
            self._tell("waiting")
            self._pass(1000.0 * wall_s)
            self._follow_on()
            self._get_going()

    def hide(self, wall_s: float) -> None:
        """Play on in a page out of sight: no frames, the hand rests."""
        if self._start():
            self._write("hidden")
            self._run(wall_s, framed=False, covered=False)
            self._end()
            self._follow_on()
            self._write("visible")

    def go(self, wall_s: float) -> None:
        """Play on in a page that says nothing, not even a heartbeat."""
        if self._start():
            self._write("heartbeat", self._media_s, self._value)
            self._heartbeat_ms = np.inf
            back_ms = self._t_ms + 1000.0 * wall_s
            self._run(wall_s, framed=False, covered=False)
            # the silence lasts even if the recording ends in it
            self._t_ms = self._heartbeat_ms = max(back_ms, self._t_ms)
            self._pass(0.0)
            self._end()
            self._follow_on()

    def seek(self, to_s: float) -> None:
        """Go to another place."""
        self._sounded = None
        if to_s < self._media_s:
            self._next_hand()
        self._tell("seeking")
        self._media_s = min(to_s, self._duration_s)
        self._pass(54.0)
        self._follow_on()
        self._arrive()
        if self._playing:
            self._get_going()

    def change_rate(self, rate: float) -> None:
        """Play faster or slower from here on."""
        self._rate = rate
        self._pair = None
        self._write("rate", rate)

    def reload(self, back_s: float) -> None:
        """Load the page again: another stream, some way back."""
        self._sounded = None
        if self._rng.uniform() < 0.5:
            self._write("close")
        else:
            self._crash()
        self._media_s = max(self._media_s - back_s, 0.0)
        self._next_hand()
        self.open()
        self._tell("seeking")
        self._pass(54.0)
        self._arrive()

    def finish(self) -> None:
        """Hand in."""
        if self._playing:
            self._playing = False
            self._tell("pause")
        self._write("finish")

    def _start(self) -> bool:
        """Make the player run; it does not at the end of the recording."""
        if self._media_s >= self._duration_s:
            return False
        if not self._playing:
            self._playing = True
            self._tell("play")
            self._pass(20.0)
            self._get_going()
        return True

    def _arrive(self) -> None:
        """Stand where it was sought to: there is no picture for `currentTime` to be beside."""
        self._is_place_known = True
        self._write("seeked", round(self._media_s, 6))

    def _get_going(self) -> None:
        """Say that it plays, and move a little later; from where, the log cannot tell after it ran unseen."""
        self._tell("playing")
        if self._is_place_known:
            self._pass(float(self._rng.uniform(0.0, SLOWEST_START_MS)))

    def _sound_on(self) -> None:
        """Empty the buffer once the player has said that it stands; the log tells only if it plays on from there."""
        buffer_s = float(self._rng.uniform(0.0, LONGEST_BUFFER_S))
        if self._media_s + buffer_s * self._rate < self._duration_s:
            count = len(self.covered)
            self._run(buffer_s, framed=False, covered=self._value is not None)
            self._sounded = self.covered.pop() if len(self.covered) > count else None

    def _run(self, wall_s: float, *, framed: bool, covered: bool) -> None:
        if self._sounded and framed:
            self.covered.append(self._sounded)
        self._sounded = None
        left_s = (self._duration_s - self._media_s) / self._rate
        knots_ms, knots_s = self._frames(min(wall_s, left_s), jumping=framed)
        self._is_place_known = framed
        self._knots = (knots_ms, knots_s)
        turned = self._turns(knots_ms, knots_s) if covered else []
        if framed:
            for t_ms, media_s in zip(knots_ms[1:-1].tolist(), knots_s[1:-1].tolist(), strict=True):
                self._offer(t_ms, media_s)
        for t_ms, value in turned:
            self._beat(t_ms, knots_ms, knots_s)
            if value != self._value:
                self._turn(t_ms, value)
        self._beat(float(knots_ms[-1]), knots_ms, knots_s)
        if covered and knots_s[-1] > knots_s[0]:
            self.covered.append(Stretch(float(knots_s[0]), float(knots_s[-1]), self._hand))
        self._t_ms, self._media_s = float(knots_ms[-1]), float(knots_s[-1])
        if wall_s >= left_s:
            self._media_s = self._duration_s

    def _end(self) -> None:
        if self._media_s >= self._duration_s:
            self._playing = False
            self._tell("ended")

    def _crash(self) -> None:
        """End without a word: what came after the last event was attended, but nobody can know."""
        last_ms = max(event[1] for event in self.streams[-1][1])
        if self.covered and self.covered[-1].end_s == self._media_s and self._knots[0][-1] == self._t_ms > last_ms:
            until_s = float(np.interp(last_ms, *self._knots))
            self.covered[-1] = replace(self.covered[-1], end_s=max(until_s, self.covered[-1].start_s))

    def _frames(self, wall_s: float, *, jumping: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return when media time was what: where it starts, at each frame, where it ends."""
        end_s = self._media_s + wall_s * self._rate
        numbers = np.arange(np.floor(self._media_s * self._fps) + 1, np.ceil(end_s * self._fps))
        media_s = numbers / self._fps
        shown_ms = self._t_ms + 1000.0 * (media_s - self._media_s) / self._rate
        if jumping and 1000.0 / self._fps / self._rate > LATE_MS + 2.0:
            odds = self._jumps_per_min / (60.0 * self._fps)
            jumps = self._rng.uniform(size=numbers.size) < odds
            jumps[:2] = False
            # late by a sixtieth of a second after every other jump, in step again after the next
            shown_ms += LATE_MS * (np.cumsum(jumps) % 2)
        stop_ms = self._t_ms + 1000.0 * wall_s
        if shown_ms.size:
            stop_ms = max(stop_ms, float(shown_ms[-1]) + 1.0)
            end_s = float(media_s[-1] + self._rate * (stop_ms - shown_ms[-1]) / 1000.0)
        if end_s > self._duration_s:
            stop_ms -= 1000.0 * (end_s - self._duration_s) / self._rate
            end_s = self._duration_s
        knots_ms = np.round([self._t_ms, *shown_ms, stop_ms], 3)
        return knots_ms, np.array([self._media_s, *media_s, end_s])

    def _turns(self, knots_ms: NDArray[np.float64], knots_s: NDArray[np.float64]) -> list[tuple[float, float]]:
        hand = self._hands[self._hand].clip(float(knots_s[0]), float(knots_s[-1])) if knots_s[-1] > knots_s[0] else None
        if hand is None:
            return []
        times_ms = np.round(np.interp(hand.start_s, knots_s, knots_ms), 3)
        return list(zip(times_ms.tolist(), hand.values.tolist(), strict=True))

    def _offer(self, t_ms: float, media_s: float) -> None:
        """Log a pair when it is due, or off the line through the last; then also the one before it."""
        last, before = self._pair, self._frame if self._pair else None
        self._frame = (t_ms, media_s)
        if last and before:
            departs = abs(media_s - last[1] - self._rate * (t_ms - last[0]) / 1000.0) > DEPARTURE_S
            if not departs and t_ms - last[0] + (t_ms - before[0]) <= LONGEST_PAIR_MS:
                return
            if departs and before != last:
                self._write("clock", round(before[1], 6), self._source, at_ms=before[0])
        self._pair = self._frame
        self._write("clock", round(media_s, 6), self._source, at_ms=t_ms)

    def _beat(self, until_ms: float, knots_ms: NDArray[np.float64], knots_s: NDArray[np.float64]) -> None:
        while self._heartbeat_ms <= until_ms:
            media_s = float(np.interp(self._heartbeat_ms, knots_ms, knots_s))
            self._write("heartbeat", self._misread(media_s), self._value, at_ms=self._heartbeat_ms)
            self._heartbeat_ms += 1000.0

    def _pass(self, wall_ms: float) -> None:
        """Let time go by while the player stands."""
        until_ms = round(self._t_ms + wall_ms, 3)
        self._beat(until_ms, np.array([self._t_ms]), np.array([self._media_s]))
        self._t_ms = until_ms

    def _follow(self) -> None:
        """Put the hand where it belongs at this place; this touches the dial."""
        value = float(self._hands[self._hand].value_at([self._media_s])[0])
        if not np.isnan(value) and value != self._value:
            self._turn(self._t_ms, value)

    def _follow_on(self) -> None:
        if self._value is not None:
            self._follow()

    def _turn(self, t_ms: float, value: float) -> None:
        source = "restore" if self._value is None and len(self.streams) > 1 else "pointer"
        self._value = value
        self._write("dial", value, source, at_ms=t_ms)

    def _next_hand(self) -> None:
        self._hand = min(self._hand + 1, len(self._hands) - 1)

    def _tell(self, kind: str) -> None:
        """Write down an event of the player, with the place it would say it is at."""
        self._pair = None
        self._write(kind, self._misread(self._media_s))

    def _misread(self, media_s: float) -> float:
        """`currentTime` is up to three frames beside what is shown."""
        return round(max(media_s + float(self._rng.uniform(-0.008, 0.047)), 0.0), 6)

    def _write(self, kind: str, *fields: Any, at_ms: float | None = None) -> None:
        t_ms = self._t_ms if at_ms is None else at_ms
        self.streams[-1][1].append([kind, round(float(t_ms), 3), *fields])


def hand_of(changes: dict[float, float], *, until_s: float) -> StepFunction:
    """Return a hand that takes each value at its media second and holds it.

    Examples
    --------
    >>> hand_of({0.0: 50.0, 4.0: 80.0}, until_s=10.0).value_at([5.0])
    array([80.])
    """
    starts = sorted(changes)
    ends = [end for _, end in itertools.pairwise([*starts, until_s])]
    return StepFunction(starts, ends, [changes[start] for start in starts])
