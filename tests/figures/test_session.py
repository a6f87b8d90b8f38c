import csv
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from dialogram.analysis import compare
from dialogram.figures import DOUBLE_COLUMN_MM, SINGLE_COLUMN_MM, colours_of, draw_session
from dialogram.figures.file import PNG_DOTS_PER_INCH, render
from dialogram.figures.palette import CLIENT, OBSERVERS, THERAPIST
from dialogram.timeline import Scale, Trace


def _walk(seed: int, name: str, bins: int = 900, **more: object) -> Trace:
    rng = np.random.default_rng(seed)
    values = np.clip(50 + 2 * rng.normal(size=bins).cumsum(), 0, 100)
    return Trace(values=values, step_s=1.0, name=name, **more)  # type: ignore[arg-type]


def _draw(a: Trace, b: Trace, *, width_mm: float = DOUBLE_COLUMN_MM) -> Figure:
    return draw_session(a, b, compare(a, b), width_mm=width_mm)


def _place(line: Line2D) -> NDArray[np.float64]:
    place: NDArray[np.float64] = np.asarray(line.get_xydata(), dtype=np.float64)[0]
    return place


def _markers(figure: Figure, shape: str) -> list[Line2D]:
    return [line for line in figure.axes[0].lines if line.get_marker() == shape]


def test_extremes_are_told_by_shape_and_place_in_the_colour_of_the_rater() -> None:
    a, b = _walk(1, "client"), _walk(2, "therapist")
    result = compare(a, b)
    figure = draw_session(a, b, result)
    for shape, kind, sign in (("^", "helpful", 1), ("v", "hindering", -1)):
        drawn = sorted((_place(line)[0], str(line.get_markerfacecolor())) for line in _markers(figure, shape))
        filled = [(each, colour) for each, colour in ((result.extremes.a, CLIENT), (result.extremes.b, THERAPIST))]
        due = sorted(
            ((one.start_s + one.end_s) / 2 / 60, "white" if one.relative else colour)
            for picked, colour in filled
            for one in picked.extremes
            if one.kind == kind
        )
        assert [x for x, _ in drawn] == pytest.approx([x for x, _ in due], abs=0.2)
        assert [colour for _, colour in drawn] == [colour for _, colour in due]
        highest = {one.rank: one for one in result.extremes.a.extremes if one.kind == kind}[1]
        heights = [
            _place(line)[1] for line in _markers(figure, shape) if line.get_markeredgecolor() in {"white", CLIENT}
        ]
        assert any(sign * (height - highest.mean) > 0 for height in heights)


def test_no_two_markers_meet_where_both_raters_choose_the_same_moment() -> None:
    a = _walk(1, "client")
    figure = _draw(a, Trace(values=a.values, step_s=1.0, name="therapist"), width_mm=SINGLE_COLUMN_MM)
    axes = figure.axes[0]
    points = [
        axes.transData.transform(_place(line)) * 72 / figure.dpi
        for line in figure.axes[0].lines
        if line.get_marker() in {"^", "v"}
    ]
    assert len(points) == 12
    distances = [np.abs(one - other).max() for at, one in enumerate(points) for other in points[:at]]
    assert min(distances) >= 6.9


def test_missing_bins_are_gaps_and_a_lone_bin_is_a_dash() -> None:
    values = np.full(300, 60.0)
    values[100:150] = np.nan
    values[152] = np.nan
    values[150:152] = [61.0, np.nan]
    a, b = Trace(values=values, step_s=1.0, name="client"), _walk(2, "therapist", bins=300)
    axes = _draw(a, b).axes[0]
    line = next(line for line in axes.lines if line.get_color() == CLIENT and np.size(line.get_xdata()) == 300)
    drawn = np.asarray(line.get_ydata(), dtype=float)
    assert np.isnan(drawn[100:150]).all()
    np.testing.assert_array_equal(drawn, values)
    dashes = [segment for each in axes.collections for segment in each.get_paths()]
    assert any(
        np.allclose(path.vertices, [[150 / 60, 61], [151 / 60, 61]])
        for path in dashes
        if np.shape(path.vertices) == (2, 2)
    )


