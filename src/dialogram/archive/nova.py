"""NOVA and SSI: a scheme in XML, and beside it a line per sample."""

import math
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray

from dialogram.archive.source import Source, Wanted
from dialogram.archive.writing import check_neutral, check_text, digits, from_zero, one_trace
from dialogram.timeline import Scale, Trace
from dialogram.timeline.trace import LARGEST

SUFFIX = ".annotation"
PAIR = ("score", "confidence")
_PAIR_BYTES = 8


def recognises(source: Source) -> bool:
    """Whether this is the scheme, or the samples that lie beside it under the same name with a tilde."""
    return source.path.name.endswith(f"{SUFFIX}~") or source.raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read(source: Source, wanted: Wanted) -> tuple[Trace, ...]:
    """Read the one trace of a continuous scheme; how sure the rater was is left behind."""
    beside = source.path.with_name(source.path.name.removesuffix("~"))
    header = source if beside == source.path else Source(beside)
    root = _parse(header)
    info, scheme, meta = (_element(header, root, tag) for tag in ("info", "scheme", "meta"))
    if scheme.get("type") != "CONTINUOUS":
        raise header.error(1, "a scheme of type CONTINUOUS", repr(scheme.get("type")))
    rate, low, high = (_number(header, scheme, key) for key in ("sr", "min", "max"))
    if not (rate > 0 and low < high):
        raise header.error(1, "sr above 0 and min below max", f"sr {rate:g}, min {low:g}, max {high:g}")
    samples = Source(beside.with_name(f"{beside.name}~"))
    read_samples = {"ASCII": _read_text, "BINARY": _read_binary}.get(info.get("ftype", ""))
    if read_samples is None:
        raise header.error(1, "ftype ASCII or BINARY", repr(info.get("ftype")))
    values = read_samples(samples)
    if values.size == 0 or str(values.size) != info.get("size", str(values.size)):
        raise samples.error(values.size + 1, f"{info.get('size')} samples", f"{values.size}")
    trace = Trace(
        values=values,
        step_s=1 / rate,
        scale=Scale(
            name=scheme.get("name") or "rating",
            low=low,
            neutral=(low + high) / 2,
            high=high,
            step=min(1.0, (high - low) / 100),
            low_label="low",
            high_label="high",
        ),
        name=meta.get("role") or meta.get("annotator") or header.path.stem,
    )
    return wanted.choose({trace.name: trace}, header, what="a trace")


def write(traces: Sequence[Trace], path: Path) -> dict[Path, bytes]:
    """Write the samples and then the scheme, as text; where a value is missing nobody was sure of it."""
    trace = one_trace(traces, "NOVA")
    scale = trace.scale
    for text in (trace.name, scale.name):
        check_text(text)
    check_neutral(scale, "NOVA")
    values = from_zero(trace, "NOVA").tolist()
    lines = (f"{digits(value, missing='NaN')};{0 if math.isnan(value) else 1}\n" for value in values)
    root = ET.Element("annotation", {"ssi-v": "3"})
    ET.SubElement(root, "info", {"ftype": "ASCII", "size": str(len(values))})
    ET.SubElement(root, "meta", {"annotator": "", "role": trace.name})
    numbers = {"sr": digits(_rate(trace.step_s)), "min": digits(scale.low), "max": digits(scale.high)}
    ET.SubElement(root, "scheme", {"name": scale.name, "type": "CONTINUOUS", **numbers})
    ET.indent(root)
    header = ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"
    return {path.with_name(f"{path.name}~"): "".join(lines).encode("utf-8"), path: header}


def _rate(step_s: float) -> float:
    """Give samples a second, whole where the arithmetic alone keeps them from it."""
    rate = 1 / step_s
    return float(round(rate)) if math.isclose(rate, round(rate), rel_tol=1e-12) else rate


def _parse(header: Source) -> ET.Element:
    if "<!" in header.text.replace("<!--", ""):
        raise header.error(1, "XML without a document type", "a document type")
    try:
        root = ET.fromstring(header.text)  # noqa: S314  # entities are refused above
    except ET.ParseError as error:
        raise header.error(error.position[0], "XML", str(error)) from error
    if root.tag != "annotation":
        raise header.error(1, "an <annotation>", f"<{root.tag}>")
    return root


def _element(header: Source, root: ET.Element, tag: str) -> ET.Element:
    found = root.find(tag)
    if found is None:
        raise header.error(1, f"a <{tag}> in the <annotation>", "none")
    return found


def _number(header: Source, scheme: ET.Element, key: str) -> float:
    value = header.number(scheme.get(key, ""), 1, f"a number as {key!r} of the <scheme>")
    if math.isnan(value):
        raise header.error(1, f"a number as {key!r} of the <scheme>", "none")
    return value


def _read_text(samples: Source) -> NDArray[np.float64]:
    values = []
    for line, cells in samples.rows(";"):
        if not any(cells):
            continue
        if len(cells) != 2:
            raise samples.error(line, "a score and a confidence", f"{len(cells)} cells")
        score, _ = (samples.number(cell, line, f"a number as {what}") for cell, what in zip(cells, PAIR, strict=True))
        values.append(score)
    return np.array(values)


def _read_binary(samples: Source) -> NDArray[np.float64]:
    if len(samples.raw) % _PAIR_BYTES:
        raise samples.error(1, f"pairs of {_PAIR_BYTES} bytes", f"{len(samples.raw)} bytes")
    values = np.frombuffer(samples.raw, dtype="<f4")[::2].astype(np.float64)
    beyond = np.isinf(values) | (np.abs(values) > LARGEST)
    if beyond.any():
        at = int(np.argmax(beyond))
        raise samples.error(at + 1, "a number as score", f"{values[at]:g}")
    return values
