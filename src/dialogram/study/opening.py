from collections.abc import Mapping
from dataclasses import dataclass

from dialogram.study.assignment import ToldNumbers
from dialogram.study.decision import Decision, require
from dialogram.study.design import Design
from dialogram.study.task import Role, Task

HELPFUL, HINDERING = "helpful", "hindering"


@dataclass(frozen=True, kw_only=True)
class OpeningFacts:
    """What decides whether a participant may open a task on a recording.

    All of it is her own, or an act of staff. That is the point: there is no field for what somebody else has
    finished, so a task that opens can tell nobody that the other is done.
    """

    role: Role
    consent_version: str | None
    """The version she has agreed to, on screen or on paper."""
    others_agreed: bool
    """Staff noted that everybody in the recording agrees to its being watched."""
    recording_confirmed: bool
    """Staff looked at the recording and confirmed that it is this dyad and session."""
    is_void: bool
    """The recording or the sitting was declared void."""
    rate_finished: bool = False
    """Her own: handed in, or closed as partial by staff."""
    extremes_picked: bool = False
    """Her own; there may be none, with the reason."""
    recall_finished: bool = False
    guess_released: bool = False
    """By a researcher (see :func:`may_release`), and not taken back."""


def may_watch(facts: OpeningFacts, *, design: Design) -> Decision:
    """Decide whether any of the recording may be served to a participant."""
    return require(
        *_standing(facts),
        (facts.consent_version == design.consent_version, "consent_missing"),
    )


def _standing(facts: OpeningFacts) -> tuple[tuple[bool, str], ...]:
    return (
        (not facts.is_void, "void"),
        (facts.recording_confirmed, "recording_unconfirmed"),
        (facts.others_agreed, "others_not_agreed"),
    )


def may_open(task: Task, facts: OpeningFacts, *, design: Design) -> Decision:
    """Decide whether a participant may open a task on a recording.

    A rating opens without consent, since asking for it is its first step; until then :func:`may_watch` says no.

    Returns
    -------
    Decision
        Codes: ``not_in_design``, ``void``, ``recording_unconfirmed``, ``others_not_agreed``, ``consent_missing``,
        ``rate_unfinished``, ``extremes_unpicked``, ``recall_unfinished``, ``guess_unreleased``.
    """
    tasks = design.tasks[facts.role]
    is_guess = task is Task.GUESS
    return require(
        (task in tasks, "not_in_design"),
        *_standing(facts),
        (task is Task.RATE or facts.consent_version == design.consent_version, "consent_missing"),
        (task is Task.RATE or facts.rate_finished, "rate_unfinished"),
        (task is not Task.RECALL or facts.extremes_picked, "extremes_unpicked"),
        (not is_guess or Task.RECALL not in tasks or facts.recall_finished, "recall_unfinished"),
        (not is_guess or facts.guess_released, "guess_unreleased"),
    )


@dataclass(frozen=True, kw_only=True)
class ReleaseFacts:
    """What decides whether a researcher may release a therapist's guess; seen at the desk, never in the room."""

    is_void: bool
    client_rate_finished: bool
    client_extremes_picked: bool
    client_recall_finished: bool
    client_agreed_to_clips: bool
    cards: int
    """How many of the client's clips may be shown (:func:`dialogram.study.assignment.shown_clips`)."""


def may_release(facts: ReleaseFacts, *, design: Design) -> Decision:
    """Decide whether a researcher may release a therapist's guess.

    The release freezes which clips are the cards: a later change of the client's would show the therapist something.
    """
    return require(
        (design.has_guess, "not_in_design"),
        (not facts.is_void, "void"),
        (facts.client_rate_finished, "rate_unfinished"),
        (facts.client_extremes_picked, "extremes_unpicked"),
        (Task.RECALL not in design.tasks[Role.CLIENT] or facts.client_recall_finished, "recall_unfinished"),
        (facts.client_agreed_to_clips, "clips_not_agreed"),
        (facts.cards > 0, "no_cards"),
    )


def may_hand_in(sides: Mapping[str, str], *, shown: frozenset[str], told: ToldNumbers | None) -> Decision:
    """Decide whether a sorting of cards is complete.

    Parameters
    ----------
    sides
        From shown id to ``"helpful"`` or ``"hindering"``.
    shown
        The ids of all cards.
    told
        The numbers the therapist was told, which the sorting must keep; None when none were told.

    Examples
    --------
    >>> may_hand_in({"a": "helpful"}, shown=frozenset("ab"), told=None).code
    'cards_unsorted'
    """
    return require(
        (sides.keys() <= shown and set(sides.values()) <= {HELPFUL, HINDERING}, "cards_unknown"),
        (sides.keys() == shown, "cards_unsorted"),
        (told is None or list(sides.values()).count(HELPFUL) == told.helpful, "cards_unbalanced"),
    )
