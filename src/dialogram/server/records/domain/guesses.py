"""The guess: the client's segments as cards, sorted blindly by the therapist once a researcher has released them."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dialogram.analysis.extremes import Kind
from dialogram.server.records.domain import audit
from dialogram.server.records.domain.consents import consent_of
from dialogram.server.records.domain.errors import StudyError
from dialogram.server.records.domain.recalls import Said, extremes_of, said_of
from dialogram.server.records.domain.recordings import current_recording
from dialogram.server.records.domain.sittings import finish_task
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.enums import SittingState
from dialogram.server.records.models import Description, Guess, GuessRelease, Session, Sitting, Unblinding
from dialogram.server.records.models.sealed import keyring, seal, unseal
from dialogram.server.records.queries.releases import release_of
from dialogram.study import Role, Task
from dialogram.study.assignment import Clip, ToldNumbers, card_order, shown_clips, shown_id, told_numbers
from dialogram.study.blinding import Viewer, ViewFacts, may_unblind
from dialogram.study.opening import HELPFUL, HINDERING, ReleaseFacts, may_hand_in, may_release


@dataclass(frozen=True)
class Card:
    """A clip to be judged: its shown id says nothing of its kind."""

    shown_id: str
    start_s: float
    end_s: float


def client_recall(session_id: str) -> Sitting | None:
    """Return the client's closed recall on the session's recording in use, if there is one."""
    recording = current_recording(session_id)
    return (
        Sitting.objects.filter(
            recording=recording,
            task=Task.RECALL,
            participant__role=Role.CLIENT,
            state__in=(SittingState.FINISHED, SittingState.PARTIAL),
            extreme_set__isnull=False,
        )
        .select_related("participant", "recording")
        .first()
    )


@transaction.atomic
def release_guess(*, session_id: str, user_id: int, now: datetime) -> GuessRelease:
    """Open the guess to the therapist; a researcher does this, never the client's finishing."""
    session = Session.objects.select_related("dyad__study").get(pk=session_id)
    known = release_of(session_id)
    if known is not None:
        return known
    design = design_of(session.dyad.study)
    recall = client_recall(session_id)
    clips = _clips(recall) if recall else {}
    consent = recall and consent_of(participant_id=recall.participant_id, session_id=session_id)
    decision = may_release(
        ReleaseFacts(
            is_void=False,
            client_rate_finished=recall is not None,
            client_extremes_picked=recall is not None,
            client_recall_finished=recall is not None,
            client_agreed_to_clips=bool(consent and consent.clips_agreed),
            cards=len(clips),
        ),
        design=design,
    )
    if not decision or recall is None:
        raise StudyError(decision.code, RELEASE_REFUSALS[decision.code])
    release = GuessRelease(session=session, released_by_id=user_id, released_at=now, about=recall)
    release.sealed_payload = seal(
        [[start_s, clips[start_s]] for start_s in sorted(clips)],
        participant_id=recall.participant_id,
        context=f"release:{release.pk}",
    )
    release.save(force_insert=True)
    audit.append(
        session.dyad.study_id,
        actor=audit.account_actor(user_id),
        action="guess.released",
        subject=session.pk,
        now=now,
    )
    return release


@transaction.atomic
def unblind(
    *, session_id: str, viewer: Viewer, facts: ViewFacts, reason: str, user_id: int, now: datetime
) -> Unblinding:
    """Open a session's results before the guess is in, with a reason that stays on record."""
    decision = may_unblind(viewer, facts, reason=reason)
    if not decision:
        raise StudyError(decision.code, "An owner can open the results early, and says in a sentence why.")
    session = Session.objects.select_related("dyad").get(pk=session_id)
    recording = current_recording(session_id)
    if recording is None:
        raise StudyError("no-results", "This session has no results yet.")
    unblinding, is_new = Unblinding.objects.get_or_create(
        recording=recording, defaults={"reason": reason.strip(), "unblinded_by_id": user_id, "unblinded_at": now}
    )
    if is_new:
        audit.append(
            session.dyad.study_id,
            actor=audit.account_actor(user_id),
            action="results.unblinded",
            subject=session.pk,
            now=now,
        )
    return unblinding


RELEASE_REFUSALS = {
    "not_in_design": "This study's design has no guess.",
    "void": "The recording is void.",
    "rate_unfinished": "The client has not finished yet.",
    "extremes_unpicked": "The client has not finished yet.",
    "recall_unfinished": "The client has not finished yet.",
    "clips_not_agreed": "The client did not agree to show any clip.",
    "no_cards": "There is no clip that may be shown.",
}


def _clips(recall: Sitting) -> dict[float, float]:
    """Return the ends of the client's segments that may be shown, by their starts."""
    said = {row.position: said_of(row) for row in Description.objects.select_related("sitting").filter(sitting=recall)}
    extremes = extremes_of(recall)
    shown = shown_clips(
        # A clip the client never came to, in a recall closed as partial, she had no chance to keep back.
        Clip(start_s=extreme.start_s, vetoed=said[position].vetoed or not _was_asked(said[position]))
        for position, extreme in enumerate(extremes)
    )
    return {extreme.start_s: extreme.end_s for extreme in extremes if extreme.start_s in shown}


