"""What a webhook's messages are signed with: made here, shown once, kept sealed."""

import base64
import secrets
from typing import Final

from core.sealing import seal, unseal

PURPOSE: Final = "projects.webhooks"
PREFIX: Final = "whsec_"
BYTES: Final = 32


def new_secret() -> tuple[str, str]:
    """A secret as the receiver enters it, and as it is kept."""
    text = PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()
    return text, seal(text, PURPOSE)


def secret_of(sealed: str) -> str:
    """The secret, for signing alone."""
    return unseal(sealed, PURPOSE)
