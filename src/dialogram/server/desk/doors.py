"""Doors of the desk: who is signed in, and what of a study is there for them. Everything else does not exist."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from dialogram.server.accounts.models import User
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.enums import MemberRole
from dialogram.server.records.models import Membership, Participant, Recording, Session, Sitting, Study
from dialogram.server.records.queries.access import desk_viewer, membership_of, own_dyads
from dialogram.server.records.rules import may
from dialogram.study import Design, Role
from dialogram.study.blinding import Thing, may_see

type View = Callable[..., HttpResponseBase]


def desk(*methods: str) -> Callable[[View], View]:
    """Make a view one of the desk: for who is signed in, by these methods, with 404 for what is not there for them."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except NotFoundError:
                raise Http404 from None

        return require_http_methods(list(methods))(login_required(guarded))

    return decorate


def account_of(request: HttpRequest) -> User:
    """Return who is signed in; only for views behind `desk`."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


@dataclass(frozen=True)
class Place:
    """An account's place in a study: what it is there, and which dyads do not exist for it."""

    account: User
    membership: Membership

    @property
    def study(self) -> Study:
        """The study."""
        return self.membership.study

    @cached_property
    def design(self) -> Design:
        """The study's design."""
        return design_of(self.study)

    @cached_property
    def hidden_dyads(self) -> frozenset[str]:
        """The dyads in which the account's own person takes part."""
        return own_dyads(user_id=self.account.pk, study_id=self.study.pk)

    def may(self, action: str) -> bool:
        """Whether the account's role allows an action."""
        return may(MemberRole(self.membership.role), action)


@dataclass(frozen=True)
class SessionPlace(Place):
    """An account's place before one session of a dyad that is not its own."""

    session: Session

    @cached_property
    def people(self) -> dict[Role, Participant]:
        """Client and therapist, and an observer where there is one."""
        members = self.session.dyad.members.select_related("participant__study")
        found = {Role(member.role): member.participant for member in members}
        return {role: found[role] for role in Role if role in found}

    @property
    def name(self) -> str:
        """The dyad's codes and the session's number, as they stand above every page of it."""
        return session_name(self.people, self.session.number)

    def may_see(self, thing: Thing) -> bool:
        """Ask `study.blinding` whether the account may see a thing of this session now."""
        viewer, facts = desk_viewer(user_id=self.account.pk, session=self.session)
        return may_see(viewer, thing, facts).allowed


def session_name(people: dict[Role, Participant], number: int) -> str:
    """Write K7 × T2, session 5."""
    codes = " × ".join(people[role].code for role in (Role.CLIENT, Role.THERAPIST) if role in people)
    return f"{codes}, session {number}"


def open_study(request: HttpRequest, study_id: str, action: str = "see the study") -> Place:
    """Return the account's place in a study, or 404."""
    account = account_of(request)
    membership = membership_of(user_id=account.pk, study_id=study_id)
    if membership is None or not may(MemberRole(membership.role), action):
        raise Http404
    return Place(account, membership)


def open_session(
    request: HttpRequest, session_id: str, action: str = "run sessions", *, thing: Thing = Thing.PROGRESS
) -> SessionPlace:
    """Return the account's place before a session of which it may see a thing, or 404."""
    session = Session.objects.select_related("dyad__study").filter(pk=session_id).first()
    if session is None:
        raise Http404
    place = open_study(request, session.dyad.study_id, action)
    opened = SessionPlace(place.account, place.membership, session)
    if session.dyad_id in place.hidden_dyads or not opened.may_see(thing):
        raise Http404
    return opened


def open_recording(
    request: HttpRequest, recording_id: str, *, thing: Thing = Thing.PROGRESS
) -> tuple[SessionPlace, Recording]:
    """Return a recording and the account's place before its session, or 404."""
    recording = Recording.objects.filter(pk=recording_id).first()
    if recording is None:
        raise Http404
    return open_session(request, recording.session_id, thing=thing), recording


def open_sitting(request: HttpRequest, sitting_id: str) -> tuple[SessionPlace, Sitting]:
    """Return a sitting and the account's place before its session, or 404."""
    sitting = Sitting.objects.select_related("recording", "participant__study").filter(pk=sitting_id).first()
    if sitting is None:
        raise Http404
    return open_session(request, sitting.recording.session_id), sitting


def open_participant(request: HttpRequest, participant_id: str) -> tuple[Place, Participant]:
    """Return a participant of a study whose names the account may see, or 404; nobody looks up their own partner."""
    participant = Participant.objects.filter(pk=participant_id).first()
    if participant is None:
        raise Http404
    place = open_study(request, participant.study_id, "see names")
    if participant.places.filter(dyad_id__in=place.hidden_dyads).exists():
        raise Http404
    return place, participant


def person_of(place: SessionPlace, participant_id: str) -> Participant:
    """Return a participant of the session's dyad, or 404."""
    for person in place.people.values():
        if person.pk == participant_id:
            return person
    raise Http404


def attempt[T](request: HttpRequest, act: Callable[[], T]) -> T | None:
    """Do something, or say on the next page why it cannot be done."""
    try:
        return act()
    except NotFoundError:
        raise
    except StudyError as error:
        messages.error(request, error.message)
        return None
