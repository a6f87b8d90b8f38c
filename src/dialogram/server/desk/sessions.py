"""The session's page and the small acts on it: agreement, consent, questionnaires, notes, release, closing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogram.capture import Verdict
from dialogram.server.desk.doors import SessionPlace, attempt, desk, open_session, open_sitting, person_of
from dialogram.server.desk.forms import NoteForm, NumberForm, PaperConsentForm, ReasonForm, TotalsForm
from dialogram.server.records.domain.audit import account_actor
from dialogram.server.records.domain.consents import consent_of, record_consent
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.guesses import release_guess
from dialogram.server.records.domain.links import state_of
from dialogram.server.records.domain.practice import Try, reaction_of, tries_of
from dialogram.server.records.domain.recalls import notes_of
from dialogram.server.records.domain.scores import enter_score, remove_score, total_of
from dialogram.server.records.domain.sessions import change_session, note_deviation, note_others_agreed
from dialogram.server.records.domain.sittings import close_partial
from dialogram.server.records.domain.traces import verdict_of
from dialogram.server.records.domain.uploads import received_pieces
from dialogram.server.records.enums import ConsentWay, RecordingState
from dialogram.server.records.models import Consent, Link, Participant, Recording, Sitting
from dialogram.server.records.queries.sessions import Cell, SessionRow, is_closed, sessions_at_a_glance
from dialogram.study import Questionnaire, Role, Task
from dialogram.study.blinding import Thing


@dataclass(frozen=True, kw_only=True)
class PersonCard:
    """What the session's page shows of one participant."""

    role: Role
    person: Participant
    consent: Consent | None
    asks_for_clips: bool
    cells: Sequence[Cell]
    quality: Verdict | None
    links: Sequence[tuple[Link, str]]
    questionnaires: Sequence[tuple[Questionnaire, float | None]]
    totals: TotalsForm
    may_describe: bool
    describing_is_locked: bool
    notes: Sequence[str]
    tries: Sequence[Try]

    @property
    def reaction_s(self) -> float | None:
        """How late the hand is, from the practice."""
        return reaction_of(self.tries)

    @property
    def has_more(self) -> bool:
        """Whether there is still something to do for this person."""
        return not all(is_closed(cell) for cell in self.cells)

    @property
    def tasks(self) -> Sequence[Task]:
        """The tasks of this role in the design."""
        return [cell.task for cell in self.cells if cell.task]


@desk("GET", "POST")
def show_session(request: HttpRequest, session_id: str) -> HttpResponse:
    """Show a session: its recording, its people, its notes; and put its number and date right."""
    place = open_session(request, session_id)
    form = NumberForm(request.POST or None)
    if form.is_valid():
        try:
            change_session(
                session_id=place.session.pk, **form.cleaned_data, user_id=place.account.pk, now=timezone.now()
            )
        except StudyError as error:
            form.add_error("held_on" if error.code == "session-date" else "number", error.message)
        else:
            return back(place)
    if form.is_bound:
        return render(request, "desk/session.html", session_context(place) | {"number_form": form}, status=422)
    return render(request, "desk/session.html", session_context(place))


@desk("GET")
def show_recording(request: HttpRequest, session_id: str) -> HttpResponse:
    """Show the recording's part of the page, which changes by itself while an import runs."""
    place = open_session(request, session_id)
    row = _row(place)
    response = render(request, "desk/_recording.html", _recording_context(place, row))
    if row.recording_cell.state not in {"uploading", "importing"}:
        response["HX-Refresh"] = "true"
    return response


def session_context(
    place: SessionPlace, *, refused: Mapping[Role, TotalsForm] = MappingProxyType({})
) -> dict[str, object]:
    """Put together everything the session's page shows, with totals that were refused as they were typed."""
    row = _row(place)
    return _recording_context(place, row) | {
        "cards": [_card(place, row, role, person, refused.get(role)) for role, person in place.people.items()],
        "number_form": NumberForm(initial={"number": place.session.number, "held_on": place.session.held_on}),
        "deviations": place.session.deviations.select_related("noted_by").order_by("noted_at"),
        "void": Recording.objects.filter(session=place.session, state=RecordingState.VOID).order_by("created_at"),
        "now": timezone.now(),
    }


