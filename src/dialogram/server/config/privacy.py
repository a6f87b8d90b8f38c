"""What every response says about privacy, and how an unexpected error is written down without content."""

import logging
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from dialogram.server.records.domain.errors import where_raised

REFUSED = ("camera", "microphone", "geolocation", "browsing-topics", "gamepad", "midi", "hid", "serial")
"""What no page may use, unless its own view allows it."""

log = logging.getLogger("dialogram.server")


class PrivacyMiddleware:
    """Keep pages out of caches, other origins away, and content out of the error log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        allowed = response.headers.get("Permissions-Policy", "")
        refused = [f"{feature}=()" for feature in REFUSED if f"{feature}=" not in allowed]
        response.headers["Permissions-Policy"] = ", ".join([allowed, *refused] if allowed else refused)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Log where it happened, never what was in it; what is only not there is no mistake."""
        if isinstance(exception, Http404):
            return
        view = request.resolver_match.view_name if request.resolver_match else "?"
        log.error("%s: %s", view, where_raised(exception))
