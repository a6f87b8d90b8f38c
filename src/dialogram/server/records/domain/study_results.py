"""A study's results: the sessions that both have rated, as the dyads of a cohort; made anew each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dialogram.analysis import LEAST_SESSIONS, GuessScore, JudgedDyad
from dialogram.server.records.domain.results import guess_of, ratings_of
from dialogram.server.records.domain.scores import total_of
from dialogram.server.records.domain.studies import design_of
from dialogram.server.records.domain.traces import trace_of
from dialogram.server.records.models import Score, Session
from dialogram.study import Design, Role

SESSION_NUMBER = "session number"


@dataclass(frozen=True, kw_only=True)
class RatedSessions:
    """What many sessions give to a cohort: the therapist's rating held against the client's, and the guesses."""

    dyads: tuple[JudgedDyad, ...]
    guesses: tuple[tuple[GuessScore, str], ...]
    """Of each session that was guessed, with who guessed."""

    @property
    def moderators(self) -> tuple[str, ...]:
        """What is known of at least three of them and differs between them, by name."""
        return self._known_of(3)

    @property
    def told_by_clients(self) -> tuple[str, ...]:
        """What clients answered after enough sessions to be held against their ratings."""
        return tuple(name for name in self._known_of(LEAST_SESSIONS) if name.endswith(_of(Role.CLIENT)))

    def _known_of(self, least: int) -> tuple[str, ...]:
        known: dict[str, list[float]] = {}
        for dyad in self.dyads:
            for name, value in dyad.moderators.items():
                known.setdefault(name, []).append(value)
        return tuple(name for name, values in known.items() if len(values) >= least and len(set(values)) > 1)

    @property
    def are_nested(self) -> bool:
        """Whether a therapist has several of the clients, and there are several therapists."""
        therapists = {dyad.therapist for dyad in self.dyads}
        return 1 < len(therapists) < len({(dyad.therapist, dyad.client) for dyad in self.dyads})


def gather_sessions(names: Mapping[str, str], *, now: datetime) -> RatedSessions:
    """Gather the sessions with these ids, each to be called by its name; those not rated by both are passed over."""
    dyads, guesses = [], []
    for session in Session.objects.select_related("dyad__study").filter(pk__in=names).order_by("pk"):
        ratings = ratings_of(session)
        if ratings is None:
            continue
        client, therapist = ratings
        own_trace = trace_of(therapist, now=now)
        dyads.append(
            JudgedDyad(
                name=names[session.pk],
                judge=own_trace,
                truth=trace_of(client, now=now),
                therapist=therapist.participant.code,
                client=client.participant.code,
                moderators=_moderators(session, design_of(session.dyad.study)),
            )
        )
        guess = guess_of(therapist.recording, own_trace)
        if guess is not None:
            guesses.append((guess.score, therapist.participant.code))
    return RatedSessions(dyads=tuple(sorted(dyads, key=lambda dyad: dyad.name)), guesses=tuple(guesses))


def _of(role: Role) -> str:
    return f", {role.value}"


def _moderators(session: Session, design: Design) -> dict[str, float]:
    asked = {one.key: one.name for one in design.questionnaires}
    rows = Score.objects.select_related("participant").filter(session=session, instrument__in=asked)
    totals = {asked[row.instrument] + _of(Role(row.participant.role)): total_of(row) for row in rows}
    return {SESSION_NUMBER: float(session.number), **dict(sorted(totals.items()))}
