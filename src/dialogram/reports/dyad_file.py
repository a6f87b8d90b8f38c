from pathlib import Path

from dialogram.reports.dyad_page import lay_out
from dialogram.reports.dyad_report import DyadReport
from dialogram.reports.page_file import write_page


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
    return write_page(path, lay_out(report))
