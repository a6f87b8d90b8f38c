"""Moment-by-moment ratings of psychotherapy sessions."""

from dialogram._version import __version__

__all__ = ["__version__"]
