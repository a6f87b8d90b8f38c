import numpy as np

from dialogram import JudgedDyad, Trace


def simulate(count: int, *, bins: int = 150, seed: int = 1) -> list[JudgedDyad]:
    """Dyads whose judge follows the truth, two to a therapist."""
    rng = np.random.default_rng(seed)
    dyads = []
    for index in range(count):
        truth = 50 + 5 * rng.normal(size=bins)
        judge = truth + 2 * rng.normal() + (3 + index) * rng.normal(size=bins)
        dyads.append(make(f"d{index}", judge, truth, alliance=float(index % 5), therapist=f"t{index // 2}"))
    return dyads


def make(
    name: str, judge: np.ndarray, truth: np.ndarray, *, alliance: float = 1.0, therapist: str | None = None
) -> JudgedDyad:
    return JudgedDyad(
        name=name,
        judge=Trace(values=judge, step_s=1.0),
        truth=Trace(values=truth, step_s=1.0),
        therapist=therapist,
        moderators={"alliance": alliance},
    )
