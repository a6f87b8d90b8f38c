"""Event logs as a browser would have written them, of a hand whose movements are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dialogram.capture import EventLog, LoggedRecord, StepFunction
from dialogram.simulate.browser import Browser, Stretch

type Act = Literal["play", "watch", "pause", "stall", "seek", "hide", "gone", "rate", "reload"]

FAULTS: tuple[Act, ...] = ("pause", "stall", "hide", "gone", "reload")


@dataclass(frozen=True)
class Step:
    """One thing that happens in a sitting.

    Parameters
    ----------
    act
        ``play`` (the hand follows), ``watch`` (it plays, the dial has not yet been touched), ``pause``, ``stall``
        (the player waits for data), ``hide`` (it plays in a page out of sight), ``gone`` (it plays in a page that
        says nothing), all for `amount` seconds; ``seek`` to `amount`; ``rate`` becomes `amount`; ``reload``, going
        on `amount` seconds before the place reached.
    amount
        Seconds, media seconds or a rate.
    """

    act: Act
    amount: float


@dataclass(frozen=True, eq=False)
class SimulatedLog:
    """What was written down in a simulated sitting, and the truth.

    Parameters
    ----------
    records
        Stream by stream, in order.
    covered
        Stretches of the recording that were attended, in the order in which it happened, each with the number of
        the hand that was at the dial. Where two overlap, the later counts.
    """

    records: tuple[LoggedRecord, ...]
    covered: tuple[Stretch, ...]

    @property
    def log(self) -> EventLog:
        """The records as an event log."""
        return EventLog.from_records(self.records)


def simulate_event_log(
    hands: StepFunction | Sequence[StepFunction],
    *,
    rng: np.random.Generator,
    duration_s: float,
    program: Sequence[Step] | None = None,
    fps: float = 30.0,
    jumps_per_min: float = 0.0,
    has_video: bool = True,
    blocked: bool = False,
) -> SimulatedLog:
    """Let a hand rate a recording in a browser, and write down what the browser would.

    Parameters
    ----------
    hands
        What the hand does over media time. With several, each reload and each seek backwards goes on to the next.
    rng
        The source of chance.
    duration_s
        Length of the recording.
    program
        What happens; default: it plays through.
    fps
        Frames a second.
    jumps_per_min
        How often a frame comes 16.7 ms late and the player catches up later.
    has_video
        Without picture the clock is `currentTime`.
    blocked
        The page is busy by turns: inputs keep the time at which they were made, but are written down up to 80 ms
        later.

    Returns
    -------
    SimulatedLog
        With times at the precision of the protocol: microseconds.

    Examples
    --------
    >>> hand = StepFunction([0.0, 4.0], [4.0, 10.0], [50.0, 80.0])
    >>> simulated = simulate_event_log(hand, rng=np.random.default_rng(1), duration_s=10.0)
    >>> [event.fields[0] for event in simulated.log.streams[0].of_kind("dial")]
    [50.0, 80.0]
    """
    browser = Browser(
        [hands] if isinstance(hands, StepFunction) else list(hands),
        rng=rng,
        duration_s=duration_s,
        fps=fps,
        jumps_per_min=jumps_per_min,
        has_video=has_video,
    )
    browser.open()
    for step in program or [Step("play", duration_s + 1.0)]:
        _act(browser, step)
    browser.finish()
    records: list[LoggedRecord] = []
    for stream, events in browser.streams:
        records += _records(stream, events, rng=rng, blocked=blocked)
    return SimulatedLog(tuple(records), tuple(browser.covered))


def draw_program(rng: np.random.Generator, *, duration_s: float, faults: int = 6) -> list[Step]:
    """Draw an ordinary sitting: the recording is played to its end, with some things going wrong on the way.

    Parameters
    ----------
    rng
        The source of chance.
    duration_s
        Length of the recording.
    faults
        How many pauses, stalls, hidden pages, silences and reloads there are in it.
    """
    program: list[Step] = []
    for played_s in np.diff(np.sort(rng.uniform(0, duration_s, faults)), prepend=0.0).tolist():
        act = FAULTS[int(rng.integers(len(FAULTS)))]
        amount = {"stall": rng.uniform(0.2, 4.0), "reload": rng.uniform(0.0, 2.0)}.get(act, rng.uniform(3.0, 20.0))
        program += [Step("play", played_s), Step(act, float(amount))]
    return [*program, Step("play", 2 * duration_s)]


def _act(browser: Browser, step: Step) -> None:
    match step.act:
        case "play" | "watch":
            browser.play(step.amount, touching=step.act == "play")
        case "pause":
            browser.pause(step.amount)
        case "stall":
            browser.stall(step.amount)
        case "hide":
            browser.hide(step.amount)
        case "gone":
            browser.go(step.amount)
        case "seek":
            browser.seek(step.amount)
        case "rate":
            browser.change_rate(step.amount)
        case "reload":
            browser.reload(step.amount)


def _records(stream: str, events: list[list[Any]], *, rng: np.random.Generator, blocked: bool) -> list[LoggedRecord]:
    """Cut a stream's events into records, in the order in which they became known."""
    known_ms = np.array([event[1] for event in events])
    kinds = np.array([event[0] for event in events])
    # a frame is announced before it is shown; an input waits until the page has time for it
    known_ms[kinds == "clock"] -= 12.0
    if blocked:
        known_ms[kinds == "dial"] += rng.uniform(0.0, 80.0, int(np.sum(kinds == "dial")))
    known_ms[0] = -np.inf
    order = np.argsort(known_ms, kind="stable")
    quarter = np.maximum(known_ms[order], 0.0) // 250.0
    cuts = np.flatnonzero(np.diff(quarter)) + 1
    return [
        LoggedRecord(stream, seq, [events[place] for place in places.tolist()])
        for seq, places in enumerate(np.split(order, cuts))
    ]