def _was_asked(said: Said) -> bool:
    return said.left or said.skipped


@transaction.atomic
def start_guess(*, sitting_id: str) -> Guess:
    """Lay out the cards for a therapist, in an order and under ids of her own."""
    sitting = Sitting.objects.select_for_update().select_related("participant__study", "recording").get(pk=sitting_id)
    guess = Guess.objects.filter(sitting=sitting).first()
    if guess is not None:
        return guess
    release = release_of(sitting.recording.session_id)
    if release is None:
        raise StudyError("not-released", "This is not open yet.")
    viewer_key = hmac.new(keyring().key("cards"), sitting.pk.encode(), hashlib.sha256).digest()
    released = unseal(
        release.sealed_payload, participant_id=release.about.participant_id, context=f"release:{release.pk}"
    )
    ends = {float(start_s): float(end_s) for start_s, end_s in released}
    cards = [
        [shown_id(viewer_key, start_s), start_s, ends[start_s]] for start_s in card_order(ends, viewer_key=viewer_key)
    ]
    told = told_numbers(
        len(cards),
        per_kind=release.about.extreme_set.parameters["per_kind"],
        tell_numbers=design_of(sitting.participant.study).guess_tells_numbers,
    )
    guess = Guess(sitting=sitting, release=release)
    guess.sealed_payload = _sealed(guess, {"cards": cards, "placed": {}, "told": told and asdict(told)})
    guess.save(force_insert=True)
    return guess


def cards_of(guess: Guess) -> Sequence[Card]:
    """Return the cards as they lie before the therapist."""
    return [Card(*card) for card in _content(guess)["cards"]]


def placed_of(guess: Guess) -> Mapping[str, Kind]:
    """Return where each card was put so far, by shown id."""
    placed: dict[str, Kind] = _content(guess)["placed"]
    return placed


@transaction.atomic
def place_cards(*, sitting_id: str, placed: Mapping[str, str], now: datetime) -> Guess:
    """Keep where the cards lie; revisable until handed in."""
    guess = _open(sitting_id)
    content = _content(guess)
    if not placed.keys() <= {card[0] for card in content["cards"]} or not set(placed.values()) <= {HELPFUL, HINDERING}:
        raise StudyError("cards-wrong", "These are not the cards of this guess.")
    guess.sealed_payload = _sealed(guess, content | {"placed": dict(placed)})
    guess.save(update_fields=["sealed_payload"])
    Sitting.objects.filter(pk=sitting_id).update(last_seen_at=now)
    return guess


@transaction.atomic
def hand_in_guess(*, sitting_id: str, now: datetime) -> Guess:
    """Close the guess for good."""
    guess = _open(sitting_id)
    shown = frozenset(card.shown_id for card in cards_of(guess))
    decision = may_hand_in(placed_of(guess), shown=shown, told=told_of(guess))
    if not decision:
        raise StudyError(decision.code, HAND_IN_REFUSALS[decision.code])
    guess.handed_in_at = now
    guess.save(update_fields=["handed_in_at"])
    finish_task(sitting_id=sitting_id, now=now)
    return guess


HAND_IN_REFUSALS = {
    "cards_unknown": "These are not the cards of this guess.",
    "cards_unsorted": "Some cards have not been sorted yet.",
    "cards_unbalanced": "The numbers on the two sides are not as told.",
}


def told_of(guess: Guess) -> ToldNumbers | None:
    """Return how many cards belong on each side, where it was told when the cards were laid out."""
    told = _content(guess)["told"]
    return told and ToldNumbers(**told)


def true_kinds(guess: Guess) -> Mapping[str, Kind]:
    """Return what each card was, by shown id; for researchers once the guess is in."""
    kind_at = {extreme.start_s: extreme.kind for extreme in extremes_of(guess.release.about)}
    return {card.shown_id: kind_at[card.start_s] for card in cards_of(guess)}


def _open(sitting_id: str) -> Guess:
    guess = Guess.objects.select_for_update().select_related("sitting__participant__study").get(sitting_id=sitting_id)
    if guess.handed_in_at is not None or guess.sitting.state != SittingState.OPEN:
        raise StudyError("closed", "The guess is closed.")
    return guess


def _content(guess: Guess) -> dict[str, Any]:
    content: dict[str, Any] = unseal(
        guess.sealed_payload, participant_id=guess.sitting.participant_id, context=f"guess:{guess.pk}"
    )
    return content


def _sealed(guess: Guess, content: Mapping[str, Any]) -> bytes:
    return seal(content, participant_id=guess.sitting.participant_id, context=f"guess:{guess.pk}")