def _recording_context(place: SessionPlace, row: SessionRow) -> dict[str, object]:
    recording = row.recording
    upload = None
    if recording is not None and recording.state == RecordingState.UPLOADING:
        upload = {
            "id": recording.pk,
            "parts": [
                {"name": part.file_name, "size": part.size, "received": received}
                for part, received in zip(recording.parts.all(), received_pieces(recording), strict=True)
            ],
        }
    return {
        "place": place,
        "study": place.study,
        "session": place.session,
        "row": row,
        "recording": recording,
        "cell": row.recording_cell,
        "upload": upload,
    }


def _row(place: SessionPlace) -> SessionRow:
    (row,) = sessions_at_a_glance(
        place.membership,
        design=place.design,
        hidden_dyads=place.hidden_dyads,
        now=timezone.now(),
        session_id=place.session.pk,
    )
    return row


def _card(
    place: SessionPlace, row: SessionRow, role: Role, person: Participant, refused: TotalsForm | None
) -> PersonCard:
    now = timezone.now()
    links = Link.objects.filter(session=place.session, participant=person).order_by("-created_at")
    questionnaires = _questionnaires(place, role)
    totals = _totals(place, person)
    words = {Role.CLIENT: Thing.CLIENT_WORDS, Role.THERAPIST: Thing.THERAPIST_WORDS}
    ratings = {
        Role.CLIENT: Thing.CLIENT_RATINGS,
        Role.THERAPIST: Thing.THERAPIST_RATINGS,
        Role.OBSERVER: Thing.OBSERVER_RATINGS,
    }
    cells = [cell for cell in row.tasks if cell.role is role]
    rated = any(cell.task is Task.RATE and is_closed(cell) for cell in cells)
    rating = next((cell.sitting for cell in cells if cell.task is Task.RATE), None)
    describing = next((cell for cell in cells if cell.task is Task.RECALL), None)
    waits = rated and describing is not None and not is_closed(describing) and role in words
    return PersonCard(
        role=role,
        person=person,
        consent=consent_of(participant_id=person.pk, session_id=place.session.pk),
        asks_for_clips=role is Role.CLIENT and place.design.has_guess,
        cells=cells,
        quality=_quality(place, role, cells),
        links=[(link, state_of(link, now=now)) for link in links],
        questionnaires=[(one, totals.get(one.key)) for one in questionnaires],
        totals=refused or TotalsForm(role=role, questionnaires=questionnaires, totals=totals),
        may_describe=waits and place.may_see(words[role]),
        notes=_notes(place, role, describing.sitting if describing else None),
        describing_is_locked=waits and not place.may_see(words[role]),
        tries=tries_of(rating) if rating is not None and place.may_see(ratings[role]) else (),
    )


def _questionnaires(place: SessionPlace, role: Role) -> Sequence[Questionnaire]:
    return [one for one in place.design.questionnaires if role in one.roles]


def _quality(place: SessionPlace, role: Role, cells: Sequence[Cell]) -> Verdict | None:
    """Judge a rating that is handed in or closed; what the hand did shows only to those who may see the rating."""
    ratings = {Role.CLIENT: Thing.CLIENT_RATINGS, Role.THERAPIST: Thing.THERAPIST_RATINGS}
    closed = next((cell.sitting for cell in cells if cell.task is Task.RATE and is_closed(cell)), None)
    if closed is None or role not in ratings:
        return None
    verdict = verdict_of(closed, now=timezone.now())
    return verdict if place.may_see(ratings[role]) else verdict.without_hand()


def _notes(place: SessionPlace, role: Role, recall: Sitting | None) -> Sequence[str]:
    """Say why there are fewer moments than were looked for, to those who may know of them."""
    kinds = {Role.CLIENT: Thing.CLIENT_KINDS, Role.THERAPIST: Thing.THERAPIST_KINDS}
    if recall is None or role not in kinds or not hasattr(recall, "extreme_set") or not place.may_see(kinds[role]):
        return ()
    return notes_of(recall)


