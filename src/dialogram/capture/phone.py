"""What a phone used as the dial said, put on the clock of the page that played the recording."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dialogram.capture.event_log import Stream
from dialogram.capture.player import GONE_MS, holes
from dialogram.capture.server_clock import ServerClock
from dialogram.capture.statements import Statements, statements_of
from dialogram.timeline import Scale

PHONE = "phone"
"""The name by which a page tells that the phone was found or lost."""


@dataclass(frozen=True)
class Unheard:
    """A time, on the page's clock, in which nobody knows what the hand on the phone did, and why."""

    from_ms: float
    to_ms: float
    reason: str


@dataclass(frozen=True)
class PhoneDial:
    """A page's dial while a phone was it: what it said, where it was not heard, how well its clock was known."""

    statements: Statements
    unheard: tuple[Unheard, ...]
    uncertainty_ms: float | None


def held_by_phone(page: Stream) -> list[tuple[float, float]]:
    """Return when the phone was a page's dial: from where it was found to where it was lost, on the page's clock."""
    marks = [(event.t_ms, event.text(0)) for event in page.of_kind("device") if event.text(1) == PHONE]
    until_ms = float(page.times_ms().max(initial=0.0))
    spans: list[tuple[float, float]] = []
    since_ms: float | None = None
    for t_ms, state in sorted(marks, key=lambda mark: mark[0]):
        if state == "found" and since_ms is None:
            since_ms = t_ms
        elif state == "lost" and since_ms is not None:
            spans.append((since_ms, t_ms))
            since_ms = None
    if since_ms is not None:
        spans.append((since_ms, until_ms))
    return [span for span in spans if span[1] > span[0]]


def dial_of(page: Stream, own: Statements, phones: Sequence[Stream], *, scale: Scale) -> PhoneDial:
    """Return a page's dial: its own, and the phone's wherever the phone held it.

    Parameters
    ----------
    page
        The stream of a page.
    own
        What the page's own dial said, (t_ms, value), in order.
    phones
        The phones' streams of the sitting.
    scale
        The rated dimension.
    """
    spans = held_by_phone(page)
    if not spans:
        return PhoneDial(own, (), None)
    heard = _Heard.of(page, phones, scale)
    outside = ~np.any([(own[0] >= from_ms) & (own[0] < to_ms) for from_ms, to_ms in spans], axis=0)
    times, values = [own[0][outside]], [own[1][outside]]
    unheard: list[Unheard] = []
    for from_ms, to_ms in spans:
        silent = heard.unheard(from_ms, to_ms)
        told, said = heard.within(from_ms, to_ms, silent)
        times.append(told)
        values.append(said)
        unheard += silent
    all_times = np.concatenate(times)
    order = np.argsort(all_times, kind="stable")
    return PhoneDial((all_times[order], np.concatenate(values)[order]), tuple(unheard), heard.uncertainty_ms)


@dataclass(frozen=True, eq=False)
class _Heard:
    """Everything of all phones on one page's clock: statements, signs of life, and where it is known to be deaf."""

    times_ms: NDArray[np.float64]
    values: NDArray[np.float64]
    alive_ms: NDArray[np.float64]
    deaf: tuple[Unheard, ...]
    uncertainty_ms: float | None

    @classmethod
    def of(cls, page: Stream, phones: Sequence[Stream], scale: Scale) -> "_Heard":
        clock = ServerClock.of(page)
        known = [(phone, at) for phone in phones if (at := ServerClock.of(phone)) is not None]
        if clock is None or not known:
            return cls(np.empty(0), np.empty(0), np.empty(0), (), None)
        times, values, alive, deaf = [], [], [], []
        for phone, at in known:
            lost = holes(phone)
            told, said = statements_of(phone, lost, scale)
            times.append(clock.to_stream(at.to_server(told)))
            values.append(said)
            alive.append(clock.to_stream(at.to_server(np.sort(phone.times_ms()))))
            for reason, spans in (
                ("record-missing", [(hole.from_ms, hole.to_ms) for hole in lost]),
                ("device-lost", _out_of_sight(phone)),
            ):
                for span in spans:
                    from_ms, to_ms = clock.to_stream(at.to_server(span)).tolist()
                    deaf.append(Unheard(from_ms, to_ms, reason))
        joined = np.concatenate(times)
        order = np.argsort(joined, kind="stable")
        uncertainty_ms = clock.uncertainty_ms + max(at.uncertainty_ms for _, at in known)
        return cls(
            joined[order], np.concatenate(values)[order], np.sort(np.concatenate(alive)), tuple(deaf), uncertainty_ms
        )

    def unheard(self, from_ms: float, to_ms: float) -> list[Unheard]:
        """Return where it was deaf in a span, and where no sign of life came for longer than heartbeats are apart."""
        inside = self.alive_ms[(self.alive_ms > from_ms) & (self.alive_ms < to_ms)]
        before = self.alive_ms[self.alive_ms <= from_ms]
        after = self.alive_ms[self.alive_ms >= to_ms]
        signs = [*before[-1:].tolist(), *inside.tolist(), *after[:1].tolist()]
        edges = [*([from_ms] if not before.size else []), *signs, *([to_ms] if not after.size else [])]
        silences = [Unheard(a, b, "device-lost") for a, b in pairwise(edges) if b - a > GONE_MS]
        cut = (Unheard(max(gap.from_ms, from_ms), min(gap.to_ms, to_ms), gap.reason) for gap in (*silences, *self.deaf))
        return [gap for gap in cut if gap.to_ms > gap.from_ms]

    def within(self, from_ms: float, to_ms: float, silent: Sequence[Unheard]) -> Statements:
        """Return what was said in a span, beginning with what was held; nothing where it was not heard."""
        edges = [from_ms, *(edge for gap in silent for edge in (gap.from_ms, gap.to_ms) if edge < to_ms)]
        inside = (self.times_ms > from_ms) & (self.times_ms < to_ms)
        at_ms = np.concatenate([edges, self.times_ms[inside]])
        values = np.concatenate([self._held(np.array(edges)), self.values[inside]])
        for gap in silent:
            values[(at_ms >= gap.from_ms) & (at_ms < gap.to_ms)] = np.nan
        order = np.argsort(at_ms, kind="stable")
        return at_ms[order], values[order]

    def _held(self, at_ms: NDArray[np.float64]) -> NDArray[np.float64]:
        place = np.searchsorted(self.times_ms, at_ms, side="right")
        return np.concatenate([[np.nan], self.values])[place]


def _out_of_sight(phone: Stream) -> list[tuple[float, float]]:
    """Return when the phone's page could not be seen: locked, or another app before it."""
    spans: list[tuple[float, float]] = []
    since_ms: float | None = None
    for event in phone.of_kind("hidden", "close", "visible"):
        if event.kind != "visible" and since_ms is None:
            since_ms = event.t_ms
        elif event.kind == "visible" and since_ms is not None:
            spans.append((since_ms, event.t_ms))
            since_ms = None
    if since_ms is not None:
        spans.append((since_ms, float(phone.times_ms().max())))
    return spans
