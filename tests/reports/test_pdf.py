import csv
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from dialogram.analysis import compare
from dialogram.reports import DyadReport, Moment, write_dyad_report
from dialogram.timeline import Trace

HOSTILE = '#panic() *b* $x$ @x <script> _u_ `r` \\ #sys.inputs "q" //c /*d*/ = h #image("/etc/hostname")'


def _elements(reader: PdfReader) -> Iterator[dict[str, Any]]:
    root: Any = reader.trailer["/Root"]
    waiting = [root["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            yield element
            waiting += [element["/K"]] if "/K" in element else []


def _words(reader: PdfReader) -> str:
    words = " ".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s+", " ", words)


def test_a_report_is_tagged_with_title_language_and_words_for_figures(tmp_path: Path, whole: DyadReport) -> None:
    reader = PdfReader(write_dyad_report(tmp_path / "dyad.pdf", whole))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"] == True  # noqa: E712  # pypdf's own type
    assert root["/Lang"] in {"en", "en-GB"}
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712  # pypdf's own type
    assert reader.metadata is not None
    assert reader.metadata.title == "Two views of one hour"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    elements = list(_elements(reader))
    figures = [element for element in elements if element.get("/S") == "/Figure"]
    assert len(figures) == 6
    assert all(len(figure["/Alt"]) > 40 for figure in figures)
    tables = [element for element in elements if element.get("/S") == "/Table"]
    heads = [element for element in elements if element.get("/S") == "/TH"]
    assert len(tables) >= 8
    assert len(heads) >= 4 * len(tables)


def test_a_report_tells_the_whole_story(tmp_path: Path, whole: DyadReport) -> None:
    words = _words(PdfReader(write_dyad_report(tmp_path / "dyad.pdf", whole)))
    for part in (
        "Two views of one hour",
        "Study Helpfulness · dyad K7",
        "Do not lean on this one either",
        "Believe the last",
        "What I felt 6",
        "half the time",
        "How helpful was it?",
        "The client rated first.",
        "extremes/1",
        "discrepancies/1",
    ):
        assert part in words


def test_what_people_wrote_stays_words(tmp_path: Path, bare: DyadReport) -> None:
    a = Trace(values=bare.a.values, step_s=1.0, name="#panic() $x$ *b*")
    result = compare(a, bare.b)
    moments = tuple(Moment(extreme=extreme, description=HOSTILE) for extreme in result.extremes.a.extremes)
    report = DyadReport(
        a=a,
        b=bare.b,
        result=result,
        title=HOSTILE,
        subtitle=HOSTILE,
        moments_a=moments,
        order=HOSTILE,
        deviations=(HOSTILE,),
    )
    reader = PdfReader(write_dyad_report(tmp_path / "dyad.pdf", report))
    assert reader.metadata is not None
    assert reader.metadata.title == HOSTILE
    # Line breaks may fall anywhere in it, even where there is no space.
    squeezed = re.sub(r"\s", "", _words(reader))
    assert squeezed.count(re.sub(r"\s", "", HOSTILE)) >= 4


def test_letters_no_typeface_shows_are_named_and_nothing_is_written(tmp_path: Path, bare: DyadReport) -> None:
    report = DyadReport(a=bare.a, b=bare.b, result=bare.result, title="one \U0001e900\U00013000 two")
    with pytest.raises(ValueError, match=r"no typeface on this machine shows .+; install one .* \.html"):
        write_dyad_report(tmp_path / "dyad.pdf", report)
    assert list(tmp_path.iterdir()) == []
    assert write_dyad_report(tmp_path / "dyad.html", report).exists()


def test_the_same_report_gives_the_same_bytes(tmp_path: Path, bare: DyadReport) -> None:
    one = write_dyad_report(tmp_path / "one.pdf", bare).read_bytes()
    time.sleep(1.1)  # a clock in the file would show
    assert write_dyad_report(tmp_path / "two.pdf", bare).read_bytes() == one


def test_typefaces_are_embedded(tmp_path: Path, bare: DyadReport) -> None:
    reader = PdfReader(write_dyad_report(tmp_path / "dyad.pdf", bare))
    fonts = {
        id(font): font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert fonts
    for font in fonts.values():
        [inner] = font["/DescendantFonts"]
        assert {"/FontFile2", "/FontFile3"} & set(inner.get_object()["/FontDescriptor"].get_object())


@pytest.mark.shared_data
def test_the_published_dyad_prints_the_published_numbers(tmp_path: Path, shared_data: Path) -> None:
    with (shared_data / "published-dyad" / "dyad.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    a, b = (Trace(values=[float(row[name]) for row in rows], step_s=6.5, name=name) for name in ("client", "therapist"))
    words = _words(
        PdfReader(write_dyad_report(tmp_path / "dyad.pdf", DyadReport(a=a, b=b, result=compare(a, b))))
    ).replace("\N{NO-BREAK SPACE}", " ")
    for published in ("M = 52.2, SD = 8.4", "M = 53.1, SD = 14.0", "t(457) = 1.22", "r = .13", ".004"):
        assert published in words
