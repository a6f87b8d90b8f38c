from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from dialogram.server.accounts.sign_in import user_by_link


@require_GET
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a link that was printed where the server was started."""
    user = user_by_link(token, now=timezone.now())
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("/desk/")
