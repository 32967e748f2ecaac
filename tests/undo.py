"""Pressing the button that a message offers."""

import re
from html import unescape
from typing import Any

from django.test import Client

OFFERED = re.compile(
    r'<div class="message success">.*?<p>(.*?)</p>\s*<form method="post" action="([^"]+)">(.*?)</form>', re.DOTALL
)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def press_undo(browser: Client, path: str) -> tuple[str, Any]:
    """Open the page of ``path``, where something was just done: what it says, and the answer to its button."""
    found = OFFERED.search(browser.get(path).content.decode())
    assert found is not None, path
    said, action, inside = found.groups()
    fields = {unescape(name): unescape(value) for name, value in HIDDEN.findall(inside)}
    return unescape(said), browser.post(unescape(action), fields)
