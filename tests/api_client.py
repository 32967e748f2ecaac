"""A program that speaks to the API as one of the cast."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.test import Client

from accounts.models import ApiToken, User
from accounts.tokens import create_token

Program = Callable[..., "ApiClient"]


class ApiClient:
    """Sends JSON with a token, and reads JSON."""

    def __init__(self, text: str) -> None:
        self.http = Client(headers={"Authorization": f"Bearer {text}"}, raise_request_exception=True)

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(self.full(path), query)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.http.post(self.full(path), data, content_type="application/json", headers=_named(headers))

    def patch(self, path: str, data: Any, **headers: str) -> Any:
        return self.http.patch(self.full(path), data, content_type="application/json", headers=_named(headers))

    def full(self, path: str) -> str:
        """``path`` below the API's own; a whole address, such as a page's ``next``, stays."""
        return path if path.startswith(("http", "/")) else f"/api/v1/{path}"


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def program(database: None) -> Program:
    """An API client of the user, with a token that may read and write unless told otherwise."""

    def of(user: User, scopes: Sequence[str] = tuple(ApiToken.Scope.values)) -> ApiClient:
        _token, text = create_token(user=user, name="Sync", scopes=scopes)
        return ApiClient(text)

    return of
