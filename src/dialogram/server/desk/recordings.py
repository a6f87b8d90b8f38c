"""A recording at the desk: sent in pieces, imported, looked at, trimmed, confirmed, made void."""

import errno
import json

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogram.server.desk.doors import SessionPlace, attempt, desk, open_recording, open_session
from dialogram.server.desk.forms import ReasonForm, TrimForm
from dialogram.server.desk.sessions import back
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.recordings import (
    cancel_import,
    confirm,
    finish_upload,
    make_void,
    start_upload,
    trim,
)
from dialogram.server.records.domain.uploads import PIECE_BYTES, take_piece
from dialogram.server.records.enums import RecordingState
from dialogram.server.records.models import Recording
from dialogram.study.blinding import Thing

MOST_PARTS = 50


@desk("POST")
def new_upload(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """Announce the files of a recording, in order."""
    place = open_session(request, session_id)
    try:
        announced = json.loads(request.body)
        files = [(_plain(str(one["name"])), int(one["size"])) for one in announced["files"]]
        if not 0 < len(files) <= MOST_PARTS:
            raise ValueError("files")
    except (ValueError, KeyError, TypeError, RequestDataTooBig):
        return _refuse("upload-wrong", _("These files cannot be announced."), status=400)
    try:
        recording = start_upload(session_id=place.session.pk, files=files, user_id=place.account.pk, now=timezone.now())
    except StudyError as error:
        return _refuse(error.code, error.message)
    return JsonResponse({"id": recording.pk, "base": f"/desk/recordings/{recording.pk}"})


@desk("POST")
def new_piece(request: HttpRequest, recording_id: str, part: int, piece: int) -> HttpResponseBase:
    """Take one piece of a file, as raw bytes."""
    _place, recording = open_recording(request, recording_id)
    try:
        if int(request.headers.get("Content-Length") or 0) > PIECE_BYTES:
            raise StudyError("piece-wrong", _("A piece holds at most 1 MiB."))
        take_piece(recording_id=recording.pk, part_number=part, piece_number=piece, data=request.body)
    except NotFoundError:
        raise
    except StudyError as error:
        return _refuse(error.code, error.message)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        return _refuse("disk-full", _("The disk of this machine is full."), status=507)
    return JsonResponse({"taken": piece})


@desk("POST")
def end_upload(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    """Close an upload that is complete; the import begins."""
    place, recording = open_recording(request, recording_id)
    try:
        finish_upload(recording_id=recording.pk, user_id=place.account.pk, now=timezone.now())
    except StudyError as error:
        return _refuse(error.code, error.message)
    return JsonResponse({"next": reverse("desk:session", args=[place.session.pk])})


@desk("POST")
def cancel(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    """Give up an upload, or stop an import."""
    place, recording = open_recording(request, recording_id)
    attempt(request, lambda: cancel_import(recording_id=recording.pk, user_id=place.account.pk, now=timezone.now()))
    return back(place, "recording")


@desk("GET")
def look(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    """Show the recording, to be looked at, trimmed and confirmed."""
    place, recording = open_recording(request, recording_id, thing=Thing.RECORDING)
    form = TrimForm(initial={"start": _time(recording.trim_start_s), "end": _time(recording.end_s)})
    return _show(request, place, recording, form)


@desk("POST")
def set_trim(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    """Set where watching begins and ends."""
    place, recording = open_recording(request, recording_id, thing=Thing.RECORDING)
    form = TrimForm(request.POST)
    if not form.is_valid():
        return _show(request, place, recording, form)
    try:
        trim(
            recording_id=recording.pk,
            start_s=form.cleaned_data["start"],
            end_s=min(form.cleaned_data["end"], recording.duration_s or 0.0),
            user_id=place.account.pk,
            now=timezone.now(),
        )
    except StudyError as error:
        form.add_error("end", error.message)
        return _show(request, place, recording, form)
    messages.success(request, _("Start and end are set. Nothing is cut off. Look at them and confirm."))
    return redirect("desk:look", recording.pk)


@desk("POST")
def set_confirmed(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    """Confirm that a recording is this dyad's and this session's, once its start, middle and end have been watched."""
    place, recording = open_recording(request, recording_id)
    done = attempt(
        request,
        lambda: confirm(
            recording_id=recording.pk,
            watched=request.POST.get("watched", "").split(),
            user_id=place.account.pk,
            now=timezone.now(),
        ),
    )
    if done is None:
        return redirect("desk:look", recording.pk)
    messages.success(request, _("Confirmed."))
    return back(place)


@desk("POST")
def set_void(request: HttpRequest, recording_id: str) -> HttpResponseBase:
    """Take a recording out of use."""
    place, recording = open_recording(request, recording_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    attempt(
        request,
        lambda: make_void(recording_id=recording.pk, reason=reason, user_id=place.account.pk, now=timezone.now()),
    )
    return back(place, "recording")


def _show(request: HttpRequest, place: SessionPlace, recording: Recording, form: TrimForm) -> HttpResponseBase:
    if recording.state != RecordingState.READY:
        return back(place, "recording")
    context = {
        "place": place,
        "study": place.study,
        "session": place.session,
        "recording": recording,
        "form": form,
        "is_watched": recording.sittings.exists(),
    }
    return render(request, "desk/look.html", context, status=422 if form.errors else 200)


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def _plain(name: str) -> str:
    """Keep what can be shown of a file's name."""
    return "".join(letter for letter in name if letter.isprintable()).strip() or "recording"


def _refuse(code: str, message: str, *, status: int = 409) -> HttpResponse:
    return JsonResponse({"code": code, "message": message}, status=status)
