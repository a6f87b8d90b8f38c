from typing import BinaryIO, cast

import pytest
from tests.archive.recording.clips import LiveStream, made

from dialogram.simulate.recording import make_recording


@pytest.fixture(scope="session")
def clip() -> bytes:
    """Four seconds of H.264 and AAC in an MP4 with its table of contents last."""
    return made()


@pytest.fixture(scope="session")
def live_webm() -> bytes:
    stream = LiveStream()
    make_recording(cast("BinaryIO", stream), duration_s=4.0, seed=2, size=(160, 90), fps=25, container="webm")
    return b"".join(stream.pieces)
