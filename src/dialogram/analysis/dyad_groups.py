"""Whose dyads are: several sessions of one client, several clients of one therapist."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

from dialogram.analysis.dyad_sums import DyadSums

type Unit = Literal["dyads", "clients", "therapists"]


def find_fault_of_clients(dyads: Sequence[DyadSums]) -> str:
    """Say why it cannot be told how clients differ where some have several sessions; "" where it can."""
    if len(set(map(client_of, dyads))) > 1:
        return ""
    return "all sessions are of one, so that every interval is about further sessions of this one client"


def find_fault_of_therapists(dyads: Sequence[DyadSums]) -> str:
    """Say why it cannot be told how therapists differ; "" where it can."""
    lone = [dyad.name for dyad in dyads if dyad.therapist is None]
    if lone:
        return f"expected one of every dyad, found none of {lone[0]!r}"
    count = len({dyad.therapist for dyad in dyads})
    if count < 2:
        return "expected several, found one"
    clients = {(dyad.therapist, client_of(dyad)) for dyad in dyads}
    if count == len(clients):
        what = "dyad" if len(clients) == len(dyads) else "client"
        return f"expected one at least with several {what}s, found {count} with one each"
    return ""


def have_several_sessions(dyads: Sequence[DyadSums]) -> bool:
    """Whether some client has several of the dyads."""
    return len(set(map(client_of, dyads))) < len(dyads)


@dataclass(frozen=True)
class Grouping:
    """Whose the dyads of a cohort are taken to be, in every model of them.

    Parameters
    ----------
    within_clients, within_therapists
        Whether some client has several of them, and whether they lie within therapists.
    """

    within_clients: bool
    within_therapists: bool

    @property
    def unit(self) -> Unit:
        """What was sampled: the outermost of them."""
        if self.within_therapists:
            return "therapists"
        return "clients" if self.within_clients else "dyads"

    def clusters(self, dyads: Sequence[DyadSums]) -> list[Hashable] | None:
        """Name whose each dyad is, where that makes some of them alike."""
        if self.within_therapists:
            return [dyad.therapist for dyad in dyads]
        return [client_of(dyad) for dyad in dyads] if self.within_clients else None

    def among(self, dyads: Sequence[DyadSums]) -> "Grouping":
        """Keep what can be told of some of the dyads."""
        return Grouping(
            within_clients=self.within_clients and have_several_sessions(dyads) and not find_fault_of_clients(dyads),
            within_therapists=self.within_therapists and not find_fault_of_therapists(dyads),
        )


def client_of(dyad: DyadSums) -> Hashable:
    """Name the client; where that is not known, each dyad has its own."""
    return (dyad.client, dyad.name if dyad.client is None else "")


def group_dyads(dyads: Sequence[DyadSums], *, within_clients: bool, within_therapists: bool) -> dict[Unit, list[int]]:
    """Give numbers to the client and the therapist of each dyad, the innermost level first.

    Raises
    ------
    ValueError
        Where a level says nothing.
    """
    groups: dict[Unit, list[int]] = {}
    if within_clients:
        if fault := find_fault_of_clients(dyads):
            raise ValueError(f"client: {fault}")
        groups["clients"] = _number([(client_of(dyad), dyad.therapist if within_therapists else "") for dyad in dyads])
    if within_therapists:
        if fault := find_fault_of_therapists(dyads):
            raise ValueError(f"therapist: {fault}")
        groups["therapists"] = _number([dyad.therapist for dyad in dyads])
    return groups


def _number(names: Sequence[Hashable]) -> list[int]:
    """Give numbers to names in the order in which they first come."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(name, len(numbers)) for name in names]
