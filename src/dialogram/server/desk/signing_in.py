"""Coming in and going out: the first account, signing in, signing out, one's own password."""

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dialogram.server.accounts.accounts import AccountError, any_account, change_password, make_owner
from dialogram.server.accounts.failed_sign_ins import MARK_COOKIE, MARK_DAYS, browser_mark, failures, known_browser
from dialogram.server.accounts.models import User
from dialogram.server.accounts.sign_in import user_by_link
from dialogram.server.desk.doors import account_of, desk
from dialogram.server.desk.forms import ChangePasswordForm, FirstAccountForm, SignInForm


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def first_account(request: HttpRequest) -> HttpResponse:
    """Make the owner's account; there is this page only as long as there is no account."""
    if any_account():
        raise Http404
    form = FirstAccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = make_owner(username=form.cleaned_data["username"], password=form.cleaned_data["password"])
        except AccountError:
            raise Http404 from None
        return _let_in(request, user, "/desk/")
    return render(request, "desk/first_account.html", {"form": form})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in; after some failures each further attempt has to wait."""
    if not any_account():
        return redirect("desk:first-account")
    follow = _wanted(request)
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        username = form.cleaned_data["username"]
        browser = known_browser(request.COOKIES.get(MARK_COOKIE), username=username)
        wait_s = failures.wait_s(username, browser=browser)
        if wait_s > 0:
            seconds = int(wait_s) + 1
            text = ngettext(
                "Too many attempts. Please wait %(seconds)s second.",
                "Too many attempts. Please wait %(seconds)s seconds.",
                seconds,
            )
            form.add_error(None, text % {"seconds": seconds})
            status = 429
        else:
            user = authenticate(request, username=username, password=form.cleaned_data["password"])
            if isinstance(user, User):
                failures.note_success(username, browser=browser)
                return _let_in(request, user, follow)
            failures.note_failure(username, browser=browser)
            form.add_error(None, _("Name and password do not belong together."))
    return render(request, "desk/sign_in.html", {"form": form, "next": follow}, status=status)


@require_GET
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a link that was printed where the server was started."""
    user = user_by_link(token, now=timezone.now())
    if user is None:
        raise Http404
    _sign_in(request, user)
    return redirect(_wanted(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out; nothing of the session stays."""
    logout(request)
    return redirect("desk:sign-in")


@sensitive_post_parameters()
@desk("GET", "POST")
def own_account(request: HttpRequest) -> HttpResponseBase:
    """Change one's own password; sessions elsewhere end with the old one."""
    account = account_of(request)
    form = ChangePasswordForm(request.POST or None, user=account)
    if request.method == "POST" and form.is_valid():
        change_password(user=account, password=form.cleaned_data["password"])
        update_session_auth_hash(request, account)
        messages.success(request, _("Your password is changed."))
        return redirect("desk:studies")
    return render(request, "desk/own_account.html", {"form": form})


def _wanted(request: HttpRequest) -> str:
    """Return the page to lead to: the one that was asked for if it is ours, else the studies."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else "/desk/"


def _sign_in(request: HttpRequest, user: User) -> None:
    request.session.flush()  # also ends the visit of a participant to whom this machine was handed
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")


def _let_in(request: HttpRequest, user: User, follow: str) -> HttpResponse:
    _sign_in(request, user)
    response = redirect(follow)
    response.set_cookie(
        MARK_COOKIE,
        browser_mark(user.username),
        max_age=MARK_DAYS * 24 * 60 * 60,
        path="/desk/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response