def _totals(place: SessionPlace, person: Participant) -> Mapping[str, float]:
    if not place.may_see(Thing.QUESTIONNAIRES):
        return {}
    return {score.instrument: total_of(score) for score in place.session.scores.filter(participant=person)}


def back(place: SessionPlace, part: str = "") -> HttpResponse:
    """Lead back to the session's page, to a part of it."""
    response = redirect("desk:session", place.session.pk)
    if part:
        response["Location"] += f"#{part}"
    return response


@desk("POST")
def others_agreed(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """Note how the others on the recording agreed."""
    place = open_session(request, session_id)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    attempt(
        request,
        lambda: note_others_agreed(
            session_id=place.session.pk, note=note, user_id=place.account.pk, now=timezone.now()
        ),
    )
    return back(place, "others")


@desk("POST")
def deviation(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """Note that something went otherwise than the protocol says."""
    place = open_session(request, session_id)
    form = NoteForm(request.POST)
    text = form.cleaned_data["note"] if form.is_valid() else ""
    attempt(
        request,
        lambda: note_deviation(session_id=place.session.pk, text=text, user_id=place.account.pk, now=timezone.now()),
    )
    return back(place, "notes")


@desk("POST")
def paper_consent(request: HttpRequest, session_id: str, participant_id: str) -> HttpResponseBase:
    """Record that a participant agreed on paper."""
    place = open_session(request, session_id, thing=Thing.CONSENT)
    person = person_of(place, participant_id)
    form = PaperConsentForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return back(place, f"person-{person.role}")
    given = form.cleaned_data
    stands = attempt(
        request,
        lambda: record_consent(
            participant_id=person.pk,
            session_id=place.session.pk,
            way=ConsentWay.PAPER,
            clips_agreed=given["clips"],
            signed_on=given["signed_on"],
            knowingly=given["differs"],
            actor=account_actor(place.account.pk),
            now=timezone.now(),
        ),
    )
    if stands is not None and stands.clips_agreed != given["clips"]:
        messages.success(request, _("It is recorded. What they said otherwise stands: it is newer, or shows less."))
    return back(place, f"person-{person.role}")


@desk("POST")
def scores(request: HttpRequest, session_id: str, participant_id: str) -> HttpResponseBase:
    """Enter the totals of a participant's questionnaires; what was emptied is taken back."""
    place = open_session(request, session_id, thing=Thing.QUESTIONNAIRES)
    person = person_of(place, participant_id)
    role = Role(person.role)
    form = TotalsForm(request.POST, role=role, questionnaires=_questionnaires(place, role))
    form.full_clean()
    by = {"session_id": place.session.pk, "participant_id": person.pk}
    user_id, now = place.account.pk, timezone.now()
    for instrument, total in list(form.cleaned_data.items()):
        try:
            if total is not None:
                enter_score(**by, instrument=instrument, total=total, user_id=user_id, now=now)
            elif instrument in form.data:
                remove_score(**by, instrument=instrument, user_id=user_id, now=now)
        except StudyError as error:
            form.add_error(instrument, error.message)
    if form.errors:
        form.fields[next(iter(form.errors))].widget.attrs["autofocus"] = True
        return render(request, "desk/session.html", session_context(place, refused={role: form}), status=422)
    return back(place, f"person-{person.role}")


@desk("POST")
def release(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """Open the guess to the therapist."""
    place = open_session(request, session_id)
    attempt(
        request,
        lambda: release_guess(session_id=place.session.pk, user_id=place.account.pk, now=timezone.now()),
    )
    return back(place, f"person-{Role.THERAPIST}")


@desk("POST")
def close_sitting(request: HttpRequest, sitting_id: str) -> HttpResponseBase:
    """Close a sitting that will not be finished."""
    place, sitting = open_sitting(request, sitting_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    attempt(
        request,
        lambda: close_partial(sitting_id=sitting.pk, reason=reason, user_id=place.account.pk, now=timezone.now()),
    )
    return back(place, f"person-{sitting.participant.role}")
