"""The data of the rating and the practice page, as the room's views hand them over."""

from typing import Any

from tests.e2e.harness_rate import texts

SCALE = {
    "name": "helpfulness",
    "low": 0,
    "high": 100,
    "neutral": 50,
    "step": 1,
    "low_label": "hindering",
    "neutral_label": "neutral",
    "high_label": "helpful",
}

DISPLAY = {"kind": "dial", "number": True, "labels": True, "ticks": True, "colours": True, "trace_s": 0}


def rate_page(*, end_s: float, start_s: float = 0.0, **others: Any) -> dict[str, Any]:
    return {
        "base": "/room/sittings/3f1c",
        "csrf": "token",
        "media_url": "/media/film",
        "has_video": True,
        "start_s": start_s,
        "end_s": end_s,
        "scale": SCALE,
        "display": DISPLAY,
        "hold_to_play": False,
        "may_pause": True,
        "rewind_s": 0,
        "break_after_min": None,
        "resume": None,
        "role": "client",
        "stop_url": "/room/stopped",
        "dials": ["screen"],
        "texts": texts.RATE,
    } | others


def practice_page(*, start_s: float = 0.0, length_s: float = 4.0, **others: Any) -> dict[str, Any]:
    return rate_page(end_s=20.0) | {
        "practice": {"start_s": start_s, "length_s": length_s},
        "target": None,
        "next_url": "/room/done",
        "texts": texts.PRACTICE,
        **others,
    }
