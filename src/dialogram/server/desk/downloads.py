"""Files that leave the desk: figures, reports, tables. They are made in memory: none lies open on a disk."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse

from dialogram import figures, reports

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURES = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}
REPORTS = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


def download(content: bytes | str, *, media_type: str, name: str) -> HttpResponse:
    """Send a file to be kept, not shown."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)


def download_figure(figure: "Figure", suffix: str, *, stem: str) -> HttpResponse:
    """Send a figure in the format of a suffix; 404 for another."""
    if suffix not in FIGURES:
        raise Http404
    return download(figures.render(figure, suffix), media_type=FIGURES[suffix], name=f"{stem}.{suffix}")


def download_report(page: "reports.Page", suffix: str, *, stem: str) -> HttpResponse:
    """Send a report in the format of a suffix; 404 for another."""
    if suffix not in REPORTS:
        raise Http404
    content = reports.render_pdf(page) if suffix == "pdf" else reports.render_html(page)
    return download(content, media_type=REPORTS[suffix], name=f"{stem}.{suffix}")
