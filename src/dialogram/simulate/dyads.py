from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialogram.capture import StepFunction
from dialogram.simulate.raters import Rater, simulate_hand, simulate_noise
from dialogram.timeline import HELPFULNESS, Scale, Segment, Trace

CLIENT = Rater(tracking=1.0, bias=4.0, lag_s=2.0, own_sd=3.0, threshold=2.0)
THERAPIST = Rater(tracking=0.6, bias=-3.0, lag_s=4.0, own_sd=7.0, threshold=4.0)

HAPPENING_STEP_S = 0.25
MOMENT_S = 30.0


@dataclass(frozen=True)
class KnownExtreme:
    """A moment that was made helpful or hindering: the tops of its swell, `rank` 1 the strongest."""

    kind: str
    rank: int
    segment: Segment


@dataclass(frozen=True, eq=False)
class SimulatedDyad:
    """Two raters of one session, and the truth about them.

    Parameters
    ----------
    happening : shape (n,)
        How helpful each moment was, in scale units from neutral, at each quarter of a second.
    moments
        The moments that stand out from it.
    client_hand, therapist_hand
        What each did on the dial, over media time.
    client, therapist
        The same as traces.
    client_rater, therapist_rater
        What the hands were made from.
    """

    happening: NDArray[np.float64]
    moments: tuple[KnownExtreme, ...]
    client_hand: StepFunction
    therapist_hand: StepFunction
    client: Trace
    therapist: Trace
    client_rater: Rater
    therapist_rater: Rater


def simulate_dyad(
    rng: np.random.Generator,
    *,
    duration_s: float = 3_000.0,
    moments: int = 3,
    client: Rater = CLIENT,
    therapist: Rater = THERAPIST,
    scale: Scale = HELPFULNESS,
    step_s: float = 1.0,
) -> SimulatedDyad:
    """Draw a session with known helpful and hindering moments, and the two who rate it.

    What happens is a slow autoregressive drift with `moments` swells up and as many down, each 30 s at its top and
    one to two minutes long, far enough apart to be told apart. Both raters answer to the same; the correlation of
    the two comes from their tracking and what each adds of their own.

    Parameters
    ----------
    rng
        The source of chance.
    duration_s
        Length of the session, at least 150 s for each swell.
    moments
        Number of swells of each kind.
    client, therapist
        How each turns what happens into a dial.
    scale
        The rated dimension; the strongest swell goes 0.4 of its range beyond neutral.
    step_s
        Width of the bins of the traces.

    Raises
    ------
    ValueError
        When the session is too short for the swells.

    Examples
    --------
    >>> dyad = simulate_dyad(np.random.default_rng(7), duration_s=1200.0)
    >>> len(dyad.client), [moment.kind for moment in dyad.moments if moment.rank == 1]
    (1200, ['helpful', 'hindering'])
    >>> best = next(moment for moment in dyad.moments if moment.kind == "helpful").segment
    >>> bool(dyad.client.values[int(best.start_s) + 5] > np.nanmean(dyad.client.values))
    True
    """
    slots = 2 * moments
    if slots and duration_s < 150.0 * slots:
        raise ValueError(
            f"duration_s: expected at least {150 * slots} s for {moments} moments a kind, got {duration_s:g}"
        )
    size = int(np.ceil(duration_s / HAPPENING_STEP_S))
    at_s = HAPPENING_STEP_S * np.arange(size, dtype=np.float64)
    happening = simulate_noise(rng, size=size, step_s=HAPPENING_STEP_S, sd=0.05 * scale.range, memory_s=60.0)
    slot_s = duration_s / max(slots, 1)
    known = []
    for place, number in enumerate(rng.permutation(slots).tolist()):
        kind, rank = ("helpful", number + 1) if number < moments else ("hindering", number - moments + 1)
        start_s = slot_s * place + rng.uniform(45.0, slot_s - 75.0)
        height = (0.4 - 0.05 * (rank - 1)) * scale.range
        happening += (height if kind == "helpful" else -height) * _swell(at_s, start_s, flank_s=rng.uniform(15.0, 45.0))
        known.append(KnownExtreme(kind, rank, Segment(start_s, start_s + MOMENT_S)))
    hands = [
        simulate_hand(rng, happening, step_s=HAPPENING_STEP_S, rater=who, scale=scale) for who in (client, therapist)
    ]
    return SimulatedDyad(
        happening=happening,
        moments=tuple(sorted(known, key=lambda moment: (moment.kind, moment.rank))),
        client_hand=hands[0],
        therapist_hand=hands[1],
        client=_trace(hands[0], duration_s, step_s, scale, "client"),
        therapist=_trace(hands[1], duration_s, step_s, scale, "therapist"),
        client_rater=client,
        therapist_rater=therapist,
    )


def _swell(at_s: NDArray[np.float64], start_s: float, *, flank_s: float) -> NDArray[np.float64]:
    """Return a raised cosine on either side of a top that lasts `MOMENT_S`."""
    outside_s = np.maximum(np.maximum(start_s - at_s, at_s - (start_s + MOMENT_S)), 0.0)
    return np.asarray((1.0 + np.cos(np.pi * np.minimum(outside_s / flank_s, 1.0))) / 2.0)


def _trace(hand: StepFunction, duration_s: float, step_s: float, scale: Scale, name: str) -> Trace:
    values, coverage = hand.bins(start_s=0.0, end_s=duration_s, step_s=step_s)
    return Trace(values=values, coverage=coverage, step_s=step_s, scale=scale, name=name)
