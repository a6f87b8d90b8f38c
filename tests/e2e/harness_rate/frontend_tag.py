"""The template tag ``{% frontend "rate" %}`` without Django's settings: it reads the built manifest."""

import json
from pathlib import Path
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

STATIC = Path(__file__).parents[3] / "src" / "dialogram" / "server" / "static"

register = template.Library()


@register.simple_tag
def frontend(page: str) -> SafeString:
    manifest: dict[str, Any] = json.loads((STATIC / "manifest.json").read_text())
    entry = manifest[f"pages/{page}.ts"]
    chunks = [entry, *(manifest[name] for name in entry.get("imports", []))]
    styles = {style for chunk in chunks for style in chunk.get("css", [])}
    links = format_html_join("\n", '<link rel="stylesheet" href="/static/{}">', ((style,) for style in sorted(styles)))
    return format_html('{}\n<script type="module" src="/static/{}"></script>', links, entry["file"])
