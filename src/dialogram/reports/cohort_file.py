from pathlib import Path

from dialogram.reports.cohort_page import lay_out_cohort
from dialogram.reports.cohort_report import CohortReport
from dialogram.reports.page_file import write_page


def write_cohort_report(path: str | Path, report: CohortReport) -> Path:
    """Write a report on many dyads, whole or not at all.

    Parameters
    ----------
    path
        Its suffix, ``.html`` or ``.pdf``, says how, as for :func:`dialogram.reports.write_dyad_report`.
    report
        What it tells.

    Raises
    ------
    ValueError
        For another suffix, or letters that no typeface on this machine shows (PDF).
    FileNotFoundError
        When there is no such folder.
    """
    return write_page(path, lay_out_cohort(report))
