"""Results in, matplotlib Figure out."""

from dialogram.figures.difference import draw_difference
from dialogram.figures.file import save
from dialogram.figures.palette import colours_of
from dialogram.figures.session import draw_session
from dialogram.figures.style import DOUBLE_COLUMN_MM, SINGLE_COLUMN_MM

__all__ = ["DOUBLE_COLUMN_MM", "SINGLE_COLUMN_MM", "colours_of", "draw_difference", "draw_session", "save"]
