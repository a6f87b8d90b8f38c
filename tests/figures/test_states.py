import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from dialogram.analysis import compare
from dialogram.figures import draw_states
from dialogram.figures.file import render
from dialogram.figures.palette import CLIENT, THERAPIST
from dialogram.timeline import HELPFULNESS, Scale, Trace


def _rated(values: list[float], name: str, *, scale: Scale = HELPFULNESS) -> Trace:
    return Trace(values=np.repeat(values, 60), step_s=1.0, name=name, scale=scale)


def test_the_client_goes_up_the_therapist_to_the_right_and_time_stands_in_each_cell() -> None:
    a, b = _rated([80, 80, 80, 20], "client"), _rated([20, 20, 50, 80], "therapist")
    axes = draw_states(compare(a, b)).axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    assert cells[0, 2] == "2:00\n50 %"
    assert cells[1, 2] == "1:00\n25 %"
    assert cells[2, 0] == "1:00\n25 %"
    assert [text for place, text in cells.items() if place not in {(0, 2), (1, 2), (2, 0)}] == ["0:00\n0 %"] * 6
    labels = axes.yaxis.label, axes.xaxis.label
    assert [(label.get_text(), label.get_color()) for label in labels] == [
        ("client", CLIENT),
        ("therapist", THERAPIST),
    ]


def test_agreement_is_told_by_weight_and_line_and_the_longer_is_the_darker() -> None:
    a, b = _rated([80, 80, 80, 20], "client"), _rated([80, 80, 20, 20], "therapist")
    axes = draw_states(compare(a, b)).axes[0]
    heavy = {text.get_position() for text in axes.texts if text.get_fontweight() == "bold"}
    assert heavy == {(0, 0), (1, 1), (2, 2)}
    shade: dict[tuple[int, int], float] = {}
    for patch in axes.patches:
        assert isinstance(patch, Rectangle)
        shade[round(patch.get_x() + 0.48), round(patch.get_y() + 0.48)] = to_rgba(patch.get_facecolor())[3]
    assert shade[2, 2] > shade[0, 2] == shade[0, 0] > shade[1, 1]


def test_words_are_those_of_the_scale_and_names_stay_names() -> None:
    scale = Scale(
        name="warmth", low=-3, high=3, neutral=0, low_label="cold", neutral_label="neither", high_label="warm"
    )
    a, b = (_rated([2, -2], "$x^2$" * 12, scale=scale) for _ in range(2))
    figure = draw_states(compare(a, b), scale=scale)
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["cold", "neither", "warm"]
    assert render(figure, "svg")


@pytest.mark.parametrize("values", [[np.nan, np.nan], [50.0, 50.0]])
def test_empty_and_flat_ratings_make_a_figure(values: list[float]) -> None:
    result = compare(_rated(values, "client"), _rated(values, "therapist"))
    assert render(draw_states(result), "svg")


def test_no_size_of_a_figure_is_refused() -> None:
    result = compare(_rated([50, 80], "client"), _rated([50, 80], "therapist"))
    with pytest.raises(ValueError, match="height_mm"):
        draw_states(result, height_mm=5)
