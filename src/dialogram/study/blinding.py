"""Who may see what, and when. Everything not allowed here is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dialogram.study.decision import Decision, deny, require


class Viewer(StrEnum):
    """Who is looking: two kinds of account at the desk, three kinds of participant in the room."""

    OWNER = "owner"
    RESEARCHER = "researcher"
    CLIENT = "client"
    THERAPIST = "therapist"
    OBSERVER = "observer"


class Thing(StrEnum):
    """What there is to see of one recording and those who rated it."""

    RECORDING = "recording"
    PROGRESS = "progress"
    """Which sittings are open, under way, finished."""
    CONSENT = "consent"
    QUESTIONNAIRES = "questionnaires"
    CLIENT_RATINGS = "client_ratings"
    CLIENT_WORDS = "client_words"
    CLIENT_KINDS = "client_kinds"
    """Which segment is helpful and which hindering, its rank and whether it is relative."""
    CLIENT_TIMES = "client_times"
    """Where the client's segments lie; known to the therapist as clips once the guess is released."""
    THERAPIST_RATINGS = "therapist_ratings"
    THERAPIST_WORDS = "therapist_words"
    THERAPIST_KINDS = "therapist_kinds"
    THERAPIST_TIMES = "therapist_times"
    OBSERVER_RATINGS = "observer_ratings"
    GUESS = "guess"
    GUESS_SCORE = "guess_score"
    RESULTS = "results"
    """The results page, reports and figures."""
    EXPORT = "export"
    AUDIT = "audit"


@dataclass(frozen=True, kw_only=True)
class ViewFacts:
    """What the decision hangs on; a fact that is left out stands as it lets the least be seen."""

    # of an account at the desk
    is_member: bool = False
    """It belongs to this study."""
    takes_part: bool = True
    """Its person is a participant of this dyad."""
    deals_with_therapist: bool = True
    """Its person meets the therapist, and could let something slip."""

    # of a participant
    is_assigned: bool = False
    """She has a sitting on this recording."""
    is_own: bool = False
    """The thing is hers: another client of the same session is another person."""
    has_consented: bool = False
    is_handed_in: bool = True
    """The task the thing belongs to is handed in; what was said can then no longer be looked up."""

    # of the dyad
    is_void: bool = True
    guess_planned: bool = True
    guess_released: bool = False
    guess_in: bool = False
    is_unblinded: bool = False
    """On purpose, before the guess was in, with a reason on record (:func:`may_unblind`)."""
    client_shares: bool = False
    """The client agreed that the therapist is told ratings and words after the guess."""
    is_vetoed: bool = True
    """Of one clip: the client keeps it from the therapist. Asked clip by clip."""


type Rule = Callable[[ViewFacts], Decision]


def _never(_: ViewFacts) -> Decision:
    return deny("never")


def _desk(facts: ViewFacts) -> Decision:
    """Members of the study, but nobody's own dyad."""
    return require((facts.is_member, "not_a_member"), (not facts.takes_part, "own_dyad"))


def _after_lock(facts: ViewFacts) -> Decision:
    """As :func:`_desk`; for those who deal with the therapist not before the guess is in, or unblinded."""
    free = not facts.deals_with_therapist or not facts.guess_planned or facts.guess_in or facts.is_unblinded
    return _desk(facts) and require((free, "locked_until_guess"))


def _watching(facts: ViewFacts) -> Decision:
    return require(
        (facts.is_assigned, "not_assigned"), (not facts.is_void, "void"), (facts.has_consented, "consent_missing")
    )


def _own(facts: ViewFacts) -> Decision:
    return require((facts.is_own, "not_own"))


def _own_for_now(facts: ViewFacts) -> Decision:
    return require((facts.is_own, "not_own"), (not facts.is_handed_in, "handed_in"))


def _clip_times(facts: ViewFacts) -> Decision:
    """Show a therapist where the clips lie, once released, and no vetoed one ever."""
    return _watching(facts) and require(
        (facts.guess_planned and facts.guess_released, "guess_unreleased"), (not facts.is_vetoed, "vetoed")
    )


