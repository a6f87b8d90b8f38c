"""`dialogram …`: each command is a thin face over library functions."""

from dialogram.cli.program import main

__all__ = ["main"]
