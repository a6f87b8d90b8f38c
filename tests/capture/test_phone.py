"""A phone as the dial: a trace is the hand on the phone, wherever the phone held the dial and was heard."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dialogram.capture import Assembly, EventLog, LoggedRecord, assemble, saved
from dialogram.capture.verdict import Finding, judge
from dialogram.timeline import HELPFULNESS

PAGE, PHONE, OTHER_PHONE = "a" * 32, "b" * 32, "c" * 32
END_S = 40.0
FILM_MS = 2_000.0
"""When the film begins, on the page's clock."""

type Events = list[list[Any]]


def page(*events: list[Any], found_ms: float = 1_000, syncs: bool = True) -> Events:
    """A page that plays the film through, second by second, with a phone as its dial."""
    beats: Events = [["heartbeat", FILM_MS + 500 * half, half / 2, None] for half in range(int(END_S * 2) + 1)]
    pairs: Events = [["clock", FILM_MS + 250 * quarter, quarter / 4, "frame"] for quarter in range(int(END_S * 4) + 1)]
    return [
        ["open", 0, {"format": 1, "epoch": 1, "device": {"kind": "screen", "name": "dial", "resolution": 1}}],
        ["device", found_ms, "found", "phone"],
        *(sync_events(offset_ms=500_000, until_ms=FILM_MS + 1000 * END_S) if syncs else []),
        ["playing", FILM_MS, 0],
        *beats,
        *pairs,
        ["pause", FILM_MS + 1000 * END_S, END_S],
        *events,
    ]


def sync_events(*, offset_ms: float, until_ms: float, trip_ms: float = 4.0) -> Events:
    return [["sync", at, at + offset_ms, trip_ms] for at in np.arange(100.0, until_ms, 5_000.0).tolist()]


def phone(*dials: tuple[float, float], lead_ms: float, until_s: float = END_S, syncs: bool = True) -> Events:
    """A phone whose clock is ahead of the page's by `lead_ms`; its dials are (media second, value)."""
    zero_ms = FILM_MS + lead_ms
    last_ms = zero_ms + 1000 * until_s
    beats: Events = [["heartbeat", at, None, None] for at in np.arange(lead_ms + 1_000, last_ms + 1, 1_000.0).tolist()]
    told: Events = [["dial", zero_ms + 1000 * media_s, value, "touch"] for media_s, value in dials]
    return [
        ["open", lead_ms, {"format": 1, "epoch": 1, "device": {"kind": "phone", "name": "phone", "resolution": 0.5}}],
        *(sync_events(offset_ms=500_000 - lead_ms, until_ms=last_ms) if syncs else []),
        *beats,
        *told,
    ]


def trace(log: EventLog, *, step_s: float = 1.0) -> Assembly:
    return assemble(log, scale=HELPFULNESS, start_s=0.0, end_s=END_S, step_s=step_s)


def log_of(page_events: Events, *phones: Events) -> EventLog:
    names = [PAGE, PHONE, OTHER_PHONE]
    return EventLog.from_records(
        [LoggedRecord(name, 0, events) for name, events in zip(names, [page_events, *phones], strict=False)]
    )


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    lead_ms=st.floats(0, 5e6),
    drift=st.floats(-4e-5, 4e-5),
    moves=st.dictionaries(st.integers(1, 390).map(lambda tenth: tenth / 10), st.integers(0, 100), max_size=20),
)
def test_changes_of_the_phone_lie_where_they_were_made_within_the_stated_bound(
    seed: int, lead_ms: float, drift: float, moves: dict[float, int]
) -> None:
    rng = np.random.default_rng(seed)
    moves = {-0.5: 50, **dict(sorted(moves.items()))}
    last_ms = FILM_MS + 1000 * END_S

    def own(page_ms: float) -> float:
        return lead_ms + page_ms * (1 + drift)

    def exchanges(clock_of: Any) -> Events:
        at_ms = np.arange(100.0, last_ms + 2_000, 2_000.0)
        trips = np.where(
            rng.random(at_ms.size) < 0.3, rng.uniform(100, 900, at_ms.size), rng.uniform(1, 20, at_ms.size)
        )
        shift = (rng.random(at_ms.size) - 0.5) * trips
        return [["sync", clock_of(at), 9e8 + at + off, trip] for at, off, trip in zip(at_ms, shift, trips, strict=True)]

    events = [
        ["open", own(0), {"format": 1, "epoch": 1, "device": {"kind": "phone", "name": "phone", "resolution": 1}}],
        *exchanges(own),
        *(["heartbeat", own(at), None, None] for at in np.arange(1_000.0, last_ms + 1_000, 1_000.0)),
        *(["dial", own(FILM_MS + 1000 * media_s), value, "touch"] for media_s, value in moves.items()),
    ]
    pages = [*page(syncs=False), *exchanges(lambda at: at)]
    assembly = trace(log_of(pages, events), step_s=0.5)

    assert assembly.phone_uncertainty_ms is not None
    bound_s = (assembly.phone_uncertainty_ms + 1.0) / 1000
    at_s, values = np.array(list(moves)), np.array(list(moves.values()), dtype=float)
    most = 0.0
    for place, value in enumerate(assembly.trace.values.tolist()):
        ends = np.append(at_s[1:], END_S)
        low_s, high_s = place / 2, place / 2 + 0.5
        true = float(np.sum(values * np.clip(np.minimum(ends, high_s) - np.maximum(at_s, low_s), 0, None)) / 0.5)
        # each change may be out by the bound, and moves so much of its height into this bin or out of it
        near = (at_s >= low_s - bound_s) & (at_s <= high_s + bound_s)
        slack = float(np.sum(np.abs(np.diff(values, prepend=values[0]))[near])) * bound_s / 0.5
        assert abs(value - true) <= slack + 1e-6
        most = max(most, abs(value - true))
    assert assembly.trace.coverage.min() == 1.0


