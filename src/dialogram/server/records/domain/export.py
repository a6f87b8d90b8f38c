"""Export: event logs, traces, answers, guesses, questionnaires and notes as plain files with a codebook, in one ZIP."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dialogram._version import __version__
from dialogram.capture import write_event_log
from dialogram.server.records.domain import audit
from dialogram.server.records.domain.guesses import cards_of, placed_of, true_kinds
from dialogram.server.records.domain.practice import tries_of
from dialogram.server.records.domain.recalls import extremes_of, said_of
from dialogram.server.records.domain.recordings import current_recording
from dialogram.server.records.domain.scores import total_of
from dialogram.server.records.domain.traces import change_interval_of, event_log_of, trace_of, verdict_of
from dialogram.server.records.enums import SittingState
from dialogram.server.records.models import Description, Guess, PracticeTry, Session, Sitting
from dialogram.study import Role, Task

type Cell = str | float | bool | None
type Row = Sequence[Cell]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Column:
    """A column of an exported table, as the codebook tells it."""

    name: str
    meaning: str


WHERE = (
    Column("dyad", "codes of client and therapist, joined by +, which no code contains"),
    Column("session", "number of the session in the course of therapy"),
)
WHO = (
    *WHERE,
    Column("code", "lab code of who did it"),
    Column("role", "client, therapist or observer"),
)
SEGMENT = (
    Column("start_s", "start of the segment, seconds of the recording"),
    Column("end_s", "end of the segment (not part of it), seconds of the recording"),
)
TABLES: dict[str, tuple[Column, ...]] = {
    "traces.csv": (
        *WHO,
        Column("scale", "rated dimension"),
        Column("rule", "rule that assembled the trace from the event log"),
        Column("start_s", "start of the bin, seconds of the recording"),
        Column("step_s", "width of the bin, seconds"),
        Column("value", "time-weighted mean of the dial in the bin, scale units; empty where missing"),
        Column("coverage", "share of the bin that was played, visible and attended, 0 to 1; below 0.5 it is missing"),
    ),
    "moments.csv": (
        *WHO,
        Column("kind", "helpful (highest rated) or hindering (lowest rated)"),
        Column("rank", "1 is the highest, or the lowest"),
        *SEGMENT,
        Column("mean", "mean rating of the segment, scale units"),
        Column("coverage", "share of the segment that was rated, 0 to 1"),
        Column("relative", "true when the segment does not lie beyond neutral on its side"),
        Column("rule", "rule that picked it"),
        Column("replayed", "place in the order of replay, from 1"),
        Column("moment", "was this the moment: yes, earlier, later, slip"),
        Column("skipped", "true when the participant passed it over"),
        Column("vetoed", "true when the client kept the clip from the therapist"),
        Column("typed_by", "participant, or the desk account that typed while the participant spoke"),
        Column("description", "the participant's words"),
    ),
    "guesses.csv": (
        *WHO,
        *SEGMENT,
        Column("truth", "what the client's rating made it"),
        Column("guess", "where the card was put; empty where it was not, in a guess closed as partial"),
        Column("right", "true when the two are the same; empty without a guess"),
    ),
    "questionnaires.csv": (
        *WHO,
        Column("instrument", "key of the questionnaire in the design"),
        Column("total", "its total"),
    ),
    "practice.csv": (
        *WHO,
        Column("try", "number of the try at following the ring, from 1"),
        Column("made_at", "UTC"),
        Column("share_within", "share of the time the hand was on the ring, its own delay taken out, 0 to 1"),
        Column("reaction_s", "how late the hand was, seconds; empty where it did not follow"),
        Column("r", "correlation of ring and hand at that delay; empty where it did not follow"),
        Column("verdict", "met; again: it was asked once more; enough: it went on all the same"),
        Column("rule", "rule that measured it"),
    ),
    "sittings.csv": (
        *WHO,
        Column("task", "rate, recall or guess"),
        Column("state", "open, finished or partial"),
        Column("opened_at", "UTC"),
        Column("finished_at", "UTC"),
        Column("partial_reason", "why staff closed it"),
        Column("quality", "good, check or poor, of a rating that is closed, by rule verdict/1"),
        Column("quality_reasons", "why, each with its seconds or its number, joined by ;"),
        Column(
            "change_interval_ms", "how soon the dial told of a turn, at its quickest; empty where it was turned little"
        ),
    ),
    "deviations.csv": (*WHERE, Column("noted_at", "UTC"), Column("text", "what went otherwise than planned")),
}
NOTE = (
    "A text that begins with one of = + - @, a tab or a line break has an apostrophe before it, so that no spreadsheet "
    "takes it for a formula. Event logs are in docs/reference/event-log.md, format 1."
)


def export_sessions(
    sessions: Sequence[Session], *, study_id: str, user_id: int, now: datetime, locked: int = 0
) -> bytes:
    """Write all there is of some sessions of a study as a ZIP file, and how many more are still locked.

    Only the entry in the trail is a transaction: the export of a whole study takes long, and people are rating.
    """
    packed = io.BytesIO()
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for session in sessions:
            _collect(session, rows, bundle, now)
        for name, columns in TABLES.items():
            bundle.writestr(name, _table([column.name for column in columns], rows[name]))
        codebook = [(name, column.name, column.meaning) for name, columns in TABLES.items() for column in columns]
        bundle.writestr("codebook.csv", _table(["file", "column", "meaning"], codebook))
        said = (f"Written by Dialogram {__version__} on {now:%Y-%m-%d}.", NOTE, say_locked(locked))
        bundle.writestr("README.txt", "\n".join(filter(None, said)) + "\n")
    with transaction.atomic():
        audit.append(
            study_id,
            actor=audit.account_actor(user_id),
            action="data.exported",
            subject=study_id,
            now=now,
            details={"sessions": [session.pk for session in sessions]},
        )
    return packed.getvalue()


def say_locked(count: int) -> str:
    """Say how many sessions an export leaves out, and why; nothing where it holds all."""
    if count == 0:
        return ""
    sessions = "1 session is" if count == 1 else f"{count} sessions are"
    return f"Left out: {sessions} locked for members who meet the therapists, until the therapist's guess is handed in."


def _collect(session: Session, rows: dict[str, list[Row]], bundle: zipfile.ZipFile, now: datetime) -> None:
    members = {member.role: member.participant.code for member in session.dyad.members.select_related("participant")}
    dyad = "+".join(members[role] for role in (Role.CLIENT, Role.THERAPIST) if role in members)
    where: Row = (dyad, session.number)
    sittings = (
        Sitting.objects.filter(recording=current_recording(session.pk))
        .select_related("participant__study", "recording")
        .order_by("opened_at")
    )
    for sitting in sittings:
        who = (*where, sitting.participant.code, sitting.participant.role)
        times = (_utc(sitting.opened_at), _utc(sitting.finished_at))
        quality = _quality(sitting, now)
        rows["sittings.csv"].append((*who, sitting.task, sitting.state, *times, sitting.partial_reason, *quality))
        if sitting.task == Task.RATE:
            name = f"event-logs/{dyad}-{session.number}-{sitting.participant.role}.jsonl"
            bundle.writestr(name, "".join(write_event_log(event_log_of(sitting))))
            rows["practice.csv"] += _try_rows(sitting, who)
            if sitting.state != SittingState.OPEN:
                rows["traces.csv"] += _trace_rows(sitting, who, now)
        elif sitting.task == Task.RECALL and hasattr(sitting, "extreme_set"):
            rows["moments.csv"] += _moment_rows(sitting, who)
        elif sitting.task == Task.GUESS and sitting.state != SittingState.OPEN:
            rows["guesses.csv"] += _guess_rows(sitting, who)
    for score in session.scores.select_related("participant").order_by("instrument"):
        person = score.participant
        rows["questionnaires.csv"].append((*where, person.code, person.role, score.instrument, total_of(score)))
    for deviation in session.deviations.order_by("noted_at"):
        rows["deviations.csv"].append((*where, _utc(deviation.noted_at), deviation.text))


def _quality(sitting: Sitting, now: datetime) -> Row:
    if sitting.task != Task.RATE or sitting.state == SittingState.OPEN:
        return (None, None, None)
    verdict = verdict_of(sitting, now=now)
    told = [
        f"{one.code} {one.count}" if one.count else f"{one.code} {one.seconds:.0f} s" if one.seconds else one.code
        for one in (*verdict.reasons, *verdict.notes)
    ]
    return (verdict.word, "; ".join(told), change_interval_of(sitting, now=now))


def _try_rows(sitting: Sitting, who: Row) -> Iterable[Row]:
    for row, one in zip(PracticeTry.objects.filter(sitting=sitting), tries_of(sitting), strict=True):
        yield (*who, one.number, _utc(row.made_at), one.share_within, one.reaction_s, one.r, one.verdict, row.rule)


def _trace_rows(sitting: Sitting, who: Row, now: datetime) -> Iterable[Row]:
    trace = trace_of(sitting, now=now)
    for start_s, value, coverage in zip(trace.times_s, trace.values, trace.coverage, strict=True):
        held = None if value != value else float(value)  # noqa: PLR0124  # NaN
        yield (*who, sitting.scale, sitting.trace.rule, float(start_s), trace.step_s, held, float(coverage))


def _moment_rows(sitting: Sitting, who: Row) -> Iterable[Row]:
    rows = Description.objects.select_related("sitting").filter(sitting=sitting).order_by("position")
    for row, extreme in zip(rows, extremes_of(sitting), strict=True):
        said = said_of(row)
        picked = (extreme.kind, extreme.rank, extreme.start_s, extreme.end_s, extreme.mean, extreme.coverage)
        answer = (said.moment, said.skipped, said.vetoed, said.typed_by, said.text)
        yield (*who, *picked, extreme.relative, sitting.extreme_set.rule, row.position + 1, *answer)


def _guess_rows(sitting: Sitting, who: Row) -> Iterable[Row]:
    guess = (
        Guess.objects.select_related("sitting__participant__study", "release__about").filter(sitting=sitting).first()
    )
    if guess is None:
        return
    truth, placed = true_kinds(guess), placed_of(guess)
    for card in sorted(cards_of(guess), key=lambda card: card.start_s):
        told = placed.get(card.shown_id)
        right = None if told is None else told == truth[card.shown_id]
        yield (*who, card.start_s, card.end_s, truth[card.shown_id], told, right)


def _table(header: Sequence[str], rows: Iterable[Row]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + written.getvalue()


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(FORMULA_STARTS) else value
        case _:
            return repr(value)


def _utc(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
