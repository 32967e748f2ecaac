"""Secrets that have to be read again: encrypted with the secret key. A copy of the database alone opens nothing.

What only has to be recognised is hashed instead.
"""

import base64

from cryptography.fernet import Fernet
from django.utils.crypto import salted_hmac


def seal(text: str, purpose: str) -> str:
    """``text``, to be read with the same purpose alone."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """What was sealed for ``purpose``."""
    return _cipher(purpose).decrypt(sealed.encode()).decode()


def _cipher(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac(purpose, "", algorithm="sha256").digest()))
