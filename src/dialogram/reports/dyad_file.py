from pathlib import Path

from dialogram import figures
from dialogram.reports.dyad_page import lay_out
from dialogram.reports.dyad_report import DyadReport
from dialogram.reports.html import render_html
from dialogram.reports.pdf import render_pdf

FORMATS = ("html", "pdf")


def write_dyad_report(path: str | Path, report: DyadReport) -> Path:
    """Write a report on two ratings of one recording, whole or not at all.

    Parameters
    ----------
    path
        Its suffix, ``.html`` or ``.pdf``, says how; what stands there is replaced. HTML is one file that needs no
        other, PDF is tagged (PDF/UA-1).
    report
        What it tells.

    Raises
    ------
    ValueError
        For another suffix, or letters that no typeface on this machine shows (PDF).
    FileNotFoundError
        When there is no such folder.
    """
    target = Path(path)
    written_as = figures.format_of(target, FORMATS)
    page = lay_out(report)
    figures.replace_file(target, render_pdf(page) if written_as == "pdf" else render_html(page).encode("utf-8"))
    return target
