"""How a phone comes to trust this machine: in plain words, with the authority's certificate to take."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dialogram.server.config.lan.door import Lan


@require_safe
def explain_trust(request: HttpRequest) -> HttpResponse:
    """Explain it, with the fingerprint to compare."""
    lan = _lan()
    return render(request, "trust.html", {"lan": lan, "fingerprint": lan.fingerprint.split(":")})


@require_safe
def give_authority(_request: HttpRequest) -> HttpResponse:
    """Hand out the authority's certificate, which is public."""
    headers = {"Content-Disposition": 'attachment; filename="dialogram.crt"'}
    return HttpResponse(_lan().authority_pem, content_type="application/x-x509-ca-cert", headers=headers)


def _lan() -> Lan:
    lan: Lan | None = settings.LAN
    if lan is None:
        raise Http404
    return lan
