import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from dialogram.analysis import DyadCongruence, meta_analyse
from dialogram.figures import draw_forest
from dialogram.figures.file import render


def _dyad(name: str, z: float, v: float) -> DyadCongruence:
    return DyadCongruence(dyad=name, n=300, n_effective=3 + 1 / v, r=float(np.tanh(z)), z=z, v=v)


def _draw(dyads: list[DyadCongruence], *, width_mm: float = 174.0) -> Axes:
    known = [dyad for dyad in dyads if dyad.v > 0]
    z, v = (np.array([getattr(dyad, name) for dyad in known]) for name in ("z", "v"))
    figure = draw_forest(dyads, meta_analyse(z, v), width_mm=width_mm)
    assert render(figure, "svg")
    return figure.axes[0]


def _lines(axes: Axes) -> dict[float, tuple[float, float]]:
    """Ends of every horizontal interval by where it stands."""
    found = {}
    for collection in axes.collections:
        for path in collection.get_paths():
            ends = np.asarray(path.vertices, dtype=np.float64)
            if len(ends) == 2 and ends[0, 1] == ends[1, 1]:
                found[float(ends[0, 1])] = (float(ends[0, 0]), float(ends[1, 0]))
    return found


def _x(line: Line2D) -> float:
    return float(np.asarray(line.get_xdata(), dtype=np.float64)[0])


def test_each_dyad_stands_at_its_z_with_its_interval_the_highest_first() -> None:
    axes = _draw([_dyad("a", 0.1, 0.04), _dyad("b", 0.6, 0.01), _dyad("c", 0.3, 0.09)])
    places = dict(zip([label.get_text() for label in axes.get_yticklabels()], axes.get_yticks(), strict=True))
    assert list(places) == ["b", "c", "a", "mean", "further dyads, 95 %"]
    lines = _lines(axes)
    assert lines[places["b"]] == pytest.approx((0.6 - 0.196, 0.6 + 0.196), abs=1e-4)
    assert lines[places["a"]] == pytest.approx((0.1 - 0.392, 0.1 + 0.392), abs=1e-4)
    pooled = meta_analyse(np.array([0.1, 0.6, 0.3]), np.array([0.04, 0.01, 0.09]))
    assert lines[places["further dyads, 95 %"]] == pytest.approx(pooled.prediction95)
    low, high = axes.get_xlim()
    assert low < pooled.prediction95[0]
    assert high > pooled.prediction95[1]


def test_what_counts_for_more_has_the_larger_square() -> None:
    axes = _draw([_dyad("a", 0.1, 0.04), _dyad("b", 0.6, 0.01)])
    sizes = {_x(line): line.get_markersize() for line in axes.lines if line.get_marker() == "s"}
    assert sizes[0.6] > sizes[0.1]


def test_a_dyad_worth_too_little_for_an_interval_is_hollow_and_says_so() -> None:
    axes = _draw([_dyad("a", 0.1, 0.04), _dyad("b", 0.6, 0.01), _dyad("lone", 1.5, np.nan)])
    (hollow,) = [line for line in axes.lines if line.get_markerfacecolor() == "white"]
    assert _x(hollow) == 1.5
    assert ".91  no interval" in [text.get_text() for text in axes.texts]


def test_the_axis_says_r_where_its_z_is() -> None:
    axes = _draw([_dyad(str(z), z, 0.01) for z in (0.1, 0.2, 0.3, 0.4, 0.5)])
    labels = {label.get_text(): at for label, at in zip(axes.get_xticklabels(), axes.get_xticks(), strict=True)}
    assert labels["0"] == 0
    assert labels[".4"] == pytest.approx(np.arctanh(0.4))


def test_hundreds_of_dyads_fit_a_page_without_names_and_a_name_is_only_a_name() -> None:
    rng = np.random.default_rng(3)
    axes = _draw([_dyad(f"K{index}", z, 0.03) for index, z in enumerate(rng.normal(size=300))])
    assert axes.figure.get_size_inches()[1] * 25.4 < 257  # type: ignore[union-attr]
    assert {label.get_text() for label in axes.get_yticklabels()} == {"", "mean", "further dyads, 95 %"}
    long = _draw([_dyad("$x$ & a name that goes on and on", 0.1, 0.1), _dyad("b", 0.2, 0.1)], width_mm=84)
    assert any(label.get_text().startswith("$x$ &") for label in long.get_yticklabels())


def test_no_dyad_is_refused() -> None:
    with pytest.raises(ValueError, match="dyads: expected at least one, got none"):
        draw_forest([], meta_analyse(np.array([0.1, 0.2]), np.array([0.1, 0.1])))
