"""Recordings in: what a file holds, one file that browsers play, and how loud it is."""

from dialogram.archive.recording.errors import ImportCancelled, RecordingError
from dialogram.archive.recording.loudness import loudness_peaks
from dialogram.archive.recording.probe import AudioStream, Probe, VideoStream, probe
from dialogram.archive.recording.rendition import Rendition, make_rendition

__all__ = [
    "AudioStream",
    "ImportCancelled",
    "Probe",
    "RecordingError",
    "Rendition",
    "VideoStream",
    "loudness_peaks",
    "make_rendition",
    "probe",
]
