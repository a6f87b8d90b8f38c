"""A tiny real recording: H.264 and AAC, a light wandering over a dusk, its brightness telling the time."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

FPS = 30
WIDTH, HEIGHT = 320, 180
RATE = 24_000


def make_film(path: Path, *, seconds: float, picture_s: float) -> Path:
    """Write a recording of so many seconds of sound, with a picture over the first of them, or none."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        audio = container.add_stream("aac", rate=RATE, layout="mono")
        if picture_s:
            video = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "g": "30"})
            video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
            for index in range(round(picture_s * FPS)):
                angle = index / FPS / 6 * 2 * np.pi
                glow = np.exp(-((x - 160 - 75 * np.cos(angle)) ** 2 + (y - 85 - 25 * np.sin(angle)) ** 2) / 2250)
                red = 40 + 30 * y / HEIGHT + 150 * glow
                image = np.stack([red, 46 + 22 * y / HEIGHT + 110 * glow, 62 + 8 * y / HEIGHT + 60 * glow], axis=-1)
                frame = av.VideoFrame.from_ndarray(image.clip(0, 255).astype(np.uint8), format="rgb24")
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        tone = 0.05 * np.sin(2 * np.pi * 220 * np.arange(round(seconds * RATE)) / RATE)
        for at in range(0, tone.size, 1024):
            samples = av.AudioFrame.from_ndarray(tone[None, at : at + 1024].astype(np.float32), "fltp", layout="mono")
            samples.sample_rate, samples.pts, samples.time_base = RATE, at, Fraction(1, RATE)
            container.mux(audio.encode(samples))
        container.mux(audio.encode(None))
    return path
