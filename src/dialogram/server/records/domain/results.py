"""A session's results: traces, extremes with descriptions, the guess, the session as a whole; made anew each time."""

from datetime import datetime

from dialogram.analysis import Extreme, compare, describe_dynamics, score_guess, take_out_delay, view_own
from dialogram.analysis.correlation import correlate
from dialogram.reports.dyad_report import DyadReport, Guess, GuessCard, Moment, SessionRating, WithoutDelays
from dialogram.server.records.domain.guesses import cards_of, placed_of, told_of, true_kinds
from dialogram.server.records.domain.practice import reaction_of, tries_of
from dialogram.server.records.domain.recalls import Said, extremes_of, picking_rule, said_of
from dialogram.server.records.domain.recordings import current_recording
from dialogram.server.records.domain.scores import total_of
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.traces import trace_of
from dialogram.server.records.enums import SittingState
from dialogram.server.records.models import Description, Guess as StoredGuess, Recording, Score, Session, Sitting
from dialogram.study import Design, Role, Task
from dialogram.timeline import Segment, Trace

SESSION_RATING = "session"
"""The questionnaire that rates the session as a whole, by its key in the design."""


def report_session(session: Session, *, now: datetime) -> DyadReport | None:
    """Put a session's results together; None until both have rated."""
    ratings = ratings_of(session)
    if ratings is None:
        return None
    client, therapist = ratings
    recording = client.recording
    design = design_of(session.dyad.study)
    a, b = trace_of(client, now=now), trace_of(therapist, now=now)
    return DyadReport(
        a=a,
        b=b,
        result=compare(a, b, extremes_rule=picking_rule(design)),
        dynamics=describe_dynamics(a, b),
        title=" and ".join(sitting.participant.code for sitting in (client, therapist)),
        subtitle=f"{session.dyad.study.name} · session {session.number}",
        moments_a=_moments(_closed(recording, Role.CLIENT, Task.RECALL)),
        moments_b=_moments(_closed(recording, Role.THERAPIST, Task.RECALL)),
        guess=guess_of(recording, b),
        session_ratings=_session_ratings(session, design),
        without_delays=_without_delays(client, therapist, a, b),
        order=_order(client, therapist),
        deviations=tuple(deviation.text for deviation in session.deviations.order_by("noted_at"))
        + tuple(
            f"The {sitting.participant.role}'s rating was closed as partial: {sitting.partial_reason}"
            for sitting in (client, therapist)
            if sitting.partial_reason
        ),
    )


def ratings_of(session: Session) -> tuple[Sitting, Sitting] | None:
    """Return the client's and the therapist's closed ratings of a session; None until there are both."""
    recording = current_recording(session.pk)
    client, therapist = (_closed(recording, role, Task.RATE) for role in (Role.CLIENT, Role.THERAPIST))
    return (client, therapist) if client is not None and therapist is not None else None


def _without_delays(client: Sitting, therapist: Sitting, a: Trace, b: Trace) -> WithoutDelays | None:
    delays = reaction_of(tries_of(client)), reaction_of(tries_of(therapist))
    if delays[0] is None or delays[1] is None:
        return None
    r = correlate(take_out_delay(a, delays[0]).values, take_out_delay(b, delays[1]).values)
    return WithoutDelays(a_s=delays[0], b_s=delays[1], r=r)


def _closed(recording: Recording | None, role: Role, task: Task) -> Sitting | None:
    return (
        Sitting.objects.select_related("participant__study", "recording")
        .filter(recording=recording, participant__role=role, task=task)
        .exclude(state=SittingState.OPEN)
        .first()
    )


def _moments(recall: Sitting | None) -> tuple[Moment, ...] | None:
    if recall is None or not hasattr(recall, "extreme_set"):
        return None
    said = {row.position: said_of(row) for row in Description.objects.select_related("sitting").filter(sitting=recall)}
    moments = [_moment(extreme, said[position]) for position, extreme in enumerate(extremes_of(recall))]
    return tuple(sorted(moments, key=lambda moment: (moment.extreme.kind, moment.extreme.rank)))


def _moment(extreme: Extreme, said: Said) -> Moment:
    return Moment(
        extreme=extreme,
        description=said.text.strip() or None,
        answer=said.moment,
        skipped=said.skipped,
        vetoed=said.vetoed,
    )


def guess_of(recording: Recording, own_trace: Trace) -> Guess | None:
    """Score the therapist's guess on a recording, beside the therapist's own trace of it; None until it is in."""
    sitting = _closed(recording, Role.THERAPIST, Task.GUESS)
    stored = (
        StoredGuess.objects.select_related("sitting__participant__study", "release__about__participant")
        .filter(sitting=sitting, handed_in_at__isnull=False)
        .first()
    )
    if sitting is None or stored is None:
        return None
    cards = sorted(cards_of(stored), key=lambda card: card.start_s)
    truth, placed = true_kinds(stored), placed_of(stored)
    recall = _closed(sitting.recording, Role.THERAPIST, Task.RECALL)
    own_extremes = extremes_of(recall) if recall is not None and hasattr(recall, "extreme_set") else ()
    segments = [Segment(card.start_s, card.end_s) for card in cards]
    views = view_own(own_trace, own_extremes, segments)
    kinds = [truth[card.shown_id] for card in cards]
    guessed = [placed[card.shown_id] for card in cards]
    return Guess(
        guesser=sitting.participant.role,
        rater=stored.release.about.participant.role,
        score=score_guess(kinds, guessed, numbers_told=told_of(stored) is not None),
        cards=tuple(
            GuessCard(segment=segment, truth=kind, guess=guess, own=own)
            for segment, kind, guess, own in zip(segments, kinds, guessed, views, strict=True)
        ),
    )


def _session_ratings(session: Session, design: Design) -> tuple[SessionRating, ...]:
    asked = next((one for one in design.questionnaires if one.key == SESSION_RATING), None)
    if asked is None:
        return ()
    letters = {Role.CLIENT.value: "a", Role.THERAPIST.value: "b"}
    rows = Score.objects.select_related("participant").filter(session=session, instrument=SESSION_RATING)
    return tuple(
        SessionRating(
            of="a" if letters[row.participant.role] == "a" else "b",
            question=asked.name,
            value=total_of(row),
            low=asked.low,
            high=asked.high,
        )
        for row in sorted(rows, key=lambda row: str(row.participant.role))
        if row.participant.role in letters
    )


def _order(client: Sitting, therapist: Sitting) -> str:
    first, second = sorted((client, therapist), key=lambda sitting: sitting.opened_at)
    days = (second.opened_at.date() - first.opened_at.date()).days
    between = "on the same day" if days == 0 else "a day later" if days == 1 else f"{days} days later"
    return f"The {first.participant.role} rated first, the {second.participant.role} {between}."
