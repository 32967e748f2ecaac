"""The second factor's secrets: encrypted, so that a copy of the database alone makes no codes."""

import base64

import qrcode  # type: ignore[import-untyped]
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.utils.crypto import salted_hmac
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]


def _cipher() -> Fernet:
    key = salted_hmac("accounts.second_factor", "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """On white, whatever the page's colours: cameras want dark on light."""
        picture: str = qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")
        return picture

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()
