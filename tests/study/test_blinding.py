import dataclasses
import functools
import itertools
from collections.abc import Iterator

import pytest

from dialogram.study.blinding import MATRIX, Thing, Viewer, ViewFacts, may_see, may_unblind

FLAGS = [field.name for field in dataclasses.fields(ViewFacts)]
OPEN = ViewFacts(
    is_member=True,
    takes_part=False,
    deals_with_therapist=False,
    is_assigned=True,
    is_own=True,
    has_consented=True,
    is_handed_in=False,
    is_void=False,
    guess_planned=True,
    guess_released=True,
    guess_in=True,
    is_unblinded=True,
    client_shares=True,
    is_vetoed=False,
)
DESK = (Viewer.OWNER, Viewer.RESEARCHER)
PARTICIPANTS = (Viewer.CLIENT, Viewer.THERAPIST, Viewer.OBSERVER)
CLIENT_SECRETS = (Thing.CLIENT_RATINGS, Thing.CLIENT_WORDS, Thing.CLIENT_KINDS)
LOCKED = {
    *(thing for thing in Thing if thing.startswith(("client_", "therapist_", "observer_", "guess"))),
    Thing.RESULTS,
    Thing.EXPORT,
}


def worlds() -> Iterator[ViewFacts]:
    for values in itertools.product((False, True), repeat=len(FLAGS)):
        yield ViewFacts(**dict(zip(FLAGS, values, strict=True)))


WORLDS = list(worlds())


@functools.cache
def allowed_worlds(viewer: Viewer, thing: Thing) -> list[ViewFacts]:
    return [facts for facts in WORLDS if may_see(viewer, thing, facts)]


def test_every_viewer_and_thing_has_a_row() -> None:
    assert set(MATRIX) == set(Thing)
    assert {len(row) for row in MATRIX.values()} == {len(Viewer)}


@pytest.mark.parametrize(("viewer", "thing"), list(itertools.product(Viewer, Thing)))
def test_facts_left_out_show_nothing(viewer: Viewer, thing: Thing) -> None:
    assert not may_see(viewer, thing, ViewFacts())


EVER = {
    Viewer.OWNER: set(Thing),
    Viewer.RESEARCHER: set(Thing) - {Thing.AUDIT},
    Viewer.CLIENT: {
        *(Thing.RECORDING, Thing.PROGRESS, Thing.CONSENT),
        *(Thing.CLIENT_RATINGS, Thing.CLIENT_WORDS, Thing.CLIENT_KINDS, Thing.CLIENT_TIMES),
    },
    Viewer.THERAPIST: {
        *(Thing.RECORDING, Thing.PROGRESS, Thing.CONSENT, Thing.GUESS, Thing.GUESS_SCORE),
        *(Thing.CLIENT_RATINGS, Thing.CLIENT_WORDS, Thing.CLIENT_KINDS, Thing.CLIENT_TIMES),
        *(Thing.THERAPIST_RATINGS, Thing.THERAPIST_WORDS, Thing.THERAPIST_KINDS, Thing.THERAPIST_TIMES),
    },
    Viewer.OBSERVER: {Thing.RECORDING, Thing.PROGRESS, Thing.CONSENT, Thing.OBSERVER_RATINGS},
}


@pytest.mark.parametrize(("viewer", "thing"), list(itertools.product(Viewer, Thing)))
def test_who_can_ever_see_what(viewer: Viewer, thing: Thing) -> None:
    assert bool(may_see(viewer, thing, OPEN)) == (thing in EVER[viewer])
    assert bool(allowed_worlds(viewer, thing)) == (thing in EVER[viewer])


@pytest.mark.parametrize("thing", [*CLIENT_SECRETS, Thing.GUESS_SCORE])
def test_a_therapist_sees_the_clients_secrets_only_after_the_guess_and_if_agreed(thing: Thing) -> None:
    seen = allowed_worlds(Viewer.THERAPIST, thing)
    assert seen
    assert all(facts.guess_in and facts.client_shares and facts.is_assigned and not facts.is_void for facts in seen)


