"""What each page of a visit is given to show."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from dialogram.capture import saved
from dialogram.server.records.domain.consents import consent_of
from dialogram.server.records.domain.guesses import cards_of, placed_of, told_of
from dialogram.server.records.domain.links import is_open
from dialogram.server.records.domain.recalls import MOST_TEXT, extremes_of, said_of
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.traces import event_log_of
from dialogram.server.records.domain.visits import Visit, has_answered, progress_of, was_made_void
from dialogram.server.records.models import Description, ExtremeSet, Guess, Link, Sitting
from dialogram.server.room.dials import allow, kinds_of
from dialogram.server.room.displays import at_display, display_data
from dialogram.server.room.phone_offer import may_offer
from dialogram.server.room.texts import behind, moments, place_in, texts_of
from dialogram.server.room.tries import target_of
from dialogram.study import Task
from dialogram.study.assignment import ToldNumbers, one_in
from dialogram.study.rule import DialKind, Pause
from dialogram.study.sitting import Step
from dialogram.study.texts import recall_question
from dialogram.timeline import Scale

TEMPLATES = {
    Step.CONSENT: "consent",
    Step.CHECK: "check",
    Step.INSTRUCTIONS: "instructions",
    Step.DIAL: "choose_dial",
    Step.PRACTICE: "practice",
    Step.RATE: "rate",
    Step.SEGMENT: "segment",
    Step.SORT: "sort",
    Step.DEBRIEF: "debrief",
}
CHECK_S = 30.0
"""How much of the recording is played to see whether picture and sound work."""
INSTRUCTIONS = {Task.RATE: "instructions", Task.RECALL: "recall_instructions", Task.GUESS: "guess_instructions"}


def show(request: HttpRequest, visit: Visit, *, missing: str = "") -> HttpResponse:
    """Show the page of the visit's step; `missing` says in words why it could not be left."""
    step = visit.position.step
    own = {
        Step.CONSENT: _consent,
        Step.CHECK: _check,
        Step.INSTRUCTIONS: _instructions,
        Step.DIAL: _choose_dial,
        Step.PRACTICE: _practice,
        Step.RATE: _rate,
        Step.SEGMENT: _segment,
        Step.SORT: _sort,
        Step.DEBRIEF: _debrief,
    }[step](visit)
    role = visit.sitting.participant.role
    context: dict[str, Any] = {"step": step, "role": role, "missing": missing, "progress": place_in(visit.progress)}
    if texts := texts_of(step):
        texts = {**texts, **at_display(step, visit.design.rate), **own.pop("texts", {})}
        page_data = _page_data(request, visit) | {"texts": texts} | own.pop("page_data", {})
        context |= {"texts": texts, "page_data": page_data}
    response = render(request, f"room/{TEMPLATES[step]}.html", context | own, status=422 if missing else 200)
    if step in {Step.DIAL, Step.PRACTICE, Step.RATE}:
        allow(response, visit.design.rate.devices)
    return response


def show_end(request: HttpRequest, link: Link) -> HttpResponse:
    """Say why there is nothing to do now: thank you, if anything of use was handed in."""
    design = design_of(link.participant.study)
    role = link.participant.role
    if has_answered(link):
        text = design.text("thanks", role=role)
        return render(request, "room/thanks.html", {"text": text, "behind": behind(progress_of(link))})
    context = {"is_void": was_made_void(link), "help": design.text("help", role=role)}
    return render(request, "room/nothing_to_do.html", context)


def show_stopped(request: HttpRequest, link: Link) -> HttpResponse:
    """Show the calm page behind the stop button."""
    design = design_of(link.participant.study)
    role = link.participant.role
    context = {
        "text": design.text("stop", role=role),
        "help": design.text("help", role=role),
        "is_open": is_open(link, now=timezone.now()),
    }
    return render(request, "room/stopped.html", context)


def description_of(visit: Visit) -> Description:
    """Return the description the visit is at."""
    return Description.objects.select_related("sitting").get(sitting=visit.sitting, position=visit.position.replay or 0)


