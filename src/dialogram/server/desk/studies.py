"""Studies: the list, a new one, one at a glance, its design."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogram.server.accounts.accounts import any_account
from dialogram.server.desk.doors import Place, account_of, desk, open_study
from dialogram.server.desk.downloads import download
from dialogram.server.desk.forms import DesignForm, NewStudyForm
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.studies import change_design, create_study
from dialogram.server.records.queries.sessions import columns_of, next_action, sessions_at_a_glance
from dialogram.server.records.queries.studies import studies_of


def start(request: HttpRequest) -> HttpResponseBase:
    """Lead to the first account where there is none, else to the studies."""
    return list_studies(request) if any_account() else redirect("desk:first-account")


@desk("GET")
def list_studies(request: HttpRequest) -> HttpResponse:
    """Show the account's studies."""
    return render(request, "desk/studies.html", {"studies": studies_of(user_id=account_of(request).pk)})


@desk("GET", "POST")
def new_study(request: HttpRequest) -> HttpResponse:
    """Make a study from a shipped design or from one's own."""
    form = NewStudyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            study = create_study(
                name=form.cleaned_data["name"],
                design_text=form.cleaned_data["design_text"],
                deals_with_therapists=form.cleaned_data["deals"] == "yes",
                user_id=account_of(request).pk,
                now=timezone.now(),
            )
        except StudyError as error:
            form.add_error("design_file" if error.code.startswith("design") else None, error.message)
        else:
            return redirect("desk:study", study.pk)
    return render(request, "desk/new_study.html", {"form": form})


@desk("GET")
def show_study(request: HttpRequest, study_id: str) -> HttpResponse:
    """Show the study at a glance."""
    place = open_study(request, study_id)
    return render(request, "desk/study.html", _glance(place))


@desk("GET")
def show_sessions(request: HttpRequest, study_id: str) -> HttpResponse:
    """Show the part of the study's page that changes by itself."""
    place = open_study(request, study_id)
    return render(request, "desk/_glance.html", _glance(place))


def _glance(place: Place) -> dict[str, object]:
    now = timezone.now()
    rows = sessions_at_a_glance(place.membership, design=place.design, hidden_dyads=place.hidden_dyads, now=now)
    people = place.study.participants.count()
    dyads = place.study.dyads.exclude(pk__in=place.hidden_dyads).count()
    return {
        "place": place,
        "study": place.study,
        "rows": rows,
        "has_results": sum(row.results.state == "ready" for row in rows) > 1,
        "columns": columns_of(place.design),
        "next": next_action(rows, has_people=people > 1, has_dyads=dyads > 0),
        "people": people,
        "dyads": dyads,
        "now": now,
    }


@desk("GET", "POST")
def show_design(request: HttpRequest, study_id: str) -> HttpResponseBase:
    """Show the design file; its owner may put another in its place."""
    place = open_study(request, study_id)
    may_change = place.may("change the design")
    form = DesignForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        open_study(request, study_id, "change the design")
        if form.is_valid() and not form.cleaned_data["design_file"]:
            form.add_error("design_file", _("Choose the file."))
        elif form.is_valid():
            try:
                change_design(
                    study_id=place.study.pk,
                    design_text=form.cleaned_data["design_file"],
                    user_id=place.account.pk,
                    now=timezone.now(),
                )
            except StudyError as error:
                form.add_error("design_file", error.message)
            else:
                messages.success(request, _("The new design is in force."))
                return redirect("desk:design", place.study.pk)
    return render(
        request,
        "desk/design.html",
        {"place": place, "study": place.study, "form": form, "may_change": may_change},
    )


@desk("GET")
def download_design(request: HttpRequest, study_id: str) -> HttpResponse:
    """Hand out the design file."""
    place = open_study(request, study_id)
    return download(place.study.design_text, media_type="text/plain; charset=utf-8", name="design.toml")
