from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.analysis.cohorts import make, simulate

from dialogram.analysis import study_cohort
from dialogram.reports import CohortReport, lay_out_cohort, render_html, write_cohort_report
from dialogram.reports.page import Table
from dialogram.reports.text import number, plain, share


@pytest.fixture
def report() -> CohortReport:
    flat = make("flat", simulate(1)[0].judge.values * 0 + 50, simulate(2)[1].truth.values)
    result = study_cohort([*simulate(9), flat], moderators=["alliance"])
    return CohortReport(result=result, judge="therapist", truth="client", subtitle="Study <b>Alliance</b>")


def _words(report: CohortReport) -> str:
    page = lay_out_cohort(report)
    blocks = [block for section in page.sections for block in section.blocks]
    told = [page.finding, *(plain(block.text) for block in blocks if hasattr(block, "text"))]
    return " ".join(" ".join(told).replace("\N{NO-BREAK SPACE}", " ").split())


def test_it_says_which_p_to_believe_and_what_the_two_slopes_are(report: CohortReport) -> None:
    words = _words(report)
    against = report.result.pseudo_dyads
    assert against is not None
    assert f"believe the comparison with people who never met, p = {share(against.p, 3)}" in words
    assert f"never one that counts the {report.result.iid.n} bins" in words
    assert "Neither corrects the other." in words
    assert "With 9, how dyads differ is hardly known" in words
    assert "Few dyads" not in _words(replace(report, result=study_cohort(simulate(10))))
    assert "These are 5 tests." in words


def _rows(report: CohortReport) -> dict[str, list[str]]:
    tables = [
        block for section in lay_out_cohort(report).sections for block in section.blocks if isinstance(block, Table)
    ]
    return {plain(row[0]): [plain(cell) for cell in row[1:]] for table in tables for row in table.rows}


def test_the_interval_by_resampling_stands_beside_that_of_the_t(report: CohortReport) -> None:
    rows = _rows(report)
    for name, fit in (("Tracking, over the session", report.result.iid), ("Tracking, at once", report.result.ar1)):
        assert fit.bootstrap is not None
        for at, (low, high) in ((1, fit.tracking.ci95), (2, fit.bootstrap.coefficients[1].ci95)):
            assert rows[name][at] == f"{number(low, 2)} to {number(high, 2)}"
    assert report.result.moderated_ar1 is not None
    assert report.result.moderated_ar1.bootstrap is not None
    low, high = report.result.moderated_ar1.bootstrap.coefficients[3].ci95
    assert rows["Tracking × alliance"][2] == f"{number(low, 3)} to {number(high, 3)}"
    words = _words(report)
    assert "Where the interval by resampling dyads is wider, believe that one" in words
    assert "9 dyads drawn anew 1000 times from seed 1" in words
    few = CohortReport(result=study_cohort(simulate(4)))
    assert len(_rows(few)["Tracking, at once"]) == len(rows["Tracking, at once"]) - 1
    assert "resampling" not in _words(few)


def test_html_and_pdf_hold_the_same_and_every_dyad_left_out(report: CohortReport, tmp_path: Path) -> None:
    html = write_cohort_report(tmp_path / "cohort.html", report).read_text(encoding="utf-8")
    pdf = " ".join(page.extract_text() for page in PdfReader(write_cohort_report(tmp_path / "c.pdf", report)).pages)
    assert "Study &lt;b&gt;Alliance&lt;/b&gt;" in html
    for written in (html, " ".join(pdf.split())):
        assert "The judge" in written
        assert "rating does not vary over the 150 bins" in written
        assert "Congruence in 9 dyads" in written
    assert html.count("<svg") == 2


def test_what_is_not_known_is_said_and_nothing_breaks() -> None:
    result = study_cohort(simulate(6, bins=40))
    assert "Nobody could be set against strangers" not in _words(CohortReport(result=result))
    alone = replace(result, meta=None, pseudo_dyads=None)
    assert "there is no mean to tell" in _words(CohortReport(result=alone))
    assert "Nobody could be set against strangers" in _words(CohortReport(result=alone))
    assert "Too few dyads" in render_html(lay_out_cohort(CohortReport(result=alone)))


def test_it_says_that_dyads_of_one_therapist_are_not_taken_for_independent() -> None:
    dyads = simulate(10)
    apart, nested = (study_cohort(dyads, within_therapists=within) for within in (False, True))
    assert "5 therapists, 10 dyads: dyads of one are alike" in _words(CohortReport(result=nested))
    assert "not taken for independent" not in _words(CohortReport(result=apart))
