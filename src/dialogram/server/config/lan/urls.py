"""Everything other devices can reach: the room, the phone's page, what they are made of, and how to trust it."""

from django.urls import include, path

from dialogram.server.config.lan.trust import explain_trust, give_authority
from dialogram.server.config.static import serve_static

handler400 = "dialogram.server.config.errors.bad_request"
handler403 = "dialogram.server.config.errors.not_found"
handler404 = "dialogram.server.config.errors.not_found"
handler500 = "dialogram.server.config.errors.server_error"

urlpatterns = [
    path("static/<path:name>", serve_static, name="static"),
    path("", include("dialogram.server.room.urls")),
    path("trust", explain_trust, name="trust"),
    path("trust/dialogram.crt", give_authority, name="authority"),
]
