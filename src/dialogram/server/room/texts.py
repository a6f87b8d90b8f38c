"""What the room's pages say beside the design's own texts; keyed as templates and scripts ask for them."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from dialogram.server.records.domain.visits import Progress
from dialogram.server.room.dials import choose_dial, device_away
from dialogram.study.sitting import Moment, Step


def texts_of(step: Step) -> Mapping[str, str]:
    """Return the texts of a page that plays the recording; empty for the others."""
    own = {
        Step.CHECK: _check,
        Step.DIAL: choose_dial,
        Step.PRACTICE: _practice,
        Step.RATE: _rate,
        Step.SEGMENT: _segment,
        Step.SORT: _sort,
    }.get(step)
    return {} if own is None else _film() | own()


def _film() -> dict[str, str]:
    return {
        "recording": _("The recording"),
        "needs_script": _("This page needs JavaScript."),
        "picture_hidden": _("The picture is hidden. The sound goes on."),
        "sound_only": _("Sound only"),
        "waiting": _("One moment…"),
        "unreachable": _("The recording cannot be reached"),
        "unreachable_how": _("Still trying. What you have done is kept."),
    }


def _dial() -> dict[str, str]:
    return device_away() | {
        "preparing": _("Preparing the recording…"),
        "begin_click": _("Press once more, and it plays"),
        "dial_label": _("How helpful is this moment?"),
        "dial_less": _("Less"),
        "dial_more": _("More"),
        "take_break": _("Take a break"),
        "hide_picture": _("Hide picture"),
        "stop": _("Stop"),
    }


def _rate() -> dict[str, str]:
    return _dial() | {
        "title": _("Rating"),
        "go_on_at": _("You are at {time}."),
        "unseen": _("It paused while this window was out of sight."),
        "break": _("A break"),
        "end_break": _("Go on"),
        "show_picture": _("Show picture"),
        "stopped": _("You have stopped"),
        "stopped_saving": _("Saving what you have rated…"),
        "saving": _("Saving the last seconds…"),
        "saving_wait": _("Still trying. Please leave this window open."),
        "missing": _("Some seconds have not arrived"),
        "missing_how": _("Still waiting for them. If you rated in another window or on another device, open it there."),
        "elsewhere": _("This rating is open in another window"),
        "elsewhere_how": _("If you go on here, it ends there. Nothing is lost."),
        "go_on_here": _("Go on here"),
        "fenced": _("This sitting goes on in another window"),
        "fenced_how": _("You can close this one."),
        "closed": _("Your rating was ended here"),
        "closed_how": _("What was saved until then is kept. Thank you."),
        "void": _("This recording is not used any more"),
        "void_how": _("Please talk to the person who gave you the link."),
        "not_found": _("Your link does not lead here any more"),
        "not_found_how": _("Please open it once more, or ask the person who gave it to you for a new one."),
        "minutes_left_one": _("1 minute left"),
        "minutes_left_many": _("{n} minutes left"),
        "saved_to": _("saved to {time}"),
        "not_saved": _("not saved – still trying"),
        "not_allowed": _("not saved – please open your link again"),
        "saved_again": _("saved again"),
        "in_memory": _("please keep this window open until the end"),
        "use_phone": _("Use a phone"),
        "use_screen": _("Use this screen"),
        "phone_title": _("Use a phone as the dial"),
        "phone_how": _("Point the phone’s camera at this code and open what it shows."),
        "phone_once": _("The code is good for one phone, for five minutes."),
        "phone_trust": _("The phone must be in the same network as this computer. Does it warn? Let it trust:"),
        "phone_code": _("Code for the phone"),
        "phone_failed": _("No code could be made. Please try again."),
        "phone_close": _("Close"),
        "phone_begin": _("Touch the dial on the phone to begin"),
        "phone_begin_how": _("Then turn it as you feel, all the while, and look here."),
        "phone_go_on": _("Touch the dial on the phone to go on"),
        "phone_lost": _("The phone cannot be heard"),
        "phone_lost_how": _("It paused. Wake the phone up and touch its dial to go on, or use this screen."),
        "phone_saving": _("Waiting for the phone to send its last seconds. Please leave it on."),
    }


def phone_texts() -> Mapping[str, str]:
    """Return the texts of the page on a phone used as the dial."""
    return {
        "title": _("Your dial"),
        "needs_script": _("This page needs JavaScript."),
        "dial_label": _("How helpful is this moment?"),
        "dial_less": _("Less"),
        "dial_more": _("More"),
        "preparing": _("One moment…"),
        "ready": _("Look at the other screen"),
        "ready_how": _("Touch the dial and turn it as you feel, all the while."),
        "unheard": _("No connection"),
        "unheard_how": _("Still trying. What you turn is kept."),
        "in_memory": _("Please keep this page open until the end."),
        "over": _("This phone is not the dial any more"),
        "over_how": _("You can close this page. Thank you."),
    }


def _practice() -> dict[str, str]:
    return _dial() | {
        "title": _("Practice"),
        "practice_low": _("Now all the way to “{label}”"),
        "practice_neutral": _("And back to the middle: “{label}”"),
        "practice_how": _("Drag it, turn the wheel, use the arrow keys, or press − and +."),
        "target": _("Follow the ring with your hand"),
        "target_how": _(
            "It moves by itself for a while. Take hold when you are ready. How soon your hand answers is kept."
        ),
        "target_now": _("Follow the ring"),
        "target_met": _("That is it"),
        "target_again": _("Once more, in your own time"),
        "target_again_how": _("A hand always trails a little. That is as it should be."),
        "target_enough": _("Thank you, that is enough of it"),
        "practice_done": _("This is the line you drew"),
        "practice_done_how": _("This line is not kept."),
        "seconds_left": _("{n} seconds of practice left"),
        "step_of": _("Step {n} of {of}"),
        "again": _("Practise once more"),
        "skip": _("Skip practice"),
        "continue": _("Continue"),
    }


def _clip() -> dict[str, str]:
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "play_again": _("Play again"),
        "lead_in": _("A little before the moment"),
        "moment": _("This is the moment"),
    }


def _saving() -> dict[str, str]:
    return {
        "saved": _("Saved"),
        "saving": _("Saving…"),
        "not_saved": _("Not saved yet, still trying. What you have done is kept."),
        "not_allowed": _("This page is out of date. Please load it again."),
    }


def moments() -> list[tuple[str, str]]:
    """Return the answers to "was this the moment?" with their words."""
    return [
        (Moment.YES, _("Yes")),
        (Moment.EARLIER, _("A bit earlier")),
        (Moment.LATER, _("A bit later")),
        (Moment.SLIP, _("A slip of the hand")),
    ]


def _check() -> dict[str, str]:
    return _clip() | {"lead_in": "", "moment": ""}


def _segment() -> dict[str, str]:
    return _clip() | _saving() | {"no_moment": missing_moment(), "no_words": missing_words()}


def place_in(progress: Progress | None) -> str:
    """Say which session of the course it is; nothing where a link leads to one session only."""
    return "" if progress is None else _("Session {place} of {of}").format(place=progress.place, of=progress.of)


def behind(progress: Progress | None) -> str:
    """Say between two sessions how many of the course are done, and how it goes on."""
    if progress is None or progress.place >= progress.of:
        return ""
    text = _("Done: {done} of {of} sessions. Your link leads to the next one when it is there.")
    return text.format(done=progress.place, of=progress.of)


def missing_moment() -> str:
    """Ask for the answer to "was this the moment?"."""
    return _("Please choose one: was this the moment?")


def missing_words() -> str:
    """Ask for a description."""
    return _("Please write a word or two, or skip this moment.")


def _sort() -> dict[str, str]:
    return (
        _clip()
        | _saving()
        | {
            "choose": _("Choose a clip to play"),
            "count": "{n}",
            "count_told": _("{n} of {told}"),
            "left_one": _("1 clip is not sorted yet."),
            "left_many": _("{n} clips are not sorted yet."),
            "unbalanced": _(
                "Now {helpful} helpful and {hindering} hindering: please make it {told_helpful} and {told_hindering}."
            ),
            "complete": _("All sorted. You can still change your mind."),
        }
    )
