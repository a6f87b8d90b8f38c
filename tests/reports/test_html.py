import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dialogram.analysis import compare, describe_dynamics
from dialogram.reports import DyadReport, Moment, lay_out, render_html, write_dyad_report
from dialogram.timeline import Trace

HOSTILE = "<script>alert(1)</script> \" onload='x' & <img src=//evil.example> </style> </svg> #panic() $x$ @y *b* \x00"


class _Reader(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def _read(written: str) -> _Reader:
    reader = _Reader()
    reader.feed(written)
    reader.close()
    return reader


def test_a_report_is_one_file_that_fetches_and_runs_nothing(tmp_path: Path, whole: DyadReport) -> None:
    reader = _read(write_dyad_report(tmp_path / "dyad.html", whole).read_text(encoding="utf-8"))
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "foreignobject"}
    assert len(reader.named("style")) == 1
    for _, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "action"}]
        for name in ("href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/png;base64,"))
    [policy] = [meta for meta in reader.named("meta") if meta.get("http-equiv")]
    assert str(policy["content"]).startswith("default-src 'none'")


def test_what_people_wrote_stays_words(bare: DyadReport) -> None:
    a = Trace(values=bare.a.values, step_s=1.0, name=HOSTILE)
    result = compare(a, bare.b)
    moments = tuple(Moment(extreme=extreme, description=HOSTILE) for extreme in result.extremes.a.extremes)
    hostile = DyadReport(
        a=a,
        b=bare.b,
        result=result,
        dynamics=describe_dynamics(a, bare.b),
        title=HOSTILE,
        subtitle=HOSTILE,
        moments_a=moments,
        order=HOSTILE,
        deviations=(HOSTILE,),
    )
    reader, control = _read(render_html(lay_out(hostile))), _read(render_html(lay_out(bare)))
    shown = HOSTILE.replace("\x00", "")
    assert reader.words.count(shown) >= 4
    assert f"“{shown}”" in reader.words
    # Not one element more than the same report has with harmless words, beside the words' own places.
    assert {tag for tag, _ in reader.tags} <= {tag for tag, _ in control.tags} | {"p"}
    assert _read(f"<p>{HOSTILE}").named("script")  # the reader would have seen it


def test_ids_are_used_once_and_every_reference_is_met(whole: DyadReport) -> None:
    written = render_html(lay_out(whole))
    reader = _read(written)
    ids = [str(attributes["id"]) for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    referred = set(re.findall(r'(?:href="#|url\(#)([^")]+)', written))
    assert referred
    assert referred <= set(ids)


def test_figures_say_in_words_what_they_show(whole: DyadReport) -> None:
    drawings = _read(render_html(lay_out(whole))).named("svg")
    assert len(drawings) == 6
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert len(str(drawing["aria-label"])) > 40


def test_no_element_brings_a_style_of_its_own_for_the_desk_shows_none(whole: DyadReport) -> None:
    page = lay_out(whole)
    reader = _read(render_html(page))
    assert b' style="' in page.opening[0].svg  # type: ignore[union-attr]  # the session's picture
    assert not [attributes for _, attributes in reader.tags if "style" in attributes]
    curves = [path for path in reader.named("path") if path.get("stroke") == "#0072b2"]
    assert any(path.get("fill") == "none" and path.get("stroke-width") for path in curves)


def test_tables_have_captions_and_header_cells(whole: DyadReport) -> None:
    reader = _read(render_html(lay_out(whole)))
    assert len(reader.named("table")) == len(reader.named("caption")) >= 8
    assert all(cell.get("scope") in {"col", "row"} for cell in reader.named("th"))
    assert reader.named("html")[0]["lang"] == "en"
    assert [tag for tag, _ in reader.tags if tag == "h1"] == ["h1"]


def test_optional_parts_are_there_when_given_and_only_then(bare: DyadReport, whole: DyadReport) -> None:
    with_all, without = (" ".join(_read(render_html(lay_out(each))).words) for each in (whole, bare))
    for words in (
        "The guess",
        "How helpful was it?",
        "The client rated first.",
        "A break of 12 minutes.",
        "What I felt 1",
    ):
        assert words in with_all
        assert words not in without


@pytest.mark.parametrize("name", ["dyad.htm", "dyad", "dyad.docx"])
def test_another_suffix_is_refused(tmp_path: Path, bare: DyadReport, name: str) -> None:
    with pytest.raises(ValueError, match=r"path: expected a file name that ends in .html or .pdf, got 'dyad"):
        write_dyad_report(tmp_path / name, bare)
    assert list(tmp_path.iterdir()) == []


def test_the_same_report_gives_the_same_bytes(bare: DyadReport) -> None:
    assert render_html(lay_out(bare)) == render_html(lay_out(replace(bare)))


def test_where_the_moment_was_and_what_became_of_the_clip_stands_beside_the_words(bare: DyadReport) -> None:
    first, second, *rest = bare.result.extremes.a.extremes
    told = (
        Moment(extreme=first, description="It slipped", answer="slip", vetoed=True),
        Moment(extreme=second, skipped=True),
        *(Moment(extreme=extreme, description="So it was", answer="yes") for extreme in rest),
    )
    words = " ".join(_read(render_html(lay_out(replace(bare, moments_a=told)))).words)
    assert "“It slipped”; a slip of the dial; kept from the therapist" in words
    assert words.count("passed over") == 1
    assert "passed over" not in " ".join(_read(render_html(lay_out(bare))).words)
