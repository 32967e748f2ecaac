"""How allauth behaves here: sign-up is closed; people join by invitation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse

from accounts.models import User


def sign_in(request: HttpRequest, user: User, *, then: str) -> HttpResponse:
    """Sign in who has just proved who they are, with every step of an ordinary sign-in, and go on to ``then``."""
    response: HttpResponse = perform_login(request, user, redirect_url=then)
    return response


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_user_search_fields(self) -> list[str]:
        return ["email"]

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Users have no user name, only a mail address."""
