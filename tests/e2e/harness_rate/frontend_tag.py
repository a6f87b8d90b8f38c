"""The template tag ``{% frontend "rate" %}`` without Django's settings: it reads the built manifest."""

import json
from pathlib import Path
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

STATIC = Path(__file__).parents[3] / "src" / "dialogram" / "server" / "static"

register = template.Library()


def chunks(page: str) -> list[dict[str, Any]]:
    """What a page loads: its own chunk first, then all it imports."""
    manifest: dict[str, dict[str, Any]] = json.loads((STATIC / "manifest.json").read_text())
    loaded = [manifest[f"pages/{page}.ts"]]
    for chunk in loaded:
        loaded += [manifest[name] for name in chunk.get("imports", []) if manifest[name] not in loaded]
    return loaded


@register.simple_tag
def frontend(page: str) -> SafeString:
    loaded = chunks(page)
    styles = {style for chunk in loaded for style in chunk.get("css", [])}
    links = format_html_join("\n", '<link rel="stylesheet" href="/static/{}">', ((style,) for style in sorted(styles)))
    return format_html('{}\n<script type="module" src="/static/{}"></script>', links, loaded[0]["file"])
