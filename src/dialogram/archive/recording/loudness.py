from collections.abc import Callable, Iterator
from typing import BinaryIO

import av
import av.error
import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard
from numpy.typing import NDArray

from dialogram.archive.recording.errors import ImportCancelled
from dialogram.archive.recording.opening import open_recording, sound_of

SAMPLES_AT_ONCE = 65_536
MOST_GAP_S = 0.01
SCALES = {"u1": (128, 2.0**7), "i2": (0, 2.0**15), "i4": (0, 2.0**31), "i8": (0, 2.0**63)}
"""Zero and full scale of samples that are whole numbers."""


def loudness_peaks(
    source: BinaryIO,
    *,
    bins: int = 6000,
    name: str = "the recording",
    progress: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> NDArray[np.float32]:
    """Give the largest amplitude in each of ``bins`` equal stretches of a recording, for drawing its waveform.

    ``peaks[i] = max |x(t)|`` over all channels for t in [i, i + 1) · duration / bins; full scale is 1.

    Parameters
    ----------
    source
        A rendition: seekable and readable, and it says how long it is. Decoded once, never held whole.
    bins
        How many stretches.
    name
        What to call the file in errors.
    progress
        Told the share done, 0 … 1, now and then.
    cancelled
        Asked now and then; true stops the work.

    Returns
    -------
    numpy.ndarray of float32, shape (bins,)
        0 … 1 (a little more where a lossy coding overshoots); empty where there is no sound.

    Raises
    ------
    RecordingError
        If the file cannot be read.
    ImportCancelled
        If ``cancelled`` said so.
    ValueError
        If ``bins`` is below 1.
    """
    if bins < 1:
        raise ValueError(f"loudness_peaks: bins must be at least 1, got {bins}")
    with open_recording(source, name=name) as container:
        stream = sound_of(container)
        if stream is None or not container.duration:
            return np.zeros(0, dtype=np.float32)
        for other in container.streams:
            if other is not stream:
                other.discard = Discard.all
        bin_s = container.duration / av.time_base / bins
        peaks = np.zeros(bins, dtype=np.float32)
        for start_s, frame in _stretches(container, stream):
            if cancelled():
                raise ImportCancelled
            tick_s, samples = 1 / frame.sample_rate, _magnitudes(frame)
            first = min(int(start_s / bin_s), bins - 1)
            last = min(int((start_s + (samples.size - 1) * tick_s) / bin_s), bins - 1)
            edges = np.ceil((np.arange(first + 1, last + 1) * bin_s - start_s) / tick_s).astype(np.int64)
            edges = np.minimum(np.concatenate([[0], edges]), samples.size - 1)
            peaks[first : last + 1] = np.maximum(peaks[first : last + 1], np.maximum.reduceat(samples, edges))
            progress((last + 1) / bins)
    return peaks


def _stretches(container: InputContainer, stream: AudioStream) -> Iterator[tuple[float, AudioFrame]]:
    """Give many frames as one, with the second it begins at, as long as they follow each other without a gap."""
    held, start_s, end_s = AudioFifo(), 0.0, 0.0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue  # a damaged packet is heard as nothing
        for frame in frames:
            at_s = end_s if frame.time is None else frame.time
            if held.samples >= SAMPLES_AT_ONCE or abs(at_s - end_s) > MOST_GAP_S:
                yield from _emptied(held, start_s)
            if not held.samples:
                start_s = at_s
            end_s = at_s + frame.samples / frame.sample_rate
            frame.pts = None  # its place is kept here
            try:
                held.write(frame)
            except ValueError:  # from here on the sound has another rate or format
                yield from _emptied(held, start_s)
                held, start_s = AudioFifo(), at_s
                held.write(frame)
    yield from _emptied(held, start_s)


def _emptied(held: AudioFifo, start_s: float) -> Iterator[tuple[float, AudioFrame]]:
    if held.samples and (frame := held.read()) is not None:
        yield start_s, frame


def _magnitudes(frame: AudioFrame) -> NDArray[np.float32]:
    """Give |x| of the loudest channel at each sample, 1 at full scale."""
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    loudest = np.zeros(samples.shape[1], dtype=np.float32)
    zero, full = SCALES.get(samples.dtype.str[1:], (0, 1.0))
    for channel in samples:
        np.maximum(loudest, np.abs(channel.astype(np.float32) - zero), out=loudest)
    loudest /= full
    return loudest
