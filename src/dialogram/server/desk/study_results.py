"""The results of a study: the congruence of all its sessions, page and report."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from dialogram import analysis, figures, reports
from dialogram.server.desk.doors import Place, desk, open_study
from dialogram.server.desk.downloads import FIGURES, REPORTS, download_figure, download_report
from dialogram.server.records.domain.study_results import RatedSessions, gather_sessions
from dialogram.server.records.queries.sessions import sessions_at_a_glance
from dialogram.study import Role

STEM = "dialogram-study"


@dataclass(frozen=True)
class _Asked:
    """What sessions are held against."""

    moderators: tuple[str, ...] = ()
    whole_rating: str | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class _Findings:
    place: Place
    rated: RatedSessions
    asked: _Asked
    not_ready: int
    report: "reports.CohortReport | None"
    why_not: str


@desk("GET", "HEAD")
def show_study_results(request: HttpRequest, study_id: str) -> HttpResponseBase:
    """Show what all sessions together say, as far as this account may see their results."""
    found = _find(request, study_id)
    context = {"place": found.place, "study": found.place.study, "found": found}
    if found.report is None:
        return render(request, "desk/study_results_waiting.html", context)
    page = reports.lay_out_cohort(found.report)
    sections = [reports.Section(heading="Every session", blocks=page.opening), *page.sections]
    context |= {
        "page": page,
        "sections": mark_safe(reports.render_sections(sections)),  # noqa: S308  # escaped where it is written
        "figures": FIGURES,
        "reports": REPORTS,
        "query": request.GET.urlencode(),
    }
    return render(request, "desk/study_results.html", context)


@desk("GET", "HEAD")
def send_study_figure(request: HttpRequest, study_id: str, suffix: str) -> HttpResponseBase:
    """Send the forest of all sessions."""
    result = _report(request, study_id).result
    if result.meta is None:
        raise Http404
    return download_figure(figures.draw_forest(result.per_dyad, result.meta), suffix, stem=STEM)


@desk("GET", "HEAD")
def send_study_report(request: HttpRequest, study_id: str, suffix: str) -> HttpResponseBase:
    """Send the report on all sessions as one file."""
    return download_report(reports.lay_out_cohort(_report(request, study_id)), suffix, stem=STEM)


def _report(request: HttpRequest, study_id: str) -> "reports.CohortReport":
    report = _find(request, study_id).report
    if report is None:
        raise Http404
    return report


def _find(request: HttpRequest, study_id: str) -> _Findings:
    place = open_study(request, study_id, "see results")
    now = timezone.now()
    rows = sessions_at_a_glance(place.membership, design=place.design, hidden_dyads=place.hidden_dyads, now=now)
    ready = {
        row.id: f"{row.codes[Role.CLIENT]} × {row.codes[Role.THERAPIST]}, {row.number}"
        for row in rows
        if row.results.state == "ready"
    }
    rated = gather_sessions(ready, now=now)
    asked = _Asked(
        moderators=tuple(name for name in rated.moderators if name in request.GET.getlist("with")),
        whole_rating=next((name for name in rated.told_by_clients if name == request.GET.get("rating")), None),
        outcome=next((name for name in rated.told_by_clients if name == request.GET.get("outcome")), None),
    )
    report, why_not = None, ""
    try:
        result = analysis.study_cohort(rated.dyads, within_therapists=rated.are_nested, **vars(asked))
    except ValueError as error:
        why_not = str(error)
    else:
        report = reports.CohortReport(
            result=result,
            judge=Role.THERAPIST.value,
            truth=Role.CLIENT.value,
            guesses=analysis.study_guesses(*zip(*rated.guesses, strict=True)) if rated.guesses else None,
            title=place.study.name,
            subtitle=f"{result.dyads} sessions",
        )
    return _Findings(place, rated, asked, len(rows) - len(ready), report, why_not)
