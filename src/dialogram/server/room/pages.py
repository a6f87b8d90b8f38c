"""What each page of a visit is given to show."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse

from dialogram.capture import saved
from dialogram.server.records.domain.guesses import cards_of, placed_of, told_of
from dialogram.server.records.domain.recalls import extremes_of, said_of
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.traces import event_log_of
from dialogram.server.records.domain.visits import Visit
from dialogram.server.records.models import Description, ExtremeSet, Guess, Link, Sitting
from dialogram.study import Task
from dialogram.study.assignment import one_in
from dialogram.study.sitting import Step

TEMPLATES = {
    Step.CONSENT: "consent",
    Step.CHECK: "check",
    Step.INSTRUCTIONS: "instructions",
    Step.PRACTICE: "practice",
    Step.RATE: "rate",
    Step.SEGMENT: "segment",
    Step.SORT: "sort",
    Step.DEBRIEF: "debrief",
}
INSTRUCTIONS = {Task.RATE: "instructions", Task.RECALL: "recall_instructions", Task.GUESS: "guess_instructions"}


def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the page of the visit's step."""
    step = visit.position.step
    own = {
        Step.CONSENT: _consent,
        Step.CHECK: _check,
        Step.INSTRUCTIONS: _instructions,
        Step.PRACTICE: _practice,
        Step.RATE: _rate,
        Step.SEGMENT: _segment,
        Step.SORT: _sort,
        Step.DEBRIEF: _debrief,
    }[step](visit)
    page_data = _page_data(request, visit) | own.pop("page_data", {})
    context = {"step": step, "role": visit.sitting.participant.role, "page_data": page_data, **own}
    return render(request, f"room/{TEMPLATES[step]}.html", context)


def show_thanks(request: HttpRequest, link: Link) -> HttpResponse:
    """Say thank you; there is nothing to do now."""
    design = design_of(link.participant.study)
    return render(request, "room/thanks.html", {"text": design.text("thanks", role=link.participant.role)})


def show_stopped(request: HttpRequest, link: Link) -> HttpResponse:
    """Show the calm page behind the stop button."""
    design = design_of(link.participant.study)
    role = link.participant.role
    context = {"text": design.text("stop", role=role), "help": design.text("help", role=role)}
    return render(request, "room/stopped.html", context)


def description_of(visit: Visit) -> Description:
    """Return the description the visit is at."""
    return Description.objects.select_related("sitting").get(sitting=visit.sitting, position=visit.position.replay or 0)


def _page_data(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    sitting, design = visit.sitting, visit.design
    recording = sitting.recording
    scale = design.scale()
    return {
        "base": f"/room/sittings/{sitting.pk}",
        "csrf": get_token(request),
        "media_url": reverse("room:media", args=[sitting.pk]),
        "has_video": recording.has_video,
        "start_s": recording.trim_start_s,
        "end_s": recording.end_s,
        "role": sitting.participant.role,
        "stop_url": reverse("room:stop"),
        "next_url": reverse("room:present"),
        "show_number": design.rate.show_number,
        "scale": {
            "name": scale.name,
            "low": scale.low,
            "high": scale.high,
            "neutral": scale.neutral,
            "step": scale.step,
            "low_label": scale.low_label,
            "neutral_label": scale.neutral_label,
            "high_label": scale.high_label,
        },
    }


def _text(visit: Visit, key: str, **places: int) -> str:
    return visit.design.text(key, role=visit.sitting.participant.role, language=None, **places)


def _optional(visit: Visit, key: str) -> str:
    role = visit.sitting.participant.role
    return visit.design.text(key, role=role) if visit.design.has_text(key, role=role) else ""


def _consent(visit: Visit) -> dict[str, Any]:
    return {
        "text": _text(visit, "consent"),
        "who_sees": _text(visit, "consent_who_sees"),
        "agree": _text(visit, "consent_agree"),
        "clips": _optional(visit, "consent_clips"),
        "version": visit.design.consent_version,
    }


def _check(visit: Visit) -> dict[str, Any]:
    return {"text": _text(visit, "sound_check")}


def _instructions(visit: Visit) -> dict[str, Any]:
    task = Task(visit.sitting.task)
    if task is not Task.GUESS:
        return {"text": _text(visit, INSTRUCTIONS[task]), "task": task}
    guess = _guess_of(visit.sitting)
    told = told_of(guess)
    numbers = (
        _text(visit, "guess_no_numbers")
        if told is None
        else _text(visit, "guess_numbers", helpful=told.helpful, hindering=told.hindering)
    )
    return {"text": f"{_text(visit, 'guess_instructions', shown=len(cards_of(guess)))}\n\n{numbers}", "task": task}


def _practice(visit: Visit) -> dict[str, Any]:
    recording = visit.sitting.recording
    length_s = min(visit.design.rate.practice_s, recording.end_s - recording.trim_start_s)
    return {
        "text": _text(visit, "practice"),
        "done": _text(visit, "practice_done"),
        "page_data": {"practice": {"start_s": recording.trim_start_s, "length_s": length_s}},
    }


def _rate(visit: Visit) -> dict[str, Any]:
    known = saved(event_log_of(visit.sitting))
    resume = None if known.media_s is None else {"media_s": known.media_s, "value": known.value}
    rule = visit.design.rate
    return {
        "texts": {"break": _text(visit, "break")},
        "page_data": {
            "may_pause": rule.may_pause,
            "break_after_min": rule.break_after_min or None,
            "resume": resume,
            "texts": {"break": _text(visit, "break")},
        },
    }


def _segment(visit: Visit) -> dict[str, Any]:
    description = description_of(visit)
    extremes = extremes_of(visit.sitting)
    extreme = extremes[description.position]
    relative = "relative_" if extreme.relative else ""
    lead_in_s = float(ExtremeSet.objects.get(sitting=visit.sitting).parameters["lead_in_s"])
    return {
        "question": _text(visit, f"recall_question_{relative}{extreme.kind}"),
        "moment_question": _text(visit, "recall_moment"),
        "veto": _optional(visit, "recall_veto"),
        "said": said_of(description),
        "number": description.position + 1,
        "count": len(extremes),
        "page_data": {
            "clip": {"start_s": extreme.start_s, "end_s": extreme.end_s, "lead_in_s": lead_in_s},
            "save_url": reverse("room:segment", args=[visit.sitting.pk, description.pk]),
        },
    }


def _sort(visit: Visit) -> dict[str, Any]:
    guess = _guess_of(visit.sitting)
    told = told_of(guess)
    return {
        "page_data": {
            "cards": [{"id": card.shown_id, "start_s": card.start_s, "end_s": card.end_s} for card in cards_of(guess)],
            "lead_in_s": visit.design.extremes.lead_in_s,
            "placed": dict(placed_of(guess)),
            "told": None if told is None else {"helpful": told.helpful, "hindering": told.hindering},
            "save_url": reverse("room:cards", args=[visit.sitting.pk]),
        },
    }


def _debrief(visit: Visit) -> dict[str, Any]:
    guess = _guess_of(visit.sitting)
    shown = len(cards_of(guess))
    return {"text": _text(visit, "debrief", shown=shown, one_in=one_in(shown, told=told_of(guess)))}


def _guess_of(sitting: Sitting) -> Guess:
    return Guess.objects.select_related("sitting__participant__study").get(sitting=sitting)
