from collections.abc import Callable, Iterator
from typing import BinaryIO

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard
from numpy.typing import NDArray

from dialogram.archive.recording.errors import ImportCancelled
from dialogram.archive.recording.opening import open_recording, sound_of

FRAMES_AT_ONCE = 64
MOST_GAP_S = 0.01
SAMPLE_KINDS = {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}
FULL_SCALE = {"i2": 2.0**15, "i4": 2.0**31, "i8": 2.0**63}


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
        for frames in _stretches(container, stream):
            if cancelled():
                raise ImportCancelled
            start_s, tick_s, samples = frames[0].time or 0.0, 1 / frames[0].sample_rate, _magnitudes(frames)
            first = min(int(start_s / bin_s), bins - 1)
            last = min(int((start_s + (samples.size - 1) * tick_s) / bin_s), bins - 1)
            edges = np.ceil((np.arange(first + 1, last + 1) * bin_s - start_s) / tick_s).astype(np.int64)
            edges = np.minimum(np.concatenate([[0], edges]), samples.size - 1)
            peaks[first : last + 1] = np.maximum(peaks[first : last + 1], np.maximum.reduceat(samples, edges))
            progress((last + 1) / bins)
    return peaks


def _stretches(container: InputContainer, stream: AudioStream) -> Iterator[list[AudioFrame]]:
    """Give frames many at a time, all of one kind and following each other without a gap."""
    frames: list[AudioFrame] = []
    kind, end_s = None, 0.0
    for packet in container.demux(stream):
        try:
            decoded = packet.decode()
        except av.error.InvalidDataError:
            continue  # a damaged packet is heard as nothing
        for frame in decoded:
            at_s = end_s if frame.time is None else frame.time
            own_kind = frame.format.name, frame.layout.nb_channels, frame.sample_rate
            if frames and (len(frames) == FRAMES_AT_ONCE or own_kind != kind or abs(at_s - end_s) > MOST_GAP_S):
                yield frames
                frames = []
            frames.append(frame)
            kind, end_s = own_kind, at_s + frame.samples / frame.sample_rate
    if frames:
        yield frames


def _magnitudes(frames: list[AudioFrame]) -> NDArray[np.float32]:
    """Give |x| of the loudest channel at each sample, 1 at full scale."""
    kind = SAMPLE_KINDS[frames[0].format.packed.name]
    channels = frames[0].layout.nb_channels
    if frames[0].format.is_planar:
        samples = [_joined(frames, n, kind, 1) for n in range(channels)]
    else:
        samples = list(_joined(frames, 0, kind, channels).reshape(-1, channels).T)
    loudest = np.zeros(samples[0].size, dtype=np.float32)
    zero, full = (128, 128) if kind == "u1" else (0, FULL_SCALE.get(kind, 1))
    for channel in samples:
        np.maximum(loudest, np.abs(channel.astype(np.float32) - zero), out=loudest)
    loudest /= full
    return loudest


def _joined(frames: list[AudioFrame], plane: int, kind: str, per_sample: int) -> NDArray[np.generic]:
    # A plane may be longer than what it holds.
    return np.concatenate([np.frombuffer(f.planes[plane], kind, count=f.samples * per_sample) for f in frames])
