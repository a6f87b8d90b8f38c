"""Figures as files."""

import os
import secrets
from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure

from dialogram.figures.style import figure_style

FORMATS = ("svg", "png", "pdf")
PNG_DOTS_PER_INCH = 300.0

# Nothing in a file tells when or on which machine it was made: the same result gives the same bytes.
_METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Creator": "Dialogram", "Date": None},
    "png": {"Software": "Dialogram"},
    "pdf": {"Creator": "Dialogram", "Producer": "Dialogram", "CreationDate": None},
}


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure, whole or not at all.

    Parameters
    ----------
    figure
        As the functions of this package draw it.
    path
        Its suffix, ``.svg``, ``.png`` or ``.pdf``, says how; what stands there is replaced.

    Raises
    ------
    ValueError
        For another suffix.
    FileNotFoundError
        When there is no such folder.

    Notes
    -----
    PNG has 300 dots per inch. SVG holds its letters as outlines and PDF embeds its typeface, so that both look the
    same everywhere. The same figure gives the same bytes.
    """
    target = Path(path)
    replace_file(target, render(figure, format_of(target, FORMATS)))
    return target


def render(figure: Figure, format: str) -> bytes:  # noqa: A002  # matplotlib's word for it
    """Give the bytes of a figure as ``"svg"``, ``"png"`` or ``"pdf"``."""
    written = BytesIO()
    with figure_style():
        figure.savefig(written, format=format, dpi=PNG_DOTS_PER_INCH, metadata=_METADATA[format])
    return written.getvalue()


def format_of(path: Path, allowed: tuple[str, ...]) -> str:
    """Tell the format from a file's suffix.

    Raises
    ------
    ValueError
        When it is none of those allowed.

    Examples
    --------
    >>> format_of(Path("dyad.SVG"), FORMATS)
    'svg'
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in allowed:
        endings = " or ".join([", ".join(f".{each}" for each in allowed[:-1]), f".{allowed[-1]}"])
        raise ValueError(f"path: expected a file name that ends in {endings}, got {path.name!r}")
    return suffix


def replace_file(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that nobody ever finds half of it."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path: no folder {str(path.parent)!r} to write {path.name!r} into")
    beside = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
