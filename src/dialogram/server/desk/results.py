"""The results of one session: page, figure, report."""

import math
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from dialogram import figures, reports
from dialogram.analysis import resample
from dialogram.reports import DyadReport
from dialogram.server.desk.doors import SessionPlace, attempt, desk, open_session
from dialogram.server.desk.downloads import FIGURES, REPORTS, download_figure, download_report
from dialogram.server.records.domain.guesses import unblind
from dialogram.server.records.domain.recordings import current_recording
from dialogram.server.records.domain.results import report_session
from dialogram.server.records.models import Recording
from dialogram.server.records.queries.access import desk_viewer
from dialogram.study.blinding import Thing

SHOWN_LIVE = {"Highest and lowest moments", "Where they part"}
"""Sections of the report that the page shows itself, beside the recording."""


@desk("GET", "HEAD")
def show_results(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """Show the results, or say what they wait for."""
    place = open_session(request, session_id, "see results")
    if not place.may_see(Thing.RESULTS):
        context = {"place": place, "session": place.session, "may_unblind": place.may("unblind")}
        return render(request, "desk/results_locked.html", context)
    report = report_session(place.session, now=timezone.now())
    recording = current_recording(place.session.pk)
    if report is None or recording is None:
        return render(request, "desk/results_waiting.html", {"place": place, "session": place.session})
    page = reports.lay_out(report)
    context = {
        "place": place,
        "session": place.session,
        "recording": recording,
        "report": report,
        "page": page,
        "moments": [
            (_moments(report, 0), report.result.extremes.a.notes),
            (_moments(report, 1), report.result.extremes.b.notes),
        ],
        "discrepancies": [one for one in report.result.discrepancies if not one.relative],
        "sections": mark_safe(reports.render_sections(one for one in page.sections if one.heading not in SHOWN_LIVE)),  # noqa: S308  # escaped where it is written
        "figures": FIGURES,
        "reports": REPORTS,
        "page_data": _page_data(report, recording),
    }
    return render(request, "desk/results.html", context)


@desk("GET", "HEAD")
def send_figure(request: HttpRequest, session_id: str, suffix: str) -> HttpResponseBase:
    """Send the publication figure."""
    place, report = _report(request, session_id)
    extremes = [[moment.extreme for moment in of] for of in report.moments]
    figure = figures.draw_session(report.a, report.b, report.result, extremes_a=extremes[0], extremes_b=extremes[1])
    return download_figure(figure, suffix, stem=_file_name(place))


@desk("GET", "HEAD")
def send_report(request: HttpRequest, session_id: str, suffix: str) -> HttpResponseBase:
    """Send the report as one file."""
    place, report = _report(request, session_id)
    report = replace(report, resampled=resample(report.a, report.b, report.result))
    return download_report(reports.lay_out(report), suffix, stem=_file_name(place))


@desk("POST")
def unblind_results(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """Open the results before the guess is in, with a reason."""
    place = open_session(request, session_id, "unblind")
    viewer, facts = desk_viewer(user_id=place.account.pk, session=place.session)
    attempt(
        request,
        lambda: unblind(
            session_id=place.session.pk,
            viewer=viewer,
            facts=facts,
            reason=request.POST.get("reason", ""),
            user_id=place.account.pk,
            now=timezone.now(),
        ),
    )
    return redirect("desk:results", session_id)


def _report(request: HttpRequest, session_id: str) -> tuple[SessionPlace, DyadReport]:
    place = open_session(request, session_id, "see results", thing=Thing.RESULTS)
    report = report_session(place.session, now=timezone.now())
    if report is None:
        raise Http404
    return place, report


def _moments(report: DyadReport, of: int) -> list[Any]:
    return sorted(report.moments[of], key=lambda moment: moment.extreme.start_s)


def _file_name(place: SessionPlace) -> str:
    return place.name.replace(" × ", "-").replace(", session ", "-session-")


def _page_data(report: DyadReport, recording: Recording) -> dict[str, Any]:
    scale = report.a.scale
    return {
        "media_url": reverse("desk:media", args=[recording.pk]),
        "has_video": recording.has_video,
        "start_s": report.a.start_s,
        "step_s": report.a.step_s,
        "scale": {
            "low": scale.low,
            "high": scale.high,
            "neutral": scale.neutral,
            "low_label": scale.low_label,
            "high_label": scale.high_label,
        },
        "raters": [
            {"name": trace.name, "values": [None if math.isnan(value) else value for value in trace.values.tolist()]}
            for trace in (report.a, report.b)
        ],
        "extremes": [
            {"of": of, "kind": moment.extreme.kind, "start_s": moment.extreme.start_s, "end_s": moment.extreme.end_s}
            for of, moments in enumerate(report.moments)
            for moment in moments
        ],
        "discrepancies": [
            {"start_s": one.start_s, "end_s": one.end_s, "opposite": "helpful" in one.kind}
            for one in report.result.discrepancies
            if not one.relative
        ],
    }
