import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from dialogram.analysis import compare
from dialogram.figures import draw_detection, draw_session
from dialogram.figures.file import render
from dialogram.figures.palette import CLIENT, THERAPIST
from dialogram.timeline import Trace


def _rated(values: list[float], name: str, *, start_s: float = 0.0) -> Trace:
    return Trace(values=values, step_s=60.0, start_s=start_s, name=name)


def _bars(a: Trace, b: Trace) -> list[tuple[str, str, float, float]]:
    axes = draw_detection(a, b, compare(a, b)).axes[0]
    bars = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    names = {CLIENT.lower(): "client", THERAPIST.lower(): "therapist"}
    return [
        (
            names[to_hex(bar.get_facecolor())],
            "up" if bar.get_height() > 0 else "down",
            bar.get_x(),
            bar.get_x() + bar.get_width(),
        )
        for bar in bars
    ]


def test_every_bout_is_a_bar_at_its_minutes_up_for_helpful_and_down_for_hindering() -> None:
    a = _rated([50, 80, 80, np.nan, 80, 20], "client")
    b = _rated([50, 50, 90, 50, 20, 20], "therapist", start_s=60.0)
    assert _bars(a, b) == [
        ("client", "up", 1, 3),
        ("client", "up", 4, 5),
        ("client", "down", 5, 6),
        ("therapist", "up", 3, 4),
        ("therapist", "down", 5, 7),
    ]


def test_what_was_seen_is_said_over_it_and_it_stands_in_line_under_the_session() -> None:
    a, b = _rated([50, 80, 50, 80, 50], "client"), _rated([50, 80, 50, 50, 50], "a therapist whose name is long")
    result = compare(a, b)
    figure = draw_detection(a, b, result)
    said = "\n".join(text.get_text() for text in figure.axes[0].texts).splitlines()
    assert "bars up client: 2 helpful moments  ·  a therapist whose … saw 1" in said
    assert "bars down client: 0 hindering moments  ·  a therapist whose … saw 0" in said
    above = draw_session(a, b, result).axes[0]
    assert above.get_position().intervalx.tolist() == figure.axes[0].get_position().intervalx.tolist()


@pytest.mark.parametrize("values", [[np.nan, np.nan], [50.0, 50.0], [80.0, 80.0]])
def test_empty_and_flat_ratings_make_a_figure(values: list[float]) -> None:
    a, b = _rated(values, "client"), _rated(values, "therapist")
    assert render(draw_detection(a, b, compare(a, b)), "svg")
