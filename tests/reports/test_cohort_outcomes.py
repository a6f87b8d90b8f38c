from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests.analysis.test_cohort_outcomes import _sessions

from dialogram import OutcomeSurface, WholeRating, study_cohort
from dialogram.reports import CohortReport, write_cohort_report
from dialogram.reports.cohort_outcomes import tell_outcome, tell_whole_rating
from dialogram.reports.page import Paragraph, Picture, Section, Table
from dialogram.reports.text import number, plain, share


@pytest.fixture(scope="module")
def report() -> CohortReport:
    result = study_cohort(_sessions(30), whole_rating="session rating", outcome="change")
    return CohortReport(result=result, judge="therapist", truth="client")


@pytest.fixture
def rating(report: CohortReport) -> WholeRating:
    assert report.result.whole_rating is not None
    return report.result.whole_rating


@pytest.fixture
def outcome(report: CohortReport) -> OutcomeSurface:
    assert report.result.outcome_surface is not None
    return report.result.outcome_surface


def _words(section: Section) -> str:
    told = (plain(block.text) for block in section.blocks if isinstance(block, Paragraph))
    return " ".join(told).replace("\N{NO-BREAK SPACE}", " ")


def _rows(section: Section) -> list[list[str]]:
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    return [[plain(cell) for cell in row] for row in table.rows]


def test_each_part_of_the_session_has_its_row(report: CohortReport, rating: WholeRating) -> None:
    section = tell_whole_rating(report, rating)
    rows = _rows(section)
    assert [row[0].split(":")[0] for row in rows] == ["Mean", "Peak", "Trough", "End"]
    end = rating.parts.parts[-1]
    assert rows[-1][1:4] == [share(end.r), f"{share(end.ci95[0])} to {share(end.ci95[1])}", number(end.beta.b, 2)]
    assert f"explain {100 * rating.parts.r2:.0f} % of how “session rating” differs" in _words(section)


def test_parts_that_hang_together_are_not_to_be_told_apart(report: CohortReport, rating: WholeRating) -> None:
    def said(vif: float) -> str:
        parts = tuple(replace(each, vif=vif) for each in rating.parts.parts)
        return _words(tell_whole_rating(report, replace(rating, parts=replace(rating.parts, parts=parts))))

    assert "which of them counts cannot be told" in said(5.0)
    assert "cannot be told" not in said(4.9)


def test_the_surface_says_whether_agreement_counts_and_in_which_direction(
    report: CohortReport, outcome: OutcomeSurface
) -> None:
    def said(b: float, p: float) -> str:
        surface = replace(outcome.surface, a4=replace(outcome.surface.a4, b=b, p=p))
        return _words(tell_outcome(report, replace(outcome, surface=surface)))

    assert "The further the two part, in whichever direction, the lower it is (a4, p = .010)." in said(-1, 0.01)
    assert "the higher it is" in said(1, 0.05)
    assert "says no more of “change” than chance may (a4, p = .051)" in said(-1, 0.051)
    section = tell_outcome(report, outcome)
    assert _rows(section)[2][0] == "The client rates higher than the therapist (a3, slope)"
    assert _rows(section)[3][1] == number(outcome.surface.a4.b, 3)
    (picture,) = (block for block in section.blocks if isinstance(block, Picture))
    assert picture.narrow
    assert f"Where they part: slope {number(outcome.surface.a3.b, 2)}" in picture.alt


def test_both_are_in_the_report_and_its_square_figure_stands_narrow(report: CohortReport, tmp_path: Path) -> None:
    html = write_cohort_report(tmp_path / "c.html", report).read_text(encoding="utf-8")
    pdf = " ".join(page.extract_text() for page in PdfReader(write_cohort_report(tmp_path / "c.pdf", report)).pages)
    for heading in ("Is a session remembered by its mean", "Does “change” depend on whether they agree?"):
        assert heading in html
        assert heading in " ".join(pdf.split())
    assert (html.count('class="narrow"'), html.count('class="wide"')) == (1, 2)
    alone = CohortReport(result=replace(report.result, whole_rating=None, outcome_surface=None))
    assert "remembered" not in write_cohort_report(tmp_path / "a.html", alone).read_text(encoding="utf-8")
