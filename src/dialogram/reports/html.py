"""A page as one HTML file: no script, nothing fetched, everything a person wrote escaped in one place."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files

from dialogram.reports.page import Fact, Page, Paragraph, Picture, Section, Table
from dialogram.reports.text import Text, clean

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_VOID = frozenset({"meta"})


class Markup(str):
    """Text that is already HTML."""

    __slots__ = ()


def tag(element: str, /, *children: str, **attributes: str) -> Markup:
    """Make an element; whatever is not `Markup` is escaped. ``class_`` is class, ``aria_label`` aria-label.

    Examples
    --------
    >>> tag("p", "1 < 2 ", tag("b", "&"), class_="x")
    '<p class="x">1 &lt; 2 <b>&amp;</b></p>'
    """
    written = "".join(f' {key.strip("_").replace("_", "-")}="{_escape(value)}"' for key, value in attributes.items())
    if element in _VOID:
        return Markup(f"<{element}{written}>")
    return Markup(f"<{element}{written}>{''.join(map(_escape, children))}</{element}>")


def _escape(words: str) -> str:
    return words if isinstance(words, Markup) else escape(clean(words), quote=True)


def render_html(page: Page) -> str:
    """Write a page as HTML."""
    style = (files("dialogram.reports") / "report.css").read_text(encoding="utf-8")
    colour_a, colour_b = page.colours
    style += f":root {{ --a: {colour_a}; --b: {colour_b}; }}\n"
    figures = iter(range(1, 100))
    body = tag(
        "main",
        tag(
            "header",
            *([tag("p", page.subtitle, class_="kicker")] if page.subtitle else []),
            tag("h1", page.title),
            tag("p", page.finding, class_="finding"),
        ),
        *(_block(block, figures) for block in page.opening),
        tag("dl", *(_fact(fact) for fact in page.facts), class_="facts"),
        *(_section(section, figures) for section in page.sections),
        tag("footer", tag("p", page.foot)),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY, quote=True)}">'),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", page.title),
        tag("style", Markup(style)),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', body), lang='en')}\n"


def render_sections(sections: Iterable[Section]) -> Markup:
    """Write the sections of a page alone, each to be folded, into another page; styles are that page's own."""
    figures = iter(range(1, 100))
    return Markup(
        "".join(
            tag(
                "details",
                tag("summary", tag("h2", section.heading)),
                *(_block(block, figures) for block in section.blocks),
                open="",
            )
            for section in sections
        )
    )


def _section(section: Section, figures: Iterator[int]) -> Markup:
    return tag("section", tag("h2", section.heading), *(_block(block, figures) for block in section.blocks))


def _fact(fact: Fact) -> Markup:
    return tag(
        "div",
        tag("dt", fact.label),
        tag("dd", tag("b", fact.value), tag("span", *_inline(fact.words))),
    )


def _block(block: Paragraph | Table | Picture, figures: Iterator[int]) -> Markup:
    match block:
        case Paragraph(text, quiet):
            return tag("p", *_inline(text), class_="quiet" if quiet else "words")
        case Table():
            return _table(block)
        case Picture():
            svg = _inline_svg(block.svg, alt=block.alt, prefix=f"f{next(figures)}-")
            return tag(
                "figure",
                svg,
                tag("figcaption", *_inline(block.caption)),
                class_="narrow" if block.narrow else "wide",
            )


def _table(table: Table) -> Markup:
    aligns = [column.align for column in table.columns]
    heads = [
        tag("th", *_inline(column.name), scope="col", class_=align)
        for column, align in zip(table.columns, aligns, strict=True)
    ]
    rows = []
    for row in table.rows:
        first, *others = row
        cells = [tag("td", *_inline(cell), class_=align) for cell, align in zip(others, aligns[1:], strict=True)]
        rows.append(tag("tr", tag("th", *_inline(first), scope="row"), *cells))
    return tag(
        "div",
        tag(
            "table",
            tag("caption", *_inline(table.caption)),
            tag("thead", tag("tr", *heads)),
            tag("tbody", *rows),
        ),
        class_="scroll",
    )


def _inline(text: Text) -> list[str]:
    names = {"italic": "i", "strong": "strong"}
    return [
        each
        if isinstance(each, str)
        else tag(names[each.tone], each.words)
        if each.tone in names
        else tag("span", each.words, class_=f"rater-{each.tone}")
        for each in text
    ]


def _inline_svg(svg: bytes, *, alt: str, prefix: str) -> Markup:
    """Fit a figure of ours into a page: what it is called in words, ids no other figure has, no style in elements.

    A page of the desk lets no element bring a style; the same words as attributes are none.
    """
    drawn = svg.decode("utf-8")
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"\s*<metadata>.*?</metadata>|<style [^>]*>.*?</style>", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r' style="([^"]*)"', lambda found: _as_attributes(found[1]), drawn)
    drawn = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}", drawn)
    opening = re.sub(r' (?:width|height|version)="[^"]*"', "", drawn[: drawn.index(">")])
    return Markup(f'{opening} role="img" aria-label="{_escape(alt)}"{drawn[drawn.index(">") :].strip()}')


def _as_attributes(style: str) -> str:
    words = dict(each.split(":", 1) for each in style.split(";") if ":" in each)
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in words.items())
