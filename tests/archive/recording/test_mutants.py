import random
import time
from io import BytesIO

import pytest
from tests.archive.recording.clips import encoded, made, render

from dialogram.archive.recording import RecordingError, loudness_peaks, make_rendition, probe

MUTANTS_EACH = 50
LONGEST_S = 5.0


def mutant(data: bytes, chance: random.Random) -> bytes:
    """Spoil a file as bad copying or bad intent would: bytes changed, cut out, doubled, or a number blown up."""
    spoiled = bytearray(data)
    for _ in range(chance.choice([1, 3, 30])):
        at = chance.randrange(len(spoiled) - 16)
        if chance.random() < 0.5:  # where the structure is
            at = chance.choice([at % 400, max(0, len(spoiled) - 16 - at % 2000)])
        kind = chance.randrange(5)
        if kind == 0:
            spoiled[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            spoiled[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff"])
        elif kind == 2:
            del spoiled[at : at + chance.choice([1, 8, 200])]
        elif kind == 3:
            spoiled[at:at] = spoiled[at : at + chance.choice([1, 8, 200])]
        else:
            spoiled[at : at + 8] = chance.randbytes(8)
    return bytes(spoiled)


def clips() -> dict[str, bytes]:
    short = {"duration_s": 1.0}
    return {
        "mp4": made(**short),
        "mp4 first": render(made(**short))[1],
        "webm": made(container="webm", **short),
        "avi": encoded("avi", video="mpeg4", audio="mp3", seconds=1, size=(64, 48)),
    }


@pytest.mark.parametrize("kind", clips())
def test_a_spoiled_file_is_taken_in_or_refused_and_nothing_else(kind: str) -> None:
    chance = random.Random(kind)
    data = clips()[kind]
    taken = refused = 0
    for _ in range(MUTANTS_EACH):
        spoiled, out = mutant(data, chance), BytesIO()
        began = time.monotonic()
        try:
            probe(BytesIO(spoiled), name="session")
            make_rendition([BytesIO(spoiled)], out, progress=lambda _: None, cancelled=lambda: False)
            loudness_peaks(BytesIO(out.getvalue()), bins=10)
            taken += 1
        except RecordingError:
            refused += 1
        assert time.monotonic() - began < LONGEST_S
    assert taken
    assert refused