def _shared(facts: ViewFacts) -> Decision:
    """Tell a therapist after the guess, where the client agreed to it."""
    return require(
        (facts.is_assigned, "not_assigned"),
        (not facts.is_void, "void"),
        (facts.guess_planned and facts.guess_in, "guess_not_in"),
        (facts.client_shares, "not_shared"),
    )


def _shared_clip(facts: ViewFacts) -> Decision:
    return _shared(facts) and require((not facts.is_vetoed, "vetoed"))


MATRIX: Mapping[Thing, tuple[Rule, Rule, Rule, Rule, Rule]] = {
    # columns as in Viewer:   owner           researcher      client          therapist       observer
    Thing.RECORDING:          (_desk,          _desk,          _watching,      _watching,      _watching),
    Thing.PROGRESS:           (_desk,          _desk,          _own,           _own,           _own),
    Thing.CONSENT:            (_desk,          _desk,          _own,           _own,           _own),
    Thing.QUESTIONNAIRES:     (_desk,          _desk,          _never,         _never,         _never),
    Thing.CLIENT_RATINGS:     (_after_lock,    _after_lock,    _own_for_now,   _shared,        _never),
    Thing.CLIENT_WORDS:       (_after_lock,    _after_lock,    _own_for_now,   _shared_clip,   _never),
    Thing.CLIENT_KINDS:       (_after_lock,    _after_lock,    _own_for_now,   _shared_clip,   _never),
    Thing.CLIENT_TIMES:       (_after_lock,    _after_lock,    _own_for_now,   _clip_times,    _never),
    Thing.THERAPIST_RATINGS:  (_after_lock,    _after_lock,    _never,         _own_for_now,   _never),
    Thing.THERAPIST_WORDS:    (_after_lock,    _after_lock,    _never,         _own_for_now,   _never),
    Thing.THERAPIST_KINDS:    (_after_lock,    _after_lock,    _never,         _own_for_now,   _never),
    Thing.THERAPIST_TIMES:    (_after_lock,    _after_lock,    _never,         _own_for_now,   _never),
    Thing.OBSERVER_RATINGS:   (_after_lock,    _after_lock,    _never,         _never,         _own_for_now),
    Thing.GUESS:              (_after_lock,    _after_lock,    _never,         _own_for_now,   _never),
    Thing.GUESS_SCORE:        (_after_lock,    _after_lock,    _never,         _shared,        _never),
    Thing.RESULTS:            (_after_lock,    _after_lock,    _never,         _never,         _never),
    Thing.EXPORT:             (_after_lock,    _after_lock,    _never,         _never,         _never),
    Thing.AUDIT:              (_desk,          _never,         _never,         _never,         _never),
}  # fmt: skip  # a table is read by its columns
"""Every thing and every viewer; a test refuses a missing row."""


def may_see(viewer: Viewer, thing: Thing, facts: ViewFacts) -> Decision:
    """Decide whether a viewer may see a thing now.

    Returns
    -------
    Decision
        Codes: ``never``, ``not_a_member``, ``own_dyad``, ``locked_until_guess``, ``not_own``, ``not_assigned``,
        ``void``, ``consent_missing``, ``handed_in``, ``guess_unreleased``, ``guess_not_in``, ``not_shared``,
        ``vetoed``.

    Examples
    --------
    >>> facts = ViewFacts(is_assigned=True, is_void=False, guess_released=True)
    >>> may_see(Viewer.THERAPIST, Thing.CLIENT_WORDS, facts).code
    'guess_not_in'
    """
    return MATRIX[thing][list(Viewer).index(viewer)](facts)


LEAST_REASON = 10
"""A reason for unblinding has at least so many characters."""


def may_unblind(viewer: Viewer, facts: ViewFacts, *, reason: str) -> Decision:
    """Decide whether a dyad's results may be opened before the guess is in.

    Only by an owner of the study who is not in the dyad, with a reason that the audit trail keeps.

    Examples
    --------
    >>> may_unblind(Viewer.OWNER, ViewFacts(is_member=True, takes_part=False), reason=" ").code
    'reason_missing'
    """
    return require((viewer is Viewer.OWNER, "not_an_owner")) and (
        _desk(facts) and require((len(reason.strip()) >= LEAST_REASON, "reason_missing"))
    )
