"""People, dyads, sessions and the members of the study at the desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from dialogram.server.accounts.accounts import AccountError, find_account, make_account
from dialogram.server.accounts.models import User
from dialogram.server.desk.doors import Place, attempt, desk, open_participant, open_study
from dialogram.server.desk.forms import (
    DyadForm,
    MemberForm,
    NewMemberForm,
    ParticipantForm,
    PersonForm,
    SessionForm,
)
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.members import add_member, change_member, remove_member
from dialogram.server.records.domain.people import add_dyad
from dialogram.server.records.domain.sessions import add_session
from dialogram.server.records.enums import MemberRole
from dialogram.server.records.models import Participant
from dialogram.server.records.queries.people import dyad_names, next_numbers, participants_of
from dialogram.server.stewardship.people import Identity, add_person, change_person, read_person
from dialogram.study import Role


@desk("GET")
def list_people(request: HttpRequest, study_id: str) -> HttpResponse:
    """Show who takes part, by code, and the dyads."""
    return _show_people(request, open_study(request, study_id))


@desk("POST")
def new_participant(request: HttpRequest, study_id: str) -> HttpResponseBase:
    """Add a participant."""
    place = open_study(request, study_id, "run sessions")
    form = ParticipantForm(request.POST, accounts=_accounts(place))
    if form.is_valid():
        given = form.cleaned_data
        try:
            add_person(
                study_id=place.study.pk,
                role=Role(given["role"]),
                code=given["code"],
                identity=Identity(name=given["name"], contact=given["contact"]),
                account_id=int(given["account"]) if given["account"] else None,
                user_id=place.account.pk,
                now=timezone.now(),
            )
        except StudyError as error:
            form.add_error("code", error.message)
        else:
            messages.success(request, _("%(code)s is added.") % {"code": given["code"]})
            return redirect("desk:people", place.study.pk)
    return _show_people(request, place, participant_form=form)


@desk("POST")
def new_dyad(request: HttpRequest, study_id: str) -> HttpResponseBase:
    """Bring a client and a therapist together."""
    place = open_study(request, study_id, "run sessions")
    form = DyadForm(request.POST, people=participants_of(study_id=place.study.pk, hidden=place.hidden_dyads))
    if form.is_valid():
        pair = [form.cleaned_data["client"], form.cleaned_data["therapist"]]
        try:
            add_dyad(study_id=place.study.pk, participant_ids=pair, user_id=place.account.pk, now=timezone.now())
        except StudyError as error:
            form.add_error(None, error.message)
        else:
            return redirect("desk:people", place.study.pk)
    return _show_people(request, place, dyad_form=form)


@desk("GET", "POST")
def new_session(request: HttpRequest, study_id: str) -> HttpResponseBase:
    """Add a session of a dyad."""
    place = open_study(request, study_id, "run sessions")
    dyads = dyad_names(study_id=place.study.pk, hidden=place.hidden_dyads)
    numbers = next_numbers(dyads)
    chosen = request.GET.get("dyad", next(iter(dyads), ""))
    form = SessionForm(request.POST or None, dyads=dyads, initial={"dyad": chosen, "number": numbers.get(chosen, 1)})
    if request.method == "POST" and form.is_valid():
        try:
            session = add_session(
                dyad_id=form.cleaned_data["dyad"],
                number=form.cleaned_data["number"],
                held_on=form.cleaned_data["held_on"],
                user_id=place.account.pk,
                now=timezone.now(),
            )
        except StudyError as error:
            form.add_error("held_on" if error.code == "session-date" else "number", error.message)
        else:
            return redirect("desk:session", session.pk)
    return render(
        request, "desk/new_session.html", {"place": place, "study": place.study, "form": form, "dyads": dyads}
    )


@desk("GET", "POST")
def show_participant(request: HttpRequest, participant_id: str) -> HttpResponseBase:
    """Show and change who a participant is; each look is written down."""
    place, participant = open_participant(request, participant_id)
    initial: dict[str, object] = {"code": participant.code, "account": participant.account_id}
    accounts = _accounts(place, participant.account)
    if request.method == "POST":
        form = PersonForm(request.POST, accounts=accounts, initial=initial)
        if form.is_valid() and _changed(form, participant, place):
            messages.success(request, _("Kept."))
            return redirect("desk:people", place.study.pk)
    else:
        known = read_person(participant=participant, user_id=place.account.pk, now=timezone.now())
        form = PersonForm(accounts=accounts, initial=initial | {"name": known.name, "contact": known.contact})
    return render(
        request,
        "desk/participant.html",
        {"place": place, "study": place.study, "participant": participant, "form": form},
        status=422 if form.errors else 200,
    )


def _changed(form: PersonForm, participant: Participant, place: Place) -> bool:
    given = form.cleaned_data
    try:
        change_person(
            participant=participant,
            code=given["code"],
            account_id=int(given["account"]) if given["account"] else None,
            identity=Identity(name=given["name"], contact=given["contact"]),
            user_id=place.account.pk,
            now=timezone.now(),
        )
    except StudyError as error:
        form.add_error(error.code.partition("-")[0], error.message)
        return False
    return True


@desk("GET")
def list_members(request: HttpRequest, study_id: str) -> HttpResponse:
    """Show who of the desk belongs to the study."""
    return _show_members(request, open_study(request, study_id, "choose members"))


@sensitive_post_parameters()
@desk("POST")
def new_member(request: HttpRequest, study_id: str) -> HttpResponseBase:
    """Let an account into the study, made now where there is none of this name."""
    place = open_study(request, study_id, "choose members")
    people = _people_without_account(place)
    form = NewMemberForm(request.POST, people=people)
    if not form.is_valid():
        return _show_members(request, place, form=form)
    name, password = form.cleaned_data["username"], None
    account = find_account(name)
    try:
        if account is None:
            account, password = make_account(username=name)
        add_member(
            study_id=place.study.pk,
            account_id=account.pk,
            role=MemberRole(form.cleaned_data["role"]),
            deals_with_therapists=form.cleaned_data["deals"],
            participant=next((one for one in people if one.pk == form.cleaned_data["participant"]), None),
            user_id=place.account.pk,
            now=timezone.now(),
        )
    except (AccountError, StudyError) as error:
        form.add_error("username", str(error))
        return _show_members(request, place, form=form)
    if password is None:
        return redirect("desk:members", place.study.pk)
    return _show_members(request, place, made={"username": account.username, "password": password})


@desk("POST")
def edit_member(request: HttpRequest, study_id: str, account_id: int) -> HttpResponseBase:
    """Change a member's role, or take them out of the study."""
    place = open_study(request, study_id, "choose members")
    form = MemberForm(request.POST)
    study_id, user_id, now = place.study.pk, place.account.pk, timezone.now()
    if request.POST.get("act") == "remove":
        attempt(request, lambda: remove_member(study_id=study_id, account_id=account_id, user_id=user_id, now=now))
    elif form.is_valid():
        attempt(
            request,
            lambda: change_member(
                study_id=study_id,
                account_id=account_id,
                role=MemberRole(form.cleaned_data["role"]),
                deals_with_therapists=form.cleaned_data["deals"],
                user_id=user_id,
                now=now,
            ),
        )
    return redirect("desk:members", place.study.pk)


