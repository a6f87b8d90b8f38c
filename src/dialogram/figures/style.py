"""How every figure is set: sizes in print millimetres, one typeface, no settings of the machine it is drawn on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

from dialogram.figures.palette import INK, LINE, SOFT

SINGLE_COLUMN_MM = 84.0
DOUBLE_COLUMN_MM = 174.0
MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0
NEUTRAL_LINE: dict[str, Any] = {
    "color": INK, "alpha": 0.4, "linewidth": 0.8, "dashes": (1, 3), "dash_capstyle": "round",
}  # fmt: skip
"""How a line stands at neutral, at no lag, at no correlation."""

TEXT_PT = 7.5
SMALL_PT = 6.5
LINE_SPACING = 1.35
KEY_LINE_MM = 3.1
"""Room that a line of the key takes above the axes."""

_SETTINGS: dict[RcKeyType, Any] = {
    # The one sans that comes with matplotlib: the same figure on every machine, with letters of many alphabets.
    "font.family": "DejaVu Sans",
    "font.size": TEXT_PT,
    "text.color": INK,
    "text.parse_math": False,  # a name with a dollar sign is a name
    "axes.unicode_minus": True,
    "pdf.fonttype": 42,  # embedded TrueType: letters stay letters in an editor
    "svg.fonttype": "path",  # the same letters wherever it is opened
    "svg.hashsalt": "dialogram",
    "path.simplify": False,
}
_lock = RLock()


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw with our settings alone; matplotlib's are global, so one figure at a time."""
    with _lock, mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def open_figure(width_mm: float, height_mm: float) -> Figure:
    """Make an empty figure of a printed size.

    Raises
    ------
    ValueError
        When it would be too small to read or larger than a page.
    """
    for parameter, size_mm in (("width_mm", width_mm), ("height_mm", height_mm)):
        if not 20 <= size_mm <= 1000:
            raise ValueError(f"{parameter}: expected 20 … 1000 mm, got {size_mm!r}")
    return Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), facecolor="white")


def place_axes(figure: Figure, *, left_mm: float, right_mm: float, top_mm: float, bottom_mm: float) -> Axes:
    """Put axes at margins in millimetres, so that figures of one width stand in line under each other."""
    width_in, height_in = figure.get_size_inches()
    width_mm, height_mm = width_in * MM_PER_INCH, height_in * MM_PER_INCH
    axes = figure.add_axes(
        (
            left_mm / width_mm,
            bottom_mm / height_mm,
            (width_mm - left_mm - right_mm) / width_mm,
            (height_mm - top_mm - bottom_mm) / height_mm,
        )
    )
    axes.set_facecolor("none")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set(color=LINE, linewidth=0.8)
    axes.tick_params(axis="both", color=LINE, labelcolor=SOFT, labelsize=SMALL_PT, length=2.5, width=0.8, pad=2.5)
    axes.tick_params(axis="y", length=0)
    return axes


def write_key(axes: Axes, lines: Sequence[str], *, gap_pt: float = 4.0) -> None:
    """Say above the axes what the marks mean."""
    axes.annotate(
        "\n".join(lines),
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, gap_pt),
        textcoords="offset points",
        fontsize=SMALL_PT,
        color=SOFT,
        va="bottom",
        linespacing=LINE_SPACING,
    )