def _page_data(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    sitting, design = visit.sitting, visit.design
    recording = sitting.recording
    return {
        "base": f"/room/sittings/{sitting.pk}",
        "csrf": get_token(request),
        "media_url": reverse("room:media", args=[sitting.pk]),
        "has_video": recording.has_video,
        "start_s": recording.stretch.start_s,
        "end_s": recording.stretch.end_s,
        "role": sitting.participant.role,
        "stop_url": reverse("room:stop"),
        "display": display_data(design.rate),
        "hold_to_play": design.rate.hold_to_play,
        "dials": design.rate.dials,
        "scale": scale_data(design.scale()),
    }


def scale_data(scale: Scale) -> dict[str, Any]:
    """Give what a dial needs of a scale."""
    return {
        "name": scale.name,
        "low": scale.low,
        "high": scale.high,
        "neutral": scale.neutral,
        "step": scale.step,
        "low_label": scale.low_label,
        "neutral_label": scale.neutral_label,
        "high_label": scale.high_label,
    }


def _clip(visit: Visit, *, start_s: float, end_s: float, lead_in_s: float) -> dict[str, float]:
    """Give what a player needs of a clip; what was trimmed off is not played as its lead-in."""
    before_s = start_s - visit.sitting.recording.trim_start_s
    return {"start_s": start_s, "end_s": end_s, "lead_in_s": max(0.0, min(lead_in_s, before_s))}


def _text(visit: Visit, key: str, **places: int) -> str:
    return visit.design.text(key, role=visit.sitting.participant.role, language=None, **places)


def _optional(visit: Visit, key: str, **places: int) -> str:
    role = visit.sitting.participant.role
    return visit.design.text(key, role=role, language=None, **places) if visit.design.has_text(key, role=role) else ""


def _consent(visit: Visit) -> dict[str, Any]:
    return {
        "text": _text(visit, "consent"),
        "who_sees": _text(visit, "consent_who_sees", clips=visit.design.most_clips),
        "agree": _text(visit, "consent_agree"),
        "clips": _optional(visit, "consent_clips", clips=visit.design.most_clips),
        "version": visit.design.consent_version,
    }


def _check(visit: Visit) -> dict[str, Any]:
    stretch = visit.sitting.recording.stretch
    end_s = min(stretch.end_s, stretch.start_s + CHECK_S)
    return {
        "text": _text(visit, "sound_check"),
        "page_data": {"clip": _clip(visit, start_s=stretch.start_s, end_s=end_s, lead_in_s=0.0)},
    }


def _instructions(visit: Visit) -> dict[str, Any]:
    task = Task(visit.sitting.task)
    if task is not Task.GUESS:
        return {"text": _text(visit, INSTRUCTIONS[task]), "task": task}
    guess = _guess_of(visit.sitting)
    ask = _text(visit, "guess_instructions", shown=len(cards_of(guess)))
    return {"text": f"{ask.strip()}\n\n{_told(visit, told_of(guess))}", "task": task}


def _choose_dial(visit: Visit) -> dict[str, Any]:
    return {"kinds": kinds_of((DialKind.SCREEN, *visit.design.rate.devices))}


def _practice(visit: Visit) -> dict[str, Any]:
    stretch = visit.sitting.recording.stretch
    length_s = min(visit.design.practice.recording_s, stretch.end_s - stretch.start_s)
    how = texts_of(Step.PRACTICE)["practice_how"]
    return {
        "texts": {
            "practice_how": f"{_text(visit, 'practice').strip()} {how}",
            "practice_done_how": _text(visit, "practice_done").strip(),
        },
        "page_data": {
            "practice": {"start_s": stretch.start_s, "length_s": length_s},
            "target": target_of(visit.sitting, visit.design),
            "next_url": reverse("room:practised"),
        },
    }


def _rate(visit: Visit) -> dict[str, Any]:
    known = saved(event_log_of(visit.sitting))
    resume = None if known.media_s is None else {"media_s": known.media_s, "value": known.value}
    rule = visit.design.rate
    return {
        "texts": {"break_offer": _text(visit, "break").strip(), "help": _text(visit, "help").strip()},
        "page_data": {
            "may_pause": rule.pause is not Pause.NONE,
            "rewind_s": rule.rewind_s if rule.pause is Pause.REWIND else 0.0,
            "break_after_min": rule.break_after_min or None,
            "resume": resume,
            "phone": may_offer(visit.design),
        },
    }


def _segment(visit: Visit) -> dict[str, Any]:
    description = description_of(visit)
    sitting = visit.sitting
    extremes = extremes_of(sitting)
    extreme = extremes[description.position]
    lead_in_s = float(ExtremeSet.objects.get(sitting=sitting).parameters["lead_in_s"])
    consent = consent_of(participant_id=sitting.participant_id, session_id=sitting.recording.session_id)
    return {
        "description": description,
        "question": _text(visit, recall_question(extreme.kind, relative=extreme.relative)),
        "moment_question": _text(visit, "recall_moment"),
        "moments": moments(),
        "veto": _optional(visit, "recall_veto") if consent and consent.clips_agreed else "",
        "said": said_of(description),
        "most_text": MOST_TEXT,
        "places": [place <= description.position for place in range(len(extremes))],
        "number": description.position + 1,
        "count": len(extremes),
        "page_data": {
            "clip": _clip(visit, start_s=extreme.start_s, end_s=extreme.end_s, lead_in_s=lead_in_s),
            "save_url": reverse("room:segment", args=[sitting.pk, description.pk]),
        },
    }


def _sort(visit: Visit) -> dict[str, Any]:
    guess = _guess_of(visit.sitting)
    told, cards, placed = told_of(guess), cards_of(guess), placed_of(guess)
    lead_in_s = visit.design.extremes.lead_in_s
    return {
        "cards": [{"id": card.shown_id, "side": placed.get(card.shown_id, "")} for card in cards],
        "text": _told(visit, told),
        "page_data": {
            "cards": {
                card.shown_id: _clip(visit, start_s=card.start_s, end_s=card.end_s, lead_in_s=lead_in_s)
                for card in cards
            },
            "told": None if told is None else {"helpful": told.helpful, "hindering": told.hindering},
            "save_url": reverse("room:cards", args=[visit.sitting.pk]),
        },
    }


def _told(visit: Visit, told: ToldNumbers | None) -> str:
    if told is None:
        return _text(visit, "guess_no_numbers")
    return _text(visit, "guess_numbers", helpful=told.helpful, hindering=told.hindering)


def _debrief(visit: Visit) -> dict[str, Any]:
    guess = _guess_of(visit.sitting)
    shown = len(cards_of(guess))
    return {"text": _text(visit, "debrief", shown=shown, one_in=one_in(shown, told=told_of(guess)))}


def _guess_of(sitting: Sitting) -> Guess:
    return Guess.objects.select_related("sitting__participant__study").get(sitting=sitting)
