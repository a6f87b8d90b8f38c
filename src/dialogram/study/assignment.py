import hashlib
import hmac
import math
import struct
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

LEAST_KEY_BYTES = 16
"""A viewer's key is at least so long, so that nobody can try all of them."""


class Extreme(Protocol):
    """What is needed to know of a picked segment."""

    @property
    def kind(self) -> str:
        """``"helpful"`` or ``"hindering"``."""

    @property
    def relative(self) -> bool:
        """Whether it is not beyond neutral on its side."""


def recall_order(extremes: Sequence[Extreme], *, rng: Random) -> tuple[int, ...]:
    """Draw the order in which segments are replayed: random, ending on a helpful one.

    A recall that ended on what hurt would send people home with it. The last is a segment beyond neutral where there
    is one, else a relative helpful one; without any helpful segment the whole order is random.

    Parameters
    ----------
    extremes
        As picked, in any order.
    rng
        Source of the draw; ``random.SystemRandom()`` in a study.

    Returns
    -------
    tuple of int
        Positions in `extremes`, in the order of replay.

    Examples
    --------
    >>> from types import SimpleNamespace as Picked
    >>> extremes = [Picked(kind="hindering", relative=False), Picked(kind="helpful", relative=False)]
    >>> recall_order(extremes, rng=Random(1))
    (0, 1)
    """
    order = list(range(len(extremes)))
    rng.shuffle(order)
    helpful = [place for place in order if extremes[place].kind == "helpful"]
    last = [place for place in helpful if not extremes[place].relative] or helpful
    if last:
        end = rng.choice(last)  # a draw of its own: the first of the shuffle would favour some orders
        order.remove(end)
        order.append(end)
    return tuple(order)


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A client's segment as far as the therapist's cards go: when it starts, and whether it may be shown."""

    start_s: float
    vetoed: bool


def shown_clips(clips: Iterable[Clip]) -> tuple[float, ...]:
    """Give the starts of the clips that may be shown as cards, in media seconds, in order of time.

    Kinds do not enter: what a therapist sees cannot depend on what it is not made from.

    Examples
    --------
    >>> shown_clips([Clip(start_s=90, vetoed=False), Clip(start_s=60, vetoed=True), Clip(start_s=30, vetoed=False)])
    (30.0, 90.0)
    """
    return tuple(sorted(float(clip.start_s) for clip in clips if not clip.vetoed))


def card_order(starts_s: Iterable[float], *, viewer_key: bytes) -> tuple[float, ...]:
    """Put the cards into an order that is this viewer's own and the same at every visit.

    Parameters
    ----------
    starts_s
        Starts of the clips in media seconds, in any order.
    viewer_key
        A secret of this viewer's sitting, at least 16 bytes.

    Returns
    -------
    tuple of float
        The starts, sorted by HMAC-SHA256(viewer_key, start): a shuffle without memory, in which leaving out one card
        moves no other.

    Raises
    ------
    ValueError
        For a short key, a start that is not finite, or one that comes twice.

    Examples
    --------
    >>> card_order([30, 600, 90], viewer_key=bytes(16)) == card_order([90, 30, 600], viewer_key=bytes(16))
    True
    """
    starts = [float(start) for start in starts_s]
    if len(set(starts)) < len(starts):
        raise ValueError(f"starts_s: expected each start once, got {sorted(starts)}")
    return tuple(sorted(starts, key=lambda start: _digest(viewer_key, b"order", start)))


def shown_id(viewer_key: bytes, start_s: float) -> str:
    """Name a clip for one viewer, so that the name carries nothing.

    The name is the first 128 bits of HMAC-SHA256(viewer_key, start), in 22 letters that are safe in an address.

    Parameters
    ----------
    viewer_key
        A secret of this viewer's sitting, at least 16 bytes; with one key for two recordings, equal starts would
        have equal names.
    start_s
        Start of the clip in media seconds.

    Raises
    ------
    ValueError
        For a short key or a start that is not finite.

    Examples
    --------
    >>> len(shown_id(bytes(16), 90.0)), shown_id(bytes(16), 90.0) == shown_id(bytes(16), 90)
    (22, True)
    """
    return urlsafe_b64encode(_digest(viewer_key, b"id", start_s)[:16]).rstrip(b"=").decode("ascii")


def _digest(viewer_key: bytes, purpose: bytes, start_s: float) -> bytes:
    if len(viewer_key) < LEAST_KEY_BYTES:
        raise ValueError(f"viewer_key: expected at least {LEAST_KEY_BYTES} bytes, got {len(viewer_key)}")
    if not math.isfinite(start_s):
        raise ValueError(f"start_s: expected a finite number of seconds, got {start_s}")
    message = b"dialogram/card/" + purpose + struct.pack(">d", float(start_s) + 0.0)  # + 0.0 makes -0.0 plain zero
    return hmac.digest(viewer_key, message, hashlib.sha256)


@dataclass(frozen=True, kw_only=True)
class ToldNumbers:
    """How many cards belong on each side, as the therapist is told."""

    helpful: int
    hindering: int


def told_numbers(shown: int, *, per_kind: int, tell_numbers: bool) -> ToldNumbers | None:
    """Give the numbers to be told with the cards, or None.

    They are told only when all ``2 * per_kind`` clips are shown. Then each side has `per_kind`, whatever the client
    rated; with fewer the numbers would give away which kind is missing or was kept back.

    Examples
    --------
    >>> told_numbers(6, per_kind=3, tell_numbers=True)
    ToldNumbers(helpful=3, hindering=3)
    >>> told_numbers(5, per_kind=3, tell_numbers=True) is None
    True
    """
    if tell_numbers and shown == 2 * per_kind:
        return ToldNumbers(helpful=per_kind, hindering=per_kind)
    return None


def one_in(shown: int, *, told: ToldNumbers | None) -> int:
    """Tell of how many pure guesses one has every card right: C(n, k) when the numbers are told, else 2 to the n.

    Examples
    --------
    >>> one_in(6, told=ToldNumbers(helpful=3, hindering=3)), one_in(5, told=None)
    (20, 32)
    """
    return 2**shown if told is None else math.comb(shown, told.helpful)
