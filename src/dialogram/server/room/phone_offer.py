"""The rating page's side of a phone: offer it, look what it says, do without it."""

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from dialogram.capture.messages import PhoneOffer, PhonesEnded, PhoneState
from dialogram.server.records.domain import phones
from dialogram.server.records.domain.studies import design_of
from dialogram.server.room import phone_signs
from dialogram.server.room.capture import answer_problems, answer_with
from dialogram.server.room.entry import link_of
from dialogram.server.room.server_time import server_ms
from dialogram.server.room.sittings import sitting_of, watched_sitting_of
from dialogram.study import Design


def may_offer(design: Design) -> bool:
    """Whether a participant can take a phone: the design lets her, and other devices can reach this server."""
    return "phone" in design.rate.dials and settings.LAN is not None


@require_POST
@answer_problems
def offer(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Show a code that makes one phone this sitting's dial."""
    sitting = watched_sitting_of(request, sitting_id)
    lan = settings.LAN
    if lan is None or not may_offer(design_of(sitting.participant.study)):
        raise Http404
    code = phones.offer_phone(sitting_id=sitting.pk, link=link_of(request), now=timezone.now())
    address = f"{lan.address}{reverse('room:phone-door', args=[code])}"
    picture: str = segno.make(address, micro=False, error="m").svg_data_uri(scale=6, border=3, light="white")
    return answer_with(PhoneOffer(address=address, picture=picture, expires_s=phones.CODE_FOR.total_seconds()))


@require_safe
@answer_problems
def look(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Tell what the phone says, and the server's time."""
    sitting = sitting_of(request, sitting_id)
    return answer_with(PhoneState(server_ms=server_ms(), phone=phone_signs.heard(sitting.pk)))


@require_POST
@answer_problems
def end(request: HttpRequest, sitting_id: str) -> HttpResponse:
    """Do without a phone from now on; one that can still be heard is waited for, to send what it has."""
    sitting = sitting_of(request, sitting_id)
    settled = phones.end_phones(
        sitting_id=sitting.pk,
        last_seqs=phone_signs.last_seqs(sitting.pk),
        alive=phone_signs.alive(sitting.pk),
        now=timezone.now(),
    )
    phone_signs.end(sitting.pk)
    if settled:
        phone_signs.forget(sitting.pk)
    return answer_with(PhonesEnded(settled=settled))