def test_the_page_s_own_dial_counts_before_the_phone_is_found_and_after_it_is_lost() -> None:
    pages = page(
        ["dial", 1_500, 20, "pointer"],
        ["dial", FILM_MS + 15_000, 99, "pointer"],  # while the phone holds it nobody can turn the screen's
        ["device", FILM_MS + 30_000, "lost", "phone"],
        ["dial", FILM_MS + 35_000, 10, "keyboard"],
        found_ms=FILM_MS + 10_000,
    )
    values = trace(log_of(pages, phone((5, 70), (20, 80), (33, 1), lead_ms=7e5))).trace.values

    assert values[:10].tolist() == [20.0] * 10
    assert values[10:20].tolist() == [70.0] * 10
    assert values[20:35].tolist() == [80.0] * 15
    assert values[35:].tolist() == [10.0] * 5


def test_where_the_phone_is_not_heard_nothing_is_rated() -> None:
    heard = phone((-0.5, 50), lead_ms=3e4)
    silent = [event for event in heard if event[0] == "open" or not 12_100 < event[1] - 3e4 - FILM_MS < 17_900]
    assembly = trace(log_of(page(), silent))

    assert np.flatnonzero(np.isnan(assembly.trace.values)).tolist() == [12, 13, 14, 15, 16, 17]
    (gap,) = assembly.gaps
    assert (gap.start_s, gap.end_s) == pytest.approx((12.0, 18.0))
    assert gap.reason == "device-lost"
    # the control: heard all the while, it is all rated
    assert not np.isnan(trace(log_of(page(), heard)).trace.values).any()


def test_a_locked_phone_is_no_dial() -> None:
    hidden: Events = [["hidden", 3e4 + FILM_MS + 5_000], ["visible", 3e4 + FILM_MS + 7_000]]
    assembly = trace(log_of(page(), [*phone((-0.5, 50), lead_ms=3e4), *hidden]))
    (gap,) = assembly.gaps
    assert (gap.start_s, gap.end_s) == pytest.approx((5.0, 7.0))
    assert gap.reason == "device-lost"


def test_a_phone_that_ends_for_good_is_not_taken_to_hold_still() -> None:
    assembly = trace(log_of(page(), phone((-0.5, 50), (3, 60), lead_ms=10.0, until_s=20.0)))
    assert not np.isnan(assembly.trace.values[:20]).any()
    assert np.isnan(assembly.trace.values[20:]).all()
    assert assembly.gaps[-1].reason == "device-lost"


def test_a_phone_loaded_again_goes_on_where_it_stood() -> None:
    first, second = phone((-0.5, 50), (4, 60), lead_ms=10.0, until_s=19.0), phone((25, 90), lead_ms=8e5)
    second = [["open", 8e5 + FILM_MS + 20_500, second[0][2]], *(e for e in second[1:] if e[1] > 8e5 + FILM_MS + 20_500)]
    values = trace(log_of(page(), first, second)).trace.values
    assert values[4:25].tolist() == [60.0] * 21
    assert values[25:].tolist() == [90.0] * 15


def test_a_missing_record_of_the_phone_leaves_a_gap() -> None:
    events = phone((-0.5, 50), (10, 70), lead_ms=0.0)
    early = [event for event in events if event[1] <= FILM_MS + 12_500]
    late = [event for event in events if event[1] > FILM_MS + 14_500]
    records = [LoggedRecord(PAGE, 0, page()), LoggedRecord(PHONE, 0, early), LoggedRecord(PHONE, 2, late)]
    assembly = trace(EventLog.from_records(records))
    assert np.isnan(assembly.trace.values[13:15]).all()
    assert "record-missing" in [gap.reason for gap in assembly.gaps]


@pytest.mark.parametrize("deaf", ["page", "phone"])
def test_without_a_common_clock_a_phone_s_changes_have_no_place(deaf: str) -> None:
    pages, phones = page(syncs=deaf != "page"), phone((-0.5, 50), lead_ms=0.0, syncs=deaf != "phone")
    assembly = trace(log_of(pages, phones))
    assert np.isnan(assembly.trace.values).all()
    assert assembly.phone_uncertainty_ms is None


def test_a_phone_is_no_page_load_and_tells_no_place_to_go_on() -> None:
    log = log_of(page(["heartbeat", 50_000, END_S, 64]), phone((-0.5, 50), lead_ms=0.0))
    assert trace(log).streams == 1
    assert trace(log).resolution == 1
    assert (saved(log).media_s, saved(log).value) == (END_S, 64.0)
    assert saved(log_of(page(), phone((-0.5, 50), lead_ms=0.0))).value is None


def test_the_verdict_names_a_phone_that_was_not_heard_and_how_far_its_changes_may_be_off() -> None:
    heard = judge(trace(log_of(page(), phone((-0.5, 50), (3, 60), lead_ms=10.0))))
    assert (heard.word, heard.notes) == ("good", (Finding("phone", seconds=0.004),))
    lost = judge(trace(log_of(page(), phone((-0.5, 50), (3, 60), lead_ms=10.0, until_s=25.0))))
    (finding,) = lost.reasons
    assert finding.code == "phone-lost"
    assert finding.seconds == pytest.approx(15.0)
