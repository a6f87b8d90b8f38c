import json
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@lru_cache(maxsize=1)
def _manifest() -> dict[str, dict[str, Any]]:
    manifest: dict[str, dict[str, Any]] = json.loads((settings.STATIC_FOLDER / "manifest.json").read_text())
    return manifest


@register.simple_tag
def frontend(page: str) -> SafeString:
    """Link a page's built script and styles: ``{% frontend "rate" %}``."""
    entry = _manifest()[f"pages/{page}.ts"]
    styles = sorted({style for chunk in _with_imports(entry) for style in chunk.get("css", [])})
    links = format_html_join("\n", '<link rel="stylesheet" href="/static/{}">', ((style,) for style in styles))
    return format_html('{}\n<script type="module" src="/static/{}"></script>', links, entry["file"])


def _with_imports(entry: dict[str, Any]) -> list[dict[str, Any]]:
    chunks = [entry]
    for name in entry.get("imports", []):
        chunks += _with_imports(_manifest()[name])
    return chunks


@register.filter
def media_time(seconds: float | None) -> str:
    """Write media seconds as ``m:ss``, or ``h:mm:ss`` from an hour on."""
    if seconds is None:
        return "–"
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
