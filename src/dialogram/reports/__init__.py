"""Results and figures into HTML and PDF."""

from dialogram.reports.dyad_file import write_dyad_report
from dialogram.reports.dyad_page import lay_out
from dialogram.reports.dyad_report import DyadReport, Guess, GuessCard, Moment, SessionRating
from dialogram.reports.html import render_html
from dialogram.reports.pdf import render_pdf

__all__ = [
    "DyadReport",
    "Guess",
    "GuessCard",
    "Moment",
    "SessionRating",
    "lay_out",
    "render_html",
    "render_pdf",
    "write_dyad_report",
]
