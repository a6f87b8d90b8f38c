"""Pages for what is not there and for what went wrong; the same words to everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    """Answer for what is not there, and for what is not for you: the two are told apart nowhere."""
    return _nothing_here(request, status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    """Answer for a request that makes no sense."""
    return _nothing_here(request, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a mistake of ours."""
    return render(request, "server_error.html", status=500)


def stale_page(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    """Answer for a form whose page is older than the sign-in, or not ours at all."""
    return render(request, "stale_page.html", status=403)


def _nothing_here(request: HttpRequest, *, status: int) -> HttpResponse:
    """Show the way back, which depends on the address alone; at the door for other devices there is no desk."""
    is_desk = request.path.startswith("/desk/") and getattr(request, "urlconf", None) is None
    is_link = request.path.startswith("/r/")
    return render(request, "not_found.html", {"is_desk": is_desk, "is_link": is_link}, status=status)
