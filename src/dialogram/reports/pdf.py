"""A page as a tagged PDF (PDF/UA-1), set by typst without a network."""

import json
import re
from importlib.resources import as_file, files
from typing import Any

import typst

from dialogram.reports.page import Page, Paragraph, Picture, Table
from dialogram.reports.text import Text, clean

# The first comes with typst, so that a report looks the same everywhere; the others for letters it lacks.
_FONTS = ("Libertinus Serif", "DejaVu Sans Mono")
_UNKNOWN_LETTER = re.compile(r"the text `\"(?P<letters>.+)\"` could not be displayed")


def render_pdf(page: Page) -> bytes:
    """Write a page as PDF.

    Raises
    ------
    ValueError
        When it holds letters that no typeface on this machine can show: a report must not lose words.
    """
    with as_file(files("dialogram.reports") / "report.typ") as template:
        try:
            written = typst.compile(
                template,
                format="pdf",
                sys_inputs={"page": json.dumps(_data(page), ensure_ascii=False)},
                pdf_standards=["ua-1"],
            )
        except typst.TypstError as error:
            unknown = _UNKNOWN_LETTER.search(str(error))
            if unknown is None:
                raise
            raise ValueError(
                f"report: no typeface on this machine shows {unknown['letters']!r}; install one that does, or write"
                " the report as .html"
            ) from error
    assert isinstance(written, bytes)
    return written


def _data(page: Page) -> dict[str, Any]:
    return {
        "fonts": _FONTS,
        "title": clean(page.title),
        "subtitle": clean(page.subtitle),
        "finding": clean(page.finding),
        "foot": clean(page.foot),
        "colours": page.colours,
        "opening": [_block(block) for block in page.opening],
        "facts": [
            {"label": clean(fact.label), "value": clean(fact.value), "words": _runs(fact.words)} for fact in page.facts
        ],
        "sections": [
            {"heading": clean(section.heading), "blocks": [_block(block) for block in section.blocks]}
            for section in page.sections
        ],
    }


def _block(block: Paragraph | Table | Picture) -> dict[str, Any]:
    match block:
        case Paragraph(text, quiet):
            return {"kind": "paragraph", "text": _runs(text), "quiet": quiet}
        case Table(caption=caption, columns=columns, rows=rows):
            return {
                "kind": "table",
                "caption": _runs(caption),
                "columns": [{"name": _runs(each.name), "width": each.width, "align": each.align} for each in columns],
                "rows": [[_runs(cell) for cell in row] for row in rows],
            }
        case Picture(svg=svg, caption=caption, alt=alt, narrow=narrow):
            return {
                "kind": "picture",
                "svg": svg.decode("utf-8"),
                "narrow": narrow,
                "caption": _runs(caption),
                "alt": clean(alt),
            }


def _runs(text: Text) -> list[dict[str, str]]:
    return [
        {"words": clean(each), "tone": "plain"}
        if isinstance(each, str)
        else {"words": clean(each.words), "tone": each.tone}
        for each in text
    ]
