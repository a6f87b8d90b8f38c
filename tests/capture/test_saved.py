from typing import Any

from dialogram.capture import EventLog, LoggedRecord, Saved, last_media_s, last_value, saved

A, B = "a" * 32, "b" * 32


def _log(*records: tuple[str, int, list[list[Any]]]) -> EventLog:
    return EventLog.from_records([LoggedRecord(*record) for record in records], epochs={A: 1, B: 2})


FIRST = (A, 0, [["dial", 10, 40, "wheel"], ["clock", 20, 5.0, "frame"], ["heartbeat", 30, 99.0, 40]])


def test_a_sitting_goes_on_where_the_newest_stream_is() -> None:
    assert saved(EventLog(())) == Saved(None, None)
    assert saved(_log(FIRST)) == Saved(5.0, 40.0)
    assert saved(_log(FIRST, (B, 0, [["open", 1, {}]]))) == Saved(5.0, 40.0)
    assert saved(_log(FIRST, (B, 0, [["clock", 1, 3.5, "frame"], ["dial", 2, 70, "wheel"]]))) == Saved(3.5, 70.0)


def test_nothing_behind_a_missing_record_is_safe() -> None:
    assert saved(_log(FIRST, (A, 2, [["clock", 500, 9.0, "frame"]]))) == Saved(5.0, 40.0)
    assert saved(_log(FIRST, (A, 1, [["clock", 500, 9.0, "frame"]]))) == Saved(9.0, 40.0)
    assert saved(_log((A, 1, [["clock", 500, 9.0, "frame"]]))) == Saved(None, None)


def test_a_record_s_own_last_place_and_value() -> None:
    events = _log((A, 0, [["seeked", 1, 12.5], ["dial", 2, "x", "wheel"], ["heartbeat", 3, 12.625, None]]))
    assert last_media_s(events.streams[0].events) == 12.625
    assert last_value(events.streams[0].events) is None
