"""Participants and dyads of a study, by code."""

from collections.abc import Iterable, Sequence

from django.db.models import Max, Prefetch

from dialogram.server.records.models import Dyad, DyadMember, Participant, Session
from dialogram.study import Role


def participants_of(*, study_id: str, hidden: Iterable[str]) -> Sequence[Participant]:
    """Return a study's participants, clients first, without those met only in hidden dyads."""
    order = list(Role)
    people = (
        Participant.objects.filter(study_id=study_id)
        .exclude(places__dyad_id__in=list(hidden))
        .select_related("account")
        .prefetch_related(Prefetch("places", DyadMember.objects.exclude(dyad_id__in=list(hidden))))
    )
    return sorted(people, key=lambda person: (order.index(Role(person.role)), person.code))


def dyad_names(*, study_id: str, hidden: Iterable[str]) -> dict[str, str]:
    """Return the dyads by id, each named by its codes, in the order of their clients' codes."""
    dyads = (
        Dyad.objects.filter(study_id=study_id)
        .exclude(pk__in=list(hidden))
        .prefetch_related(Prefetch("members", DyadMember.objects.select_related("participant")))
    )
    named = {}
    for dyad in dyads:
        codes = {member.role: member.participant.code for member in dyad.members.all()}
        named[dyad.pk] = " × ".join(codes[role] for role in (Role.CLIENT, Role.THERAPIST) if role in codes)
    return dict(sorted(named.items(), key=lambda item: item[1]))


def next_numbers(dyad_ids: Iterable[str]) -> dict[str, int]:
    """Return, for each dyad, the number after its last session's."""
    ids = list(dyad_ids)
    last = dict(Session.objects.filter(dyad_id__in=ids).values_list("dyad_id").annotate(Max("number")))
    return {dyad_id: last.get(dyad_id, 0) + 1 for dyad_id in ids}
