"""How the dial is drawn; and what is said of it, which is called by what is drawn, and held where a design wants it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from dialogram.study import RateRule
from dialogram.study.rule import Display
from dialogram.study.sitting import Step


def at_display(step: Step, rule: RateRule) -> Mapping[str, str]:
    """Return the texts of a step that name what is turned, and how the recording is set going."""
    if step is Step.RATE:
        return _how(rule) | (_hold if rule.hold_to_play else _touch)(rule.display)
    if step is Step.PRACTICE:
        return _practice(rule.display) | (_hold if rule.hold_to_play else _touch)(rule.display)
    return {}


def display_data(rule: RateRule) -> dict[str, Any]:
    """Give what a page needs to draw the dial as a design wants it."""
    return {
        "kind": rule.display,
        "number": rule.show_number,
        "labels": rule.show_labels,
        "ticks": rule.show_ticks,
        "colours": rule.show_colours,
        "trace_s": rule.show_trace_s,
    }


def _touch(display: Display) -> dict[str, str]:
    match display:
        case Display.DIAL:
            return {
                "begin": _("Touch the dial to begin"),
                "go_on": _("Touch the dial to go on"),
                "practice_follow": _("Now touch the dial, and the recording plays"),
            }
        case Display.SLIDER:
            return {
                "begin": _("Touch the slider to begin"),
                "go_on": _("Touch the slider to go on"),
                "practice_follow": _("Now touch the slider, and the recording plays"),
            }
        case Display.METER:
            return {
                "begin": _("Touch the meter to begin"),
                "go_on": _("Touch the meter to go on"),
                "practice_follow": _("Now touch the meter, and the recording plays"),
            }


def _hold(display: Display) -> dict[str, str]:
    match display:
        case Display.DIAL:
            return {
                "begin": _("Hold the dial, or the space bar"),
                "go_on": _("Hold the dial, or the space bar, to go on"),
                "practice_follow": _("Now hold the dial, or the space bar"),
            }
        case Display.SLIDER:
            return {
                "begin": _("Hold the slider, or the space bar"),
                "go_on": _("Hold the slider, or the space bar, to go on"),
                "practice_follow": _("Now hold the slider, or the space bar"),
            }
        case Display.METER:
            return {
                "begin": _("Hold the meter, or the space bar"),
                "go_on": _("Hold the meter, or the space bar, to go on"),
                "practice_follow": _("Now hold the meter, or the space bar"),
            }


def _how(rule: RateRule) -> dict[str, str]:
    if rule.hold_to_play:
        return {"begin_how": _("It plays while you hold. Move as you feel, all the while.")}
    if rule.display is Display.DIAL:
        return {"begin_how": _("Then turn it as you feel, all the while: by hand, with the wheel or the arrow keys.")}
    return {"begin_how": _("Then move it as you feel, all the while: by hand, with the wheel or the arrow keys.")}


def _practice(display: Display) -> dict[str, str]:
    still = _("You left it where it was. That is fine too. This line is not kept.")
    match display:
        case Display.DIAL:
            return {
                "practice_high": _("Turn the dial all the way to “{label}”"),
                "practice_follow_how": _(
                    "Turn as you feel while it goes on. If nothing changes for you, leave the dial where it is."
                ),
                "practice_done_still": still,
            }
        case Display.SLIDER:
            return {
                "practice_high": _("Move the slider all the way to “{label}”"),
                "practice_follow_how": _(
                    "Move it as you feel while it goes on. If nothing changes for you, leave it where it is."
                ),
                "practice_done_still": still,
            }
        case Display.METER:
            return {
                "practice_high": _("Move the meter all the way to “{label}”"),
                "practice_follow_how": _(
                    "Move it as you feel while it goes on. If nothing changes for you, leave it where it is."
                ),
                "practice_done_still": still,
            }
