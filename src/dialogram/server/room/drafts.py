"""What a page sends while somebody is still at it: words as they are typed, cards as they are moved."""

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import BaseModel, ConfigDict, ValidationError

from dialogram.server.records.domain import guesses, recalls
from dialogram.server.records.domain.errors import NotFoundError, StudyError
from dialogram.server.records.models import Description, Guess
from dialogram.server.room.sittings import sitting_of

MOST_BYTES = 256 * 1024
STATUS = {"closed": 409, "too-large": 413}


class Draft(BaseModel):
    """Nothing is converted and nothing unknown is let in; errors never quote what was sent."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class SegmentDraft(Draft):
    """What is said of a segment so far."""

    text: str
    moment: Literal["", "yes", "earlier", "later", "slip"]
    vetoed: bool


class CardsDraft(Draft):
    """Where each card lies, by shown id."""

    placed: dict[str, Literal["helpful", "hindering"]]


def answer_saved(save: Callable[..., None]) -> Callable[..., HttpResponse]:
    """Answer that it is saved, or in a word why not."""

    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            save(request, *args, **kwargs)
        except NotFoundError:
            raise Http404 from None
        except StudyError as error:
            problem = {"code": error.code, "message": error.message}
            return JsonResponse(problem, status=STATUS.get(error.code, 400))
        return JsonResponse({"saved": True})

    return answering


@require_POST
@answer_saved
def save_segment(request: HttpRequest, sitting_id: str, description_id: str) -> None:
    """Keep what is being typed about a segment."""
    sitting = sitting_of(request, sitting_id)
    description = Description.objects.select_related("sitting").filter(sitting=sitting, pk=description_id).first()
    if description is None:
        raise Http404
    draft = _parse(SegmentDraft, request)
    known = recalls.said_of(description)
    said = recalls.Said(
        text=draft.text,
        moment=draft.moment,
        vetoed=draft.vetoed,
        skipped=known.skipped,
        left=known.left,
        typed_by=known.typed_by,
    )
    recalls.save_description(sitting_id=sitting.pk, description_id=description.pk, said=said, now=timezone.now())


@require_POST
@answer_saved
def save_cards(request: HttpRequest, sitting_id: str) -> None:
    """Keep where the cards lie."""
    sitting = sitting_of(request, sitting_id)
    if not Guess.objects.filter(sitting=sitting).exists():
        raise Http404
    guesses.place_cards(sitting_id=sitting.pk, placed=_parse(CardsDraft, request).placed, now=timezone.now())


def _parse[D: Draft](model: type[D], request: HttpRequest) -> D:
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
        raise StudyError("too-large", "That is more than can be saved at once.")
    try:
        return model.model_validate_json(request.body)
    except ValidationError:
        raise StudyError("malformed", "This is not what the page sends.") from None