@pytest.mark.parametrize("thing", [Thing.CLIENT_WORDS, Thing.CLIENT_KINDS, Thing.CLIENT_TIMES])
def test_a_vetoed_clip_is_never_the_therapists(thing: Thing) -> None:
    assert not any(facts.is_vetoed for facts in allowed_worlds(Viewer.THERAPIST, thing))


def test_clip_times_are_known_only_after_release() -> None:
    assert all(facts.guess_released for facts in allowed_worlds(Viewer.THERAPIST, Thing.CLIENT_TIMES))
    before = dataclasses.replace(OPEN, guess_released=False, guess_in=False, client_shares=False)
    assert may_see(Viewer.THERAPIST, Thing.CLIENT_TIMES, before).code == "guess_unreleased"


@pytest.mark.parametrize(("viewer", "thing"), list(itertools.product(DESK, sorted(LOCKED))))
def test_who_deals_with_the_therapist_waits_for_the_guess(viewer: Viewer, thing: Thing) -> None:
    waiting = dataclasses.replace(OPEN, deals_with_therapist=True, guess_in=False, is_unblinded=False)
    assert may_see(viewer, thing, waiting).code == "locked_until_guess"
    for change in ("guess_in", "is_unblinded"):
        assert may_see(viewer, thing, dataclasses.replace(waiting, **{change: True}))
    assert may_see(viewer, thing, dataclasses.replace(waiting, deals_with_therapist=False))
    assert may_see(viewer, thing, dataclasses.replace(waiting, guess_planned=False))


@pytest.mark.parametrize(("viewer", "thing"), list(itertools.product(DESK, Thing)))
def test_nobody_opens_her_own_dyad_or_another_study(viewer: Viewer, thing: Thing) -> None:
    seen = allowed_worlds(viewer, thing)
    assert not any(facts.takes_part or not facts.is_member for facts in seen)


@pytest.mark.parametrize(
    ("viewer", "thing"),
    [(viewer, thing) for viewer in PARTICIPANTS for thing in Thing if thing.startswith(viewer.value)]
    + [(Viewer.THERAPIST, Thing.GUESS)],
)
def test_ones_own_is_seen_until_it_is_handed_in(viewer: Viewer, thing: Thing) -> None:
    seen = allowed_worlds(viewer, thing)
    assert seen
    assert all(facts.is_own and not facts.is_handed_in for facts in seen)


@pytest.mark.parametrize("viewer", PARTICIPANTS)
def test_a_recording_is_watched_with_consent_and_a_sitting_on_it(viewer: Viewer) -> None:
    seen = allowed_worlds(viewer, Thing.RECORDING)
    assert all(facts.has_consented and facts.is_assigned and not facts.is_void for facts in seen)


@pytest.mark.parametrize("viewer", PARTICIPANTS)
def test_a_participants_sight_does_not_hang_on_being_staff(viewer: Viewer) -> None:
    for thing in Thing:
        for facts in WORLDS[:: 2**11]:
            turned = dataclasses.replace(
                facts,
                is_member=not facts.is_member,
                takes_part=not facts.takes_part,
                is_unblinded=not facts.is_unblinded,
            )
            assert may_see(viewer, thing, facts) == may_see(viewer, thing, turned)


def test_unblinding_takes_an_owner_outside_the_dyad_and_a_reason() -> None:
    reason = "client withdrew, safety review"
    assert may_unblind(Viewer.OWNER, OPEN, reason=reason)
    assert may_unblind(Viewer.OWNER, OPEN, reason="   because  ").code == "reason_missing"
    for viewer in set(Viewer) - {Viewer.OWNER}:
        assert may_unblind(viewer, OPEN, reason=reason).code == "not_an_owner"
    assert may_unblind(Viewer.OWNER, dataclasses.replace(OPEN, takes_part=True), reason=reason).code == "own_dyad"
    assert may_unblind(Viewer.OWNER, dataclasses.replace(OPEN, is_member=False), reason=reason).code == "not_a_member"
