"""API tokens: made once, shown once, found again by their hash."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import ApiToken, ApiTokenQuerySet, User
from core.kept_query import Columns, KeptQuery

PREFIX = "ovs_"


def digest_of(token: str) -> str:
    """SHA-256 of the token. It is 32 random bytes, so a fast hash without salt is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_token(
    *, user: User, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token and its text, which is never stored and cannot be shown again."""
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, prefix=text[:10], digest=digest_of(text), scopes=list(scopes), expires_at=expires_at
    )
    return token, text


def revoke_token(*, token: ApiToken) -> None:
    """End a token at once. Revoking twice changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


TOKEN: Final = Columns(ApiToken, "user")
VALID: Final = KeptQuery(
    lambda digest, now: ApiToken.objects.valid_at(now).filter(digest=digest).order_by().values_list(*TOKEN.names()),
    digest=str,
    now=datetime,
)


def token_for(text: str) -> ApiToken | None:
    """The valid token with this text, its user loaded, or None."""
    now = timezone.now()
    rows = VALID.rows(digest=digest_of(text), now=now)
    token = TOKEN.instance(rows[0]) if rows else None
    today = now.date()
    if token is not None and token.last_used_on != today:
        # Once a day: a write with every request would be a cost without a reader.
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def tokens_of(user: User) -> ApiTokenQuerySet:
    """All tokens of the user, the newest first; ended ones too, so that a stranger's use stays visible."""
    return ApiToken.objects.filter(user=user).order_by("-created_at", "-pk")


class TokenState(StrEnum):
    """Whether a token still opens anything."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


def state_of(token: ApiToken, now: datetime) -> TokenState:
    """What ``valid_at`` says of one token, with the reason."""
    if token.revoked_at is not None:
        return TokenState.REVOKED
    if token.expires_at is not None and token.expires_at <= now:
        return TokenState.EXPIRED
    return TokenState.VALID