def _show_people(
    request: HttpRequest,
    place: Place,
    *,
    participant_form: ParticipantForm | None = None,
    dyad_form: DyadForm | None = None,
) -> HttpResponse:
    people = participants_of(study_id=place.study.pk, hidden=place.hidden_dyads)
    context = {
        "place": place,
        "study": place.study,
        "people": people,
        "can_pair": {Role.CLIENT, Role.THERAPIST} <= {person.role for person in people},
        "participant_form": participant_form or ParticipantForm(accounts=_accounts(place)),
        "dyad_form": dyad_form or DyadForm(people=people),
        "dyads": dyad_names(study_id=place.study.pk, hidden=place.hidden_dyads),
    }
    is_refused = participant_form is not None or dyad_form is not None
    return render(request, "desk/people.html", context, status=422 if is_refused else 200)


def _show_members(
    request: HttpRequest, place: Place, *, form: NewMemberForm | None = None, made: dict[str, str] | None = None
) -> HttpResponse:
    members = place.study.memberships.select_related("user").order_by("user__username")
    return render(
        request,
        "desk/members.html",
        {
            "place": place,
            "study": place.study,
            "form": form or NewMemberForm(people=_people_without_account(place)),
            "made": made,
            "members": members,
        },
    )


def _accounts(place: Place, tied: User | None = None) -> list[tuple[int, str]]:
    """Return the study's desk accounts, any of which may also be a participant, with one that is known to be."""
    accounts = {one.user_id: one.user.username for one in place.study.memberships.select_related("user")}
    if tied is not None:
        accounts[tied.pk] = tied.username
    return sorted(accounts.items(), key=lambda account: account[1])


def _people_without_account(place: Place) -> list[Participant]:
    people = participants_of(study_id=place.study.pk, hidden=place.hidden_dyads)
    return [person for person in people if person.account_id is None]
