"""A browser in words: what it calls itself was made for servers and not for people."""

from typing import Final

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# By what stands in the text, the particular first: Edge also says Chrome, and Chrome also says Safari.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser_in_words(user_agent: str) -> str:
    """``{{ session.user_agent|browser_in_words }}``: Firefox on Windows. What is not known is said as it was sent."""
    browser, system = (_first(known, user_agent) for known in (BROWSERS, SYSTEMS))
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or user_agent or _("an unnamed browser")


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for sign, name in known if sign in text), "")