def test_axes_say_minutes_and_the_words_of_the_scale() -> None:
    scale = Scale(
        name="warmth", low=-3, high=3, neutral=0, low_label="cold", neutral_label="neither", high_label="warm"
    )
    a = Trace(values=np.linspace(-2, 2, 600), step_s=2.0, scale=scale, name="client")
    b = Trace(values=np.linspace(2, -2, 600), step_s=2.0, scale=scale, name="therapist")
    axes = _draw(a, b).axes[0]
    assert axes.get_xlabel() == "minutes"
    assert axes.get_xlim() == (0.0, 20.0)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cold −3", "neither 0", "warm 3"]


@pytest.mark.parametrize(("bins", "ticks"), [(15, "0 0.1 0.2"), (45, "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7"), (90, "0 0.25")])
def test_short_recordings_have_ticks_too(bins: int, ticks: str) -> None:
    axes = _draw(_walk(1, "client", bins=bins), _walk(2, "therapist", bins=bins)).axes[0]
    low, high = axes.get_xlim()
    shown = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    told = " ".join(label.get_text() for at, label in shown if low <= at <= high)
    assert told.startswith(ticks)


@pytest.mark.parametrize("width_mm", [SINGLE_COLUMN_MM, DOUBLE_COLUMN_MM])
@pytest.mark.parametrize(
    "names", [("client", "therapist"), ("$x_1$ somebody with a very long name", "#T*2*"), ('Ж<b>$x_1$ & "q"', "T")]
)
@pytest.mark.parametrize("dots_per_inch", [100.0, PNG_DOTS_PER_INCH])
def test_no_text_is_clipped_and_no_two_meet(width_mm: float, names: tuple[str, str], dots_per_inch: float) -> None:
    values = _walk(1, "client").values.copy()
    values[300:400] = np.nan
    figure = _draw(Trace(values=values, step_s=1.0, name=names[0]), _walk(2, names[1]), width_mm=width_mm)
    figure.set_dpi(dots_per_inch)
    FigureCanvasAgg(figure).draw()  # type: ignore[no-untyped-call]
    axes = figure.axes[0]
    texts = [
        text
        for text in [*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label]
        if text.get_text() and text.get_visible()
    ]
    low, high = axes.get_xlim()
    boxes = [
        text.get_window_extent()
        for text in texts
        if text not in axes.get_xticklabels() or low <= text.get_position()[0] <= high
    ]
    for at, box in enumerate(boxes):
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.width
        assert box.y1 <= figure.bbox.height
        assert not any(box.overlaps(other) for other in boxes[:at])


def test_a_printed_figure_has_its_size() -> None:
    a, b = _walk(1, "client"), _walk(2, "therapist")
    width_in, _ = _draw(a, b, width_mm=SINGLE_COLUMN_MM).get_size_inches()
    assert width_in * 25.4 == pytest.approx(84)
    with pytest.raises(ValueError, match=r"width_mm: expected 20 … 1000 mm, got 2000"):
        _draw(a, b, width_mm=2000)


def test_traces_without_any_value_still_make_a_figure() -> None:
    a, b = Trace(values=np.full(120, np.nan), step_s=1.0, name="client"), _walk(2, "therapist", bins=120)
    assert render(_draw(a, b), "svg").startswith(b"<?xml")


def test_colours_follow_roles() -> None:
    assert colours_of("Therapist", "Client") == (THERAPIST, CLIENT)
    assert colours_of("observer 1", "client") == (OBSERVERS, CLIENT)
    assert colours_of("client", "client") == (CLIENT, THERAPIST)
    assert colours_of("therapist", "K7") == (THERAPIST, CLIENT)


@pytest.mark.shared_data
def test_the_published_dyad_is_drawn_with_three_of_each_kind(shared_data: Path) -> None:
    with (shared_data / "published-dyad" / "dyad.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    a, b = (Trace(values=[float(row[name]) for row in rows], step_s=6.5, name=name) for name in ("client", "therapist"))
    figure = _draw(a, b)
    assert len(_markers(figure, "^")) == len(_markers(figure, "v")) == 6


def test_what_lies_beyond_the_dial_is_shown_too() -> None:
    values = np.linspace(-40, 130, 300)
    low, high = _draw(Trace(values=values, step_s=1.0), _walk(1, "therapist", bins=300)).axes[0].get_ylim()
    assert low < -40
    assert high > 130
    low, high = _draw(_walk(2, "client"), _walk(1, "therapist")).axes[0].get_ylim()
    assert -20 < low < 0
    assert 100 < high < 120
