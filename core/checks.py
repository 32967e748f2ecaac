"""System checks: insecure production settings refuse to boot, each with the sentence that mends it."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register()
def production_is_secure(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Outside the demo: a long secret key, HTTPS, no debug mode, a real mail server."""
    if settings.DEMO or settings.DEBUG:
        return []
    found = []
    if len(settings.SECRET_KEY) < 50:
        found.append(
            Error(
                "SECRET_KEY is shorter than 50 characters.",
                hint="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
                id="oversight.E001",
            )
        )
    if not settings.HTTPS:
        found.append(
            Error(
                "SITE_URL does not begin with https://.",
                hint="Set SITE_URL to the public https address of this installation.",
                id="oversight.E002",
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "ALLOWED_HOSTS admits every host name.",
                hint="List the host names under which the site is reached.",
                id="oversight.E003",
            )
        )
    return found


@register()
def debug_is_never_public(app_configs: Any, **kwargs: Any) -> list[Error]:
    """DEBUG shows source code and settings: only ever on this machine."""
    if settings.DEBUG and settings.HTTPS:
        return [
            Error(
                "DEBUG is on while SITE_URL is public.",
                hint="Unset DEBUG, or set SITE_URL to http://127.0.0.1:8000 for development.",
                id="oversight.E004",
            )
        ]
    return []
