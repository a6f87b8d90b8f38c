import numpy as np
import pytest
from matplotlib.colors import to_hex
from tests.analysis.observers import draw_observers

from dialogram import Trace, build_consensus
from dialogram.figures import draw_consensus
from dialogram.figures.file import render
from dialogram.figures.palette import OBSERVERS


def _traces(raters: int = 3) -> list[Trace]:
    return [
        Trace(values=row, step_s=2.0, start_s=4.0, name=f"observer {index}")
        for index, row in enumerate(draw_observers(1, raters, 300))
    ]


def test_the_consensus_lies_heavy_over_thin_raters_all_in_the_observers_green() -> None:
    traces = _traces()
    consensus = build_consensus(traces)
    axes = draw_consensus(traces, consensus).axes[0]
    lines = [line for line in axes.lines if to_hex(line.get_color()).upper() == OBSERVERS]
    assert len(lines) == 4
    for line, trace in zip(lines, [*traces, consensus.trace], strict=True):
        assert trace is not None
        np.testing.assert_array_equal(np.asarray(line.get_ydata()), trace.values)
        np.testing.assert_allclose(np.asarray(line.get_xdata()), (trace.times_s + 1.0) / 60)
    assert all(lines[3].get_linewidth() > line.get_linewidth() for line in lines[:3])
    named = {text.get_text() for text in axes.texts}
    assert {"observer 0", "observer 1", "observer 2", "consensus"} <= named


def test_raters_who_cannot_be_named_are_counted() -> None:
    traces = _traces(9)
    words = [text.get_text() for text in draw_consensus(traces, build_consensus(traces)).axes[0].texts]
    assert not any(word.startswith("observer ") for word in words)
    assert any("9 observers" in word for word in words)


def test_gaps_and_no_consensus_are_said() -> None:
    row = draw_observers(1, 1, 300)[0]
    gap = np.where(np.arange(300) < 50, np.nan, 100 - row)
    traces = [Trace(values=values, step_s=1.0, name=name) for name, values in (("a", row), ("b", gap))]
    figure = draw_consensus(traces, build_consensus(traces))
    (key,) = [text.get_text() for text in figure.axes[0].texts if "observers" in text.get_text()]
    assert "no consensus" in key
    assert "no line: not rated" in key
    assert render(figure, "svg")


def test_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        draw_consensus([], build_consensus(_traces()))
