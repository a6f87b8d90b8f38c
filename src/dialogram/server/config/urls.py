from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from dialogram.server.config.lan.trust import explain_trust, give_authority
from dialogram.server.config.static import serve_static
from dialogram.server.desk.signing_in import enter

handler400 = "dialogram.server.config.errors.bad_request"
handler403 = "dialogram.server.config.errors.not_found"
handler404 = "dialogram.server.config.errors.not_found"
handler500 = "dialogram.server.config.errors.server_error"


def ready(_request: HttpRequest) -> HttpResponse:
    """Answer when the server can."""
    return HttpResponse("ready", content_type="text/plain")


urlpatterns = [
    path("", RedirectView.as_view(url="/desk/"), name="start"),
    path("ready", ready, name="ready"),
    path("static/<path:name>", serve_static, name="static"),
    path("", include("dialogram.server.room.urls")),
    path("trust", explain_trust, name="trust"),
    path("trust/dialogram.crt", give_authority, name="authority"),
    path("desk/enter/<str:token>", enter, name="enter"),
    path("desk/", include("dialogram.server.desk.urls")),
]
