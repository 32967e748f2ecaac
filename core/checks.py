"""System checks: insecure production settings refuse to boot, each with the sentence that mends it."""

import ipaddress
from typing import Any

from django.conf import settings
from django.core.checks import Error, register

BUCKET_SETTINGS = ("S3_ENDPOINT_URL", "S3_REGION", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")


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
    if settings.S3_ENDPOINT_URL and not settings.S3_ENDPOINT_URL.startswith("https://"):
        found.append(
            Error(
                "S3_ENDPOINT_URL does not begin with https://.",
                hint="Uploads and the keys of the bucket would be readable on the way. Use the store's https address.",
                id="oversight.E005",
            )
        )
    return found


@register()
def bucket_is_whole(app_configs: Any, **kwargs: Any) -> list[Error]:
    """What is said of a bucket belongs to one that is named, and its two keys come together."""
    found = []
    said = [name for name in BUCKET_SETTINGS if getattr(settings, name)]
    if said and not settings.S3_BUCKET:
        found.append(
            Error(
                f"{said[0]} is set and S3_BUCKET is not.",
                hint="Name the bucket, or leave all of them out: uploads then lie in MEDIA_ROOT.",
                id="oversight.E006",
            )
        )
    if bool(settings.S3_ACCESS_KEY_ID) != bool(settings.S3_SECRET_ACCESS_KEY):
        found.append(
            Error(
                "Only one of S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY is set.",
                hint="Set both, or neither where the machine itself has a role that may use the bucket.",
                id="oversight.E007",
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


@register()
def webhook_networks_can_be_read(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Each network that webhooks may reach besides the open Internet is one."""
    found = []
    for network in settings.WEBHOOK_ALLOWED_NETWORKS:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            found.append(
                Error(
                    f"WEBHOOK_ALLOWED_NETWORKS: {network} is no network.",
                    hint="Write networks like 10.1.0.0/16, by comma.",
                    id="oversight.E008",
                )
            )
    return found
