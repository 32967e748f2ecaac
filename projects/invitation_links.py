"""The links of invitations: made again from the key of this installation whenever one is worded, never stored."""

import base64
import datetime as dt
import hashlib
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from projects.models import Invitation, Project

VALID_FOR: Final = dt.timedelta(days=14)


def token_of(invitation: Invitation) -> str:
    """The link's token: 256 bits that follow from the invitation and the secret key."""
    mac = salted_hmac("projects.invitation", str(invitation.uuid), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def digest_of(token: str) -> str:
    """What is stored of a token. It is random enough for a fast hash without salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(invitation: Invitation) -> str:
    return str(settings.SITE_URL) + reverse("projects:invitation", args=[token_of(invitation)])


def invitation_for(token: str) -> Invitation | None:
    """The invitation that this link opens now; None for an unknown, used, expired or revoked one alike."""
    return (
        Invitation.objects.open(timezone.now())
        .select_related("project__client", "project__vendor", "invited_by")
        .filter(digest=digest_of(token))
        .exclude(project__status=Project.Status.CLOSED)
        .first()
    )
