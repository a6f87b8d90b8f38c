from pathlib import Path

from dialogram import figures
from dialogram.reports.html import render_html
from dialogram.reports.page import Page
from dialogram.reports.pdf import render_pdf

FORMATS = ("html", "pdf")


def write_page(path: str | Path, page: Page) -> Path:
    """Write a page as its file's suffix says, whole or not at all.

    Raises
    ------
    ValueError
        For another suffix, or letters that no typeface on this machine shows (PDF).
    FileNotFoundError
        When there is no such folder.
    """
    target = Path(path)
    written_as = figures.format_of(target, FORMATS)
    figures.replace_file(target, render_pdf(page) if written_as == "pdf" else render_html(page).encode("utf-8"))
    return target
