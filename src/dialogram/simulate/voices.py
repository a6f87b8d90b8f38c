"""Two voices that take turns: vowels over a pitch, syllable by syllable, saying nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 48_000
PITCH_HZ = {"client": 200.0, "therapist": 120.0}
FORMANTS_HZ = ((730, 1090, 2440), (270, 2290, 3010), (530, 1840, 2480), (570, 840, 2410), (440, 1020, 2240))
"""Of the vowels in *hod, heed, head, hawed, hood* (men's means, Peterman & Barney 1952, doi 10.1121/1.1906875)."""
BANDWIDTHS_HZ = (80.0, 100.0, 120.0)
PITCH_STEPS = (0.92, 1.0, 1.08)


@dataclass(frozen=True)
class SpokenTurn:
    """Who speaks in [start_s, end_s) of a simulated recording."""

    speaker: str
    start_s: float
    end_s: float


def take_turns(duration_s: float, *, rng: np.random.Generator) -> tuple[SpokenTurn, ...]:
    """Let client and therapist speak in turn for the whole time, the client longer, with short silences between.

    Examples
    --------
    >>> turns = take_turns(60.0, rng=np.random.default_rng(1))
    >>> [turn.speaker for turn in turns[:3]]
    ['therapist', 'client', 'therapist']
    >>> turns[-1].end_s <= 60.0
    True
    """
    turns = []
    at, speaker = 0.4, "therapist"
    while at < duration_s - 0.5:
        length = rng.uniform(2.0, 6.0) if speaker == "therapist" else rng.uniform(4.0, 14.0)
        turns.append(SpokenTurn(speaker, at, min(at + length, duration_s)))
        at += length + rng.uniform(0.3, 1.2)
        speaker = "client" if speaker == "therapist" else "therapist"
    return tuple(turns)


def speak(turns: tuple[SpokenTurn, ...], duration_s: float, *, rng: np.random.Generator) -> NDArray[np.float32]:
    """Give the sound of the turns, one channel at 48 kHz, −1 … 1, over a faint hiss of a room."""
    count = round(duration_s * SAMPLE_RATE)
    sound = rng.standard_normal(SAMPLE_RATE, dtype=np.float32) * np.float32(0.0015)
    sound = np.resize(sound, count)
    syllables = {speaker: _syllables(pitch) for speaker, pitch in PITCH_HZ.items()}
    for turn in turns:
        at, end = round(turn.start_s * SAMPLE_RATE), min(round(turn.end_s * SAMPLE_RATE), count)
        while at < end:
            syllable = syllables[turn.speaker][rng.integers(len(syllables[turn.speaker]))]
            piece = syllable[: max(0, min(syllable.size, end - at))]
            sound[at : at + piece.size] += piece * np.float32(rng.uniform(0.5, 1.0))
            pause = 0.25 if rng.random() < 0.12 else rng.uniform(0.0, 0.04)
            at += piece.size + round(pause * SAMPLE_RATE)
    return sound


def _syllables(pitch_hz: float) -> list[NDArray[np.float32]]:
    return [
        _syllable(pitch_hz * step, formants, length_s)
        for formants in FORMANTS_HZ
        for step in PITCH_STEPS
        for length_s in (0.14, 0.2, 0.28)
    ]


def _syllable(pitch_hz: float, formants_hz: tuple[int, ...], length_s: float) -> NDArray[np.float32]:
    """Add up the harmonics of a falling pitch, each as loud as the formants near it make it."""
    t = np.arange(round(length_s * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * pitch_hz * (t - 0.05 * t**2 / length_s)
    harmonics = np.arange(1, int(3800 / pitch_hz))
    frequency = harmonics * pitch_hz
    gain = sum(1 / (1 + ((frequency - f) / b) ** 2) for f, b in zip(formants_hz, BANDWIDTHS_HZ, strict=True))
    wave: NDArray[np.float64] = (gain / np.sqrt(harmonics)) @ np.sin(np.outer(harmonics, phase))
    envelope = np.sin(np.pi * np.minimum(1.0, t / length_s)) ** 0.6
    return np.asarray(0.3 * envelope * wave / np.abs(wave).max(), dtype=np.float32)
