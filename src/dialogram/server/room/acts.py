"""How a page of the visit is left. Each act says in a sentence what is still missing, or nothing when it is done."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogram.server.records.domain import guesses, recalls
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.consents import record_consent
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.visits import Visit, leave_step
from dialogram.server.records.enums import ConsentWay
from dialogram.server.room.pages import description_of
from dialogram.server.room.texts import missing_moment, missing_words
from dialogram.study.opening import HELPFUL, HINDERING
from dialogram.study.sitting import Moment, Step, StepError

CARD = "card-"


def take(request: HttpRequest, visit: Visit) -> str:
    """Do what a page's form asks for; returns what is still missing, in words."""
    acts: Mapping[Step, Callable[[HttpRequest, Visit], str]] = {
        Step.CONSENT: _agree,
        Step.SEGMENT: _leave_segment,
        Step.SORT: _hand_in,
    }
    try:
        return acts.get(visit.position.step, _leave)(request, visit)
    except StepError:
        return ""  # sent twice: the page that comes now is shown
    except StudyError as error:
        return "" if error.code == "closed" else error.message


def _leave(_request: HttpRequest, visit: Visit) -> str:
    leave_step(visit, visit.position.step)
    return ""


def _agree(request: HttpRequest, visit: Visit) -> str:
    if request.POST.get("agree") != "on":
        return _("Please tick that you want to take part. If you would rather not, you can simply close this page.")
    person = visit.sitting.participant
    record_consent(
        participant_id=person.pk,
        session_id=visit.sitting.recording.session_id,
        way=ConsentWay.SCREEN,
        clips_agreed=request.POST.get("clips") == "on",
        actor=participant_actor(person.pk),
        now=timezone.now(),
        knowingly=True,
    )
    return ""


def _leave_segment(request: HttpRequest, visit: Visit) -> str:
    description = description_of(visit)
    if request.POST.get("segment") != description.pk:
        return ""  # sent twice: it is about a segment that lies behind
    text = request.POST.get("text", "").replace("\r\n", "\n")
    moment = request.POST.get("moment", "")
    skipped = request.POST.get("act") == "skip" or (moment == Moment.SLIP and not text.strip())
    missing = ""
    if not skipped and not moment:
        missing = missing_moment()
    elif not skipped and not text.strip():
        missing = missing_words()
    said = recalls.Said(
        text=text,
        moment=moment,
        vetoed=request.POST.get("vetoed") == "on",
        skipped=skipped,
        left=not missing,
        typed_by=recalls.said_of(description).typed_by,
    )
    recalls.save_description(sitting_id=visit.sitting.pk, description_id=description.pk, said=said, now=timezone.now())
    return missing


def _hand_in(request: HttpRequest, visit: Visit) -> str:
    placed = {
        name.removeprefix(CARD): side
        for name, side in request.POST.items()
        if name.startswith(CARD) and isinstance(side, str) and side in {HELPFUL, HINDERING}
    }
    if placed:
        guesses.place_cards(sitting_id=visit.sitting.pk, placed=placed, now=timezone.now())
    guesses.hand_in_guess(sitting_id=visit.sitting.pk, now=timezone.now())
    return ""
