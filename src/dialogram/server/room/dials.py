"""Dials that are no part of the page: how they are named to participants, and what a page needs to reach them."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.utils.translation import gettext as _

from dialogram.study.rule import DialKind

FEATURES = {kind: str(kind) for kind in (DialKind.GAMEPAD, DialKind.MIDI, DialKind.HID, DialKind.SERIAL)}
"""What a browser asks of Permissions-Policy. Holding the mouse needs nothing: outside a frame it is free."""


def allow(response: HttpResponse, dials: Iterable[DialKind]) -> None:
    """Let a page reach the devices its design names, and no others."""
    features = [f"{FEATURES[kind]}=(self)" for kind in dials if kind in FEATURES]
    if features:
        response.headers["Permissions-Policy"] = ", ".join(features)


def kinds_of(dials: Iterable[DialKind]) -> list[dict[str, str]]:
    """Name the dials of a design to a participant."""
    words = {
        DialKind.SCREEN: (_("The dial on the screen"), _("By mouse, wheel, arrow keys or finger")),
        DialKind.MOUSE_LOCK: (_("The mouse, held"), _("Move it left and right, without pressing")),
        DialKind.GAMEPAD: (_("A joystick or game controller"), _("One stick or lever of it")),
        DialKind.MIDI: (_("A MIDI knob"), _("Or a slider")),
        DialKind.HID: (_("A rotary dial"), _("One that turns on and on, or a volume knob")),
        DialKind.SERIAL: (_("A dial on a USB cable"), _("One that was made for this study")),
    }
    return [{"name": kind, "title": words[kind][0], "hint": words[kind][1]} for kind in dials]


def device_away() -> dict[str, str]:
    """Say that a chosen dial is away, and what can be done."""
    return {
        "device_lost": _("Your dial is not connected"),
        "device_lost_how": _(
            "Plug it in, or press one of its buttons. You can also go on with the dial on the screen."
        ),
        "mouse_free": _("Click here, or press M, to hold the mouse"),
        "mouse_free_how": _("Then move it left and right, without pressing. Escape lets it go."),
    }


def choose_dial() -> dict[str, str]:
    """Return the texts of the page on which a dial is chosen."""
    return device_away() | {
        "title": _("Your dial"),
        "how": _("Choose what you would like to turn, and try it here. The dial on the screen always works."),
        "needs_script": _("Without JavaScript there is only the dial on the screen."),
        "dial_label": _("A dial to try"),
        "dial_less": _("Less"),
        "dial_more": _("More"),
        "screen_ready": _("Try it: turn it by hand, with the wheel or the arrow keys."),
        "not_reachable": _("This browser cannot reach one"),
        "move_it": _("Press one of its buttons, then move the stick all the way."),
        "turn_it": _("Now turn the knob that you want to use."),
        "connect": _("Connect"),
        "connect_it": _("Plug it in, press Connect, and turn it."),
        "not_there": _("None was connected. Please try again, or use the dial on the screen."),
        "ready": _("Connected: {name}. Turn it, and the dial turns with it."),
        "adjust": _("Adjust"),
        "form": _("How it moves"),
        "form_spring": _("Springs back when I let go"),
        "form_position": _("Stays where I leave it"),
        "form_7-bit": _("It has two ends"),
        "form_14-bit": _("It has two ends, and is very fine"),
        "form_twos-complement": _("It turns on and on (two’s complement)"),
        "form_offset-64": _("It turns on and on (offset 64)"),
        "form_sign-bit": _("It turns on and on (sign bit)"),
        "set": _("Set the ends and the middle"),
        "set_next": _("It is there"),
        "set_low": _("Move it all the way to “{label}”, and press the button below."),
        "set_high": _("Now all the way to “{label}”, and press again."),
        "set_neutral": _("Now let it rest in the middle, at “{label}”, and press again."),
        "set_turn_first": _("Please move it first."),
        "set_again": _("The ends and the middle were too close together. Please try again."),
        "set_done": _("Set."),
        "zone": _("Quiet zone round the middle:"),
        "share": _("{n} %"),
    }
