"""The phone's side: a code becomes a key in a cookie of its own, and the key writes one sitting's dial."""

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogram.capture import saved
from dialogram.capture.messages import (
    PhoneReply,
    RecordsReply,
    StreamReply,
    canonical,
    parse_finish,
    parse_phone_records,
    parse_sign,
    parse_stream,
)
from dialogram.server.ingest.writer import writer
from dialogram.server.records.domain import phones
from dialogram.server.records.domain.deliveries import Delivery
from dialogram.server.records.domain.errors import NotFoundError
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.traces import event_log_of
from dialogram.server.records.models import Phone
from dialogram.server.records.queries.writing import Source
from dialogram.server.room import phone_signs
from dialogram.server.room.capture import answer_problems, answer_with
from dialogram.server.room.displays import display_data
from dialogram.server.room.pages import scale_data
from dialogram.server.room.server_time import server_ms
from dialogram.server.room.texts import phone_texts

COOKIE = "dialogram_phone"
ROOT = "/phone/"


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Show a door; only opening it uses the code, so that a preview of it does nothing."""
    now = timezone.now()
    try:
        offered = phones.find_offer(code, now=now)
        if request.method != "POST":
            return render(request, "room/phone_door.html", {"role": offered.sitting.participant.role})
        last_seqs = phone_signs.last_seqs(offered.sitting_id)
        paired = phones.pair_phone(code=code, last_seqs=last_seqs, now=now)
    except NotFoundError:
        raise Http404 from None
    phone_signs.forget(offered.sitting_id)
    response = redirect("room:phone")
    response.set_cookie(
        COOKIE,
        paired.key,
        max_age=phones.PAIRED_FOR,
        path=ROOT,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the dial, and nothing of what is rated with it."""
    phone = _phone(request)
    sitting = phone.sitting
    if not phones.is_dial(phone):
        return render(request, "room/phone_over.html", {"role": sitting.participant.role})
    design = design_of(sitting.participant.study)
    known = phone_signs.heard(sitting.pk)
    value = known.value if known else None
    if value is None:
        value = saved(event_log_of(sitting)).value
    texts = phone_texts()
    page_data = {
        "base": f"{ROOT}of/{phone.pk}",
        "csrf": get_token(request),
        "role": sitting.participant.role,
        "display": display_data(design.rate) | {"trace_s": 0.0},  # a phone does not know where the recording is
        "scale": scale_data(design.scale()),
        "value": value,
        "texts": texts,
    }
    return render(request, "room/phone.html", {"texts": texts, "page_data": page_data})


@require_POST
@answer_problems
def open_stream(request: HttpRequest, phone_id: str) -> HttpResponse:
    """Let this load of the phone's page write."""
    phone = _phone(request, phone_id)
    asked = parse_stream(request.body)
    stream = phones.open_phone_stream(phone_id=phone.pk, stream_id=asked.stream, now=timezone.now())
    return answer_with(StreamReply(epoch=stream.epoch, resume=None))


@require_POST
@answer_problems
def take_records(request: HttpRequest, phone_id: str) -> HttpResponse:
    """Store what the phone wrote, late or not, and answer once it is safe on disk."""
    phone = _phone(request, phone_id)
    asked = parse_phone_records(request.body)
    source = Source(link_id=phone.link_id, sitting_id=phone.sitting_id, stream_id=asked.stream, phone_id=phone.pk)
    records = [(record.seq, canonical(record)) for record in asked.records]
    try:
        receipt = writer.store(Delivery(source=source, records=records))
    except NotFoundError:
        phones.refuse_where_void(_phone(request, phone_id))
        raise
    return answer_with(
        RecordsReply(
            acknowledged=receipt.acknowledged,
            conflicts=receipt.conflicts,
            epoch=receipt.standing.stream_epoch,
            saved_to_s=None,
        )
    )


@require_POST
@answer_problems
def give_sign(request: HttpRequest, phone_id: str) -> HttpResponse:
    """Hear that the phone is alive and where its dial stands; tell it the time, and whether it is over."""
    phone = _phone(request, phone_id)
    sign = parse_sign(request.body)
    over = not phones.is_dial(phone)
    # one that is the dial no more is waited for until it has sent everything, unless another has taken its place
    if not over or sign.stream in phone_signs.last_seqs(phone.sitting_id):
        phone_signs.note(phone.sitting_id, sign=sign, over=over)
    return answer_with(PhoneReply(server_ms=server_ms(), over=over))


@require_POST
@answer_problems
def finish(request: HttpRequest, phone_id: str) -> HttpResponse:
    """Take the phone's last word."""
    phone = _phone(request, phone_id)
    asked = parse_finish(request.body)
    phones.close_phone_stream(phone=phone, stream_id=asked.stream, last_seq=asked.last_seq)
    return HttpResponse(status=204)


def _phone(request: HttpRequest, phone_id: str | None = None) -> Phone:
    """Return the phone whose key this browser holds, or 404: to everybody else there is nothing here.

    A page names its phone: one that was left open when another code was used writes nothing in the new one's name.
    """
    try:
        phone = phones.phone_of(request.COOKIES.get(COOKIE, ""), now=timezone.now())
    except NotFoundError:
        raise Http404 from None
    if phone_id not in {None, phone.pk}:
        raise Http404
    return phone
