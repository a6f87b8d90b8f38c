from pathlib import Path

import pytest
from django.utils import timezone
from tests.server.factories import (
    CLIENT_VALUES,
    MOMENTS_S,
    THERAPIST_VALUES,
    World,
    agree,
    build_world,
    describe,
    rate,
    release,
    short_design,
)

from dialogram.reports import DyadReport, write_dyad_report
from dialogram.server.records.domain import guesses, sittings
from dialogram.server.records.domain.audit import participant_actor
from dialogram.server.records.domain.results import report_session
from dialogram.server.records.domain.scores import enter_score
from dialogram.server.records.domain.sessions import note_deviation
from dialogram.server.records.domain.studies import change_design
from dialogram.server.records.models import Guess, Participant, Session, Sitting
from dialogram.study import Task

pytestmark = pytest.mark.django_db

HELPFUL = {start_s for start_s, value in zip(MOMENTS_S, CLIENT_VALUES, strict=True) if value > 50}


def run_dyad(world: World, *, wrong: int = 0) -> None:
    """Let both do everything; the therapist gets two cards wrong for each pair she exchanges."""
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    describe(world, world.client, words="client said")
    rate(world, world.therapist, THERAPIST_VALUES)
    describe(world, world.therapist, words="therapist said")
    release(world)
    sitting = begin(world, world.therapist, Task.GUESS)
    guesses.start_guess(sitting_id=sitting.pk)
    guess = Guess.objects.select_related("sitting__participant__study").get(sitting=sitting)
    cards = sorted(guesses.cards_of(guess), key=lambda card: card.start_s)
    exchanged = [card.start_s for card in cards][: 2 * wrong]
    placed = {
        card.shown_id: ("helpful" if (card.start_s in HELPFUL) != (card.start_s in exchanged) else "hindering")
        for card in cards
    }
    guesses.place_cards(sitting_id=sitting.pk, placed=placed, now=timezone.now())
    guesses.hand_in_guess(sitting_id=sitting.pk, now=timezone.now())


def begin(world: World, person: Participant, task: Task) -> Sitting:
    return sittings.begin_sitting(
        participant=person,
        session_id=world.session.pk,
        task=task,
        actor=participant_actor(person.pk),
        now=timezone.now(),
    )


def report_of(world: World) -> DyadReport | None:
    session = Session.objects.select_related("dyad__study").get(pk=world.session.pk)
    return report_session(session, now=timezone.now())


def test_there_is_nothing_to_report_until_both_have_rated() -> None:
    world = build_world()
    assert report_of(world) is None
    rate(world, world.client, CLIENT_VALUES)
    assert report_of(world) is None
    rate(world, world.therapist, THERAPIST_VALUES, finish=False)
    assert report_of(world) is None


def test_a_whole_dyad_is_reported() -> None:
    world = build_world()
    run_dyad(world, wrong=1)
    for person, total in ((world.client, 80.0), (world.therapist, 60.0)):
        enter_score(
            session_id=world.session.pk,
            participant_id=person.pk,
            instrument="session",
            total=total,
            user_id=world.owner.pk,
            now=timezone.now(),
        )
    note_deviation(session_id=world.session.pk, text="A phone rang", user_id=world.owner.pk, now=timezone.now())
    report = report_of(world)
    assert report is not None
    assert [report.a.name, report.b.name] == ["client", "therapist"]
    assert [float(report.a.values[int(at_s) + 2]) for at_s in MOMENTS_S] == list(CLIENT_VALUES)
    assert [float(report.b.values[int(at_s) + 2]) for at_s in MOMENTS_S] == list(THERAPIST_VALUES)
    assert report.moments_a is not None
    assert report.moments_b is not None
    assert {moment.extreme.start_s for moment in report.moments_a if moment.extreme.kind == "helpful"} == HELPFUL
    assert all((moment.description or "").startswith("client said") for moment in report.moments_a)
    assert all((moment.description or "").startswith("therapist said") for moment in report.moments_b)
    assert report.guess is not None
    assert (report.guess.guesser, report.guess.rater) == ("therapist", "client")
    assert (report.guess.score.right, report.guess.score.shown) == (4, 6)
    assert report.guess.score.p == pytest.approx(0.5)
    assert {card.segment.start_s for card in report.guess.cards if card.truth == "helpful"} == HELPFUL
    assert {(rating.of, rating.value) for rating in report.session_ratings} == {("a", 80.0), ("b", 60.0)}
    assert report.deviations == ("A phone rang",)
    assert report.order == "The client rated first, the therapist on the same day."
    assert report.title == "K7 and T3"


def test_nobody_is_named_in_a_report_but_by_code() -> None:
    world = build_world()
    run_dyad(world)
    report = report_of(world)
    assert world.client.pk not in repr(report)
    assert world.owner.username not in repr(report)


def test_the_moments_stay_those_that_were_described_when_the_design_changes() -> None:
    world = build_world()
    run_dyad(world)
    before = report_of(world)
    assert before is not None
    other = short_design(("per_kind = 3", "per_kind = 1"), ('version = "1"', 'version = "2"'))
    change_design(study_id=world.study.pk, design_text=other, user_id=world.owner.pk, now=timezone.now())
    after = report_of(world)
    assert after is not None
    assert after.moments_a == before.moments_a
    assert after.guess is not None
    assert before.guess is not None
    assert after.guess.cards == before.guess.cards
    assert len(after.result.extremes.a.extremes) == 2


def test_a_guess_that_is_not_handed_in_is_not_reported() -> None:
    world = build_world()
    agree(world, world.client)
    rate(world, world.client, CLIENT_VALUES)
    describe(world, world.client)
    rate(world, world.therapist, THERAPIST_VALUES)
    release(world)
    sitting = begin(world, world.therapist, Task.GUESS)
    guesses.start_guess(sitting_id=sitting.pk)
    sittings.close_partial(sitting_id=sitting.pk, reason="Left", user_id=world.owner.pk, now=timezone.now())
    report = report_of(world)
    assert report is not None
    assert report.guess is None
    assert report.moments_b is None


def test_a_rating_closed_as_partial_is_reported_with_its_reason() -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES)
    sitting = rate(world, world.therapist, THERAPIST_VALUES, finish=False)
    sittings.close_partial(sitting_id=sitting.pk, reason="Fire alarm", user_id=world.owner.pk, now=timezone.now())
    report = report_of(world)
    assert report is not None
    assert report.deviations == ("The therapist's rating was closed as partial: Fire alarm",)


@pytest.mark.parametrize("suffix", ["html", "pdf"])
def test_a_rating_that_never_began_can_still_be_reported(suffix: str, tmp_path: Path) -> None:
    world = build_world()
    rate(world, world.client, CLIENT_VALUES)
    sitting = begin(world, world.therapist, Task.RATE)
    sittings.close_partial(sitting_id=sitting.pk, reason="Did not come", user_id=world.owner.pk, now=timezone.now())
    report = report_of(world)
    assert report is not None
    assert report.result.n == 0
    written = tmp_path / f"report.{suffix}"
    write_dyad_report(written, report)
    assert written.stat().st_size > 10_000
