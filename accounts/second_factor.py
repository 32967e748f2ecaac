"""The second factor's secrets: encrypted, so that a copy of the database alone makes no codes."""

from typing import Final

import qrcode  # type: ignore[import-untyped]
from allauth.mfa.adapter import DefaultMFAAdapter
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from core.sealing import seal, unseal

PURPOSE: Final = "accounts.second_factor"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    def encrypt(self, text: str) -> str:
        return seal(text, PURPOSE)

    def build_totp_svg(self, url: str) -> str:
        """On white, whatever the page's colours: cameras want dark on light."""
        picture: str = qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")
        return picture

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, PURPOSE)
