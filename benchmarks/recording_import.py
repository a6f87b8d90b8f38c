"""Import of a recording beside ``ffmpeg -c copy``: python benchmarks/recording_import.py [MINUTES] [MEGABYTES]."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream

from dialogram.archive.recording import loudness_peaks, make_rendition, probe

SIZE, FPS, RATE, CLIP_S = (640, 360), 30, 48_000, 30


def make_clip(path: Path, bits_per_second: int) -> None:
    """Write half a minute of moving noise at the wanted bit rate, and of a tone, as H.264 and AAC."""
    rng = np.random.default_rng(1)
    noise = rng.integers(16, 235, (SIZE[1] * 3 // 2 + 64, SIZE[0]), dtype=np.uint8)
    with av.open(str(path), "w", format="mp4") as muxer:
        picture = muxer.add_stream("libx264", rate=FPS)
        picture.width, picture.height, picture.pix_fmt = *SIZE, "yuv420p"
        picture.codec_context.bit_rate = bits_per_second
        picture.codec_context.options = {"preset": "ultrafast"}
        sound = muxer.add_stream("aac", rate=RATE)
        assert isinstance(sound, AudioStream)
        for number in range(CLIP_S * FPS):
            shift = number % 64
            frame = av.VideoFrame.from_ndarray(noise[shift : shift + SIZE[1] * 3 // 2], format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            muxer.mux(picture.encode(frame))
            t = (np.arange(RATE // FPS) + number * (RATE // FPS)) / RATE
            tone = (0.3 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)
            samples = av.AudioFrame.from_ndarray(np.stack([tone, tone]), "fltp", "stereo")
            samples.sample_rate, samples.pts = RATE, number * (RATE // FPS)
            samples.time_base = Fraction(1, RATE)
            muxer.mux(sound.encode(samples))
        muxer.mux(picture.encode(None))
        muxer.mux(sound.encode(None))


def seconds(what: Callable[[], object]) -> float:
    """Give the processor time of this process and its children: on a shared machine the clock on the wall lies."""
    began = sum(os.times()[:4])
    what()
    return sum(os.times()[:4]) - began


def main(minutes: int = 50, megabytes: int = 517) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clip, film = Path(folder, "clip.mp4"), Path(folder, "film.mp4")
        make_clip(clip, round(megabytes * 8e6 / (60 * minutes)))
        count = minutes * 60 // CLIP_S
        with clip.open("rb") as part, film.open("w+b") as out:
            make_rendition([part] * count, out, progress=lambda _: None, cancelled=lambda: False)
        print(f"{minutes} min, {film.stat().st_size / 1e6:.0f} MB, H.264/AAC")

        with film.open("rb") as source, Path(folder, "rendition.mp4").open("w+b") as out:
            probing = seconds(lambda: probe(source, name="film.mp4"))
            writing = seconds(lambda: make_rendition([source], out, progress=lambda _: None, cancelled=lambda: False))
            hearing = seconds(lambda: loudness_peaks(out))
        print(f"processor time: probe {probing:.2f} s, rendition {writing:.2f} s, loudness {hearing:.2f} s")
        print(f"most memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")

        ffmpeg = shutil.which("ffmpeg")
        if ffmpeg is None:
            print("no ffmpeg here to compare with")
            return
        quiet = [ffmpeg, "-v", "error", "-y", "-i", str(film)]
        copy = [*quiet, "-c", "copy", "-movflags", "faststart", str(Path(folder, "peer.mp4"))]
        copying = seconds(lambda: subprocess.run(copy, check=True))
        decode = [*quiet, "-vn", "-f", "null", "-"]
        decoding = seconds(lambda: subprocess.run(decode, check=True))
        ratio = (probing + writing + hearing) / (2 * copying + decoding)
        print(f"ffmpeg -c copy {copying:.2f} s, audio decode {decoding:.2f} s")
        print(f"import / (2 × copy + decode) = {ratio:.2f} (limit 1)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
