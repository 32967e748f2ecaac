"""Whom a thing is for: both sides, the client alone or the vendor alone. One function decides."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """The two parties of a project."""

    CLIENT = "client", _("client")
    VENDOR = "vendor", _("vendor")

    @property
    def other(self) -> "Side":
        return Side.VENDOR if self is Side.CLIENT else Side.CLIENT


class Audience(models.TextChoices):
    """Who may learn that something exists."""

    BOTH = "both", _("both sides")
    CLIENT = "client", _("client only")
    VENDOR = "vendor", _("vendor only")


def audiences_seen_by(side: str) -> tuple[str, str]:
    """The audiences whose things a member of ``side`` may see."""
    return (Audience.BOTH, Audience(side))


def is_seen_by(audience: str, side: str) -> bool:
    """Whether a thing for ``audience`` may be shown to ``side``."""
    return audience in audiences_seen_by(side)
