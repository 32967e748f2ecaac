"""How allauth behaves here: sign-up is closed; people join by invitation."""

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

SIGN_IN_BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_user_search_fields(self) -> list[str]:
        return ["email"]

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Users have no user name, only a mail address."""
