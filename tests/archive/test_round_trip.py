"""What is written is read again: times, values, missing bins and scale; what a format cannot hold is refused."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dialogram.archive import FORMATS, read_traces, recognise, write_traces
from dialogram.timeline import HELPFULNESS, Scale, Trace

STEPS_S = (1.0, 0.25, 0.04, 6.5, 1 / 3, 1 / 30)
MILLISECONDS_S = (1.0, 0.25, 0.04, 6.5, 0.033)
LETTERS = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])
HALF_WAY = [
    Scale(name="rating", low=-100.0, neutral=0.0, high=100.0, low_label="very bad", high_label="gut; schön"),
    Scale(name="rating", low=0.0, neutral=2.5, high=5.0, step=0.05, low_label="low", high_label="high"),
]
ASKEW = Scale(name="rating", low=0.0, neutral=20.0, high=100.0, low_label='so "bad", really', high_label="good")
AXIS = Scale(name="X", low=-1000.0, neutral=0.0, high=1000.0)
PAGAN = Scale(name="rating", low=-100.0, neutral=0.0, high=100.0, low_label="low", high_label="high")


def names(without: str = "") -> st.SearchStrategy[str]:
    return st.text(LETTERS, min_size=1, max_size=12).filter(
        lambda name: name == name.strip() and name.isprintable() and not set(name) & set(without)
    )


@st.composite
def grids(draw: st.DrawFn, steps: Sequence[float] = STEPS_S) -> tuple[int, float, float]:
    """Draw a number of bins, a step and a start a whole number of bins after 0."""
    step_s = draw(st.sampled_from(steps))
    return draw(st.integers(2, 40)), step_s, draw(st.integers(0, 3)) * step_s


@st.composite
def traces(
    draw: st.DrawFn, grid: tuple[int, float, float], *, name: str, scale: Scale, whole: bool = False, gaps: bool = True
) -> Trace:
    bins, step_s, start_s = grid
    one = st.floats(scale.low, scale.high)
    value = one.map(lambda number: float(round(number))) if whole else one
    values = np.array(draw(st.lists(value, min_size=bins, max_size=bins)))
    if gaps:
        values[draw(st.lists(st.booleans(), min_size=bins, max_size=bins))] = np.nan
    return Trace(values=values, step_s=step_s, start_s=start_s, name=name, scale=scale)


@st.composite
def one_trace(draw: st.DrawFn, scales: Sequence[Scale]) -> list[Trace]:
    return [draw(traces(draw(grids()), name=draw(names()), scale=draw(st.sampled_from(scales))))]


@st.composite
def on_one_grid(draw: st.DrawFn) -> list[Trace]:
    grid = draw(grids())
    several = draw(st.lists(names(), min_size=1, max_size=3, unique=True))
    return [draw(traces(grid, name=name, scale=HELPFULNESS)) for name in several]


@st.composite
def on_grids_of_their_own(draw: st.DrawFn, scales: Sequence[Scale]) -> list[Trace]:
    several = draw(st.lists(names(), min_size=1, max_size=3, unique=True))
    return [draw(traces(draw(grids()), name=name, scale=draw(st.sampled_from(scales)))) for name in several]


@st.composite
def axes_and_button(draw: st.DrawFn, scale: Scale, labels: st.SearchStrategy[list[str]]) -> list[Trace]:
    grid = draw(grids())
    button = Scale(name="Button", low=0.0, neutral=0.5, high=1.0)
    x, y = draw(labels)
    return [
        *(draw(traces(grid, name=name, scale=scale)) for name in (x, y)),
        draw(traces(grid, name="Button", scale=button, whole=True)),
    ]


@st.composite
def sessions(draw: st.DrawFn) -> list[Trace]:
    several = draw(st.lists(names(without=","), min_size=1, max_size=3, unique=True))
    return [
        draw(traces(draw(grids(MILLISECONDS_S)), name=name, scale=PAGAN, whole=True, gaps=False)) for name in several
    ]


WHAT: dict[str, st.SearchStrategy[list[Trace]]] = {
    "wide": on_one_grid(),
    "long": on_grids_of_their_own([HELPFULNESS]),
    "parquet": on_grids_of_their_own([HELPFULNESS, ASKEW]),
    "carma": one_trace(HALF_WAY),
    "carma-14.00": one_trace(HALF_WAY),
    "carma-12": one_trace([*HALF_WAY, ASKEW]),
    "carma-dump": one_trace([HELPFULNESS]),
    "darma": axes_and_button(AXIS, st.lists(names(), min_size=2, max_size=2, unique=True)),
    "darma-log": axes_and_button(HELPFULNESS, st.just(["X", "Y"])),
    "pagan": sessions(),
    "nova": one_trace(HALF_WAY),
}
UNNAMED = {"carma", "carma-14.00", "carma-12", "carma-dump"}
"""Formats that do not say who rated."""
BINNED_AGAIN = {"carma-dump", "darma-log", "pagan"}
"""Formats of changes: their bins are made when they are read."""


def test_every_format_is_tried() -> None:
    assert set(WHAT) == {format_.name for format_ in FORMATS}


def check_kept(before: Trace, after: Trace, *, exact: bool) -> None:
    """Hold that the same values stand at the same times, and nothing else does."""
    assert after.step_s == pytest.approx(before.step_s, rel=1e-9)
    lead = (before.start_s - after.start_s) / before.step_s
    assert lead == pytest.approx(round(lead), abs=1e-6)
    assert lead > -0.5
    expected = np.concatenate([np.full(round(lead), np.nan), before.values])
    tolerance = 0.0 if exact else 1e-6 * before.scale.range
    np.testing.assert_allclose(after.values, expected, rtol=0, atol=tolerance, equal_nan=True)
    ends = (before.scale.low, before.scale.neutral, before.scale.high)
    assert (after.scale.low, after.scale.neutral, after.scale.high) == ends


@pytest.mark.parametrize("name", sorted(WHAT))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_round_trip_keeps_times_values_missing_bins_and_scale(name: str, data: st.DataObject) -> None:
    written = data.draw(WHAT[name])
    suffix = next(format_.suffixes[0] for format_ in FORMATS if format_.name == name)
    with tempfile.TemporaryDirectory() as folder:
        path = write_traces(Path(folder) / f"client{suffix}", written, format=name)
        assert recognise(path) == name
        if name in BINNED_AGAIN:
            found = tuple(
                read_traces(path, None if name in UNNAMED else [one.name], step_s=one.step_s)[0] for one in written
            )
        else:
            found = read_traces(path)
    assert [trace.name for trace in found] == (["client"] if name in UNNAMED else [trace.name for trace in written])
    for before, after in zip(written, found, strict=True):
        check_kept(before, after, exact=name not in BINNED_AGAIN)
    if name == "parquet":
        assert [trace.scale for trace in found] == [trace.scale for trace in written]
    if name.startswith("carma-1") or name == "carma":
        labels = [(trace.scale.low_label, trace.scale.high_label) for trace in (*written, *found)]
        assert labels[0] == labels[1]


CONTROL = Trace(values=[10, np.nan, 30, 40], step_s=2.0, start_s=2.0)


@pytest.mark.parametrize(
    "spoiled",
    [
        replace(CONTROL, start_s=4.0),
        replace(CONTROL, start_s=3.0),
        replace(CONTROL, step_s=2.001),
        Trace(values=[10, 20, 30, 40], step_s=2.0, start_s=2.0),
        Trace(values=[10, np.nan, 30, 40, np.nan], step_s=2.0, start_s=2.0),
        Trace(values=[10, np.nan, 30, 40.1], step_s=2.0, start_s=2.0),
        replace(CONTROL, scale=ASKEW),
    ],
)
def test_the_check_of_the_round_trips_finds_what_is_not_kept(spoiled: Trace) -> None:
    check_kept(CONTROL, CONTROL, exact=True)
    with pytest.raises(AssertionError):
        check_kept(CONTROL, spoiled, exact=False)
