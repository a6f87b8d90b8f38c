from pathlib import Path

import pytest
from pypdf import PdfReader

from dialogram import compare, describe_dynamics, read_traces
from dialogram.reports import DyadReport, write_dyad_report


@pytest.mark.shared_data
def test_the_published_dyad_fills_five_pages_and_leaves_no_line_alone(shared_data: Path, tmp_path: Path) -> None:
    client, therapist = read_traces(shared_data / "published-dyad/dyad.csv", ["client", "therapist"])
    report = DyadReport(
        a=client, b=therapist, result=compare(client, therapist), dynamics=describe_dynamics(client, therapist)
    )
    pages = PdfReader(write_dyad_report(tmp_path / "dyad.pdf", report)).pages
    assert [len(page.extract_text().splitlines()) > 20 for page in pages] == [True] * 5
