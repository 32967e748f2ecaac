"""The user's own pages: profile and tokens."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, User
from accounts.tokens import create_token, token_for
from projects.models import Activity
from tests.api_client import ApiClient

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
PROFILE = reverse("accounts:profile")
TOKENS = reverse("accounts:token_list")
ADD = reverse("accounts:token_add")


def test_profile_is_saved(sign_in: SignIn, client_manager: User) -> None:
    before = Activity.objects.count()
    sent = {"name": "Clara Maria Manager", "locale": "en", "time_zone": "Asia/Tokyo", "version": 1}
    answer = sign_in(client_manager).post(PROFILE, sent, follow=True)
    client_manager.refresh_from_db()
    assert (client_manager.name, client_manager.time_zone) == ("Clara Maria Manager", "Asia/Tokyo")
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["Your profile is saved."]
    assert "Times in Asia/Tokyo" in answer.content.decode()
    assert Activity.objects.count() == before


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Mars/Olympus"}, {"locale": "tlh"}, {"name": ""}, {"email": "x@example.com", "name": ""}]
)
def test_profile_that_cannot_be_is_refused_and_greets_by_the_name_that_stands(
    sign_in: SignIn, client_manager: User, wrong: dict[str, str]
) -> None:
    answer = sign_in(client_manager).post(
        PROFILE, {"name": "X", "locale": "en", "time_zone": "UTC", "version": 1, **wrong}
    )
    assert answer.status_code == 422
    assert "You are <b>Clara Manager</b>" in answer.content.decode()
    client_manager.refresh_from_db()
    assert (client_manager.name, client_manager.email) == ("Clara Manager", "clara.manager@example.com")


def test_profile_of_a_window_that_is_behind_shows_both_texts(sign_in: SignIn, client_manager: User) -> None:
    browser, sent = sign_in(client_manager), {"name": "Clara M.", "locale": "en", "time_zone": "UTC", "version": 1}
    assert browser.post(PROFILE, sent).status_code == 302
    stale = browser.post(PROFILE, {**sent, "name": "C. Manager"})
    rows = [(row.label, row.mine, row.theirs) for row in stale.context["form"].conflict.rows]
    assert (stale.status_code, rows) == (409, [("Name", "C. Manager", "Clara M.")])
    client_manager.refresh_from_db()
    assert client_manager.name == "Clara M."


def test_profile_keeps_a_zone_that_is_not_offered(sign_in: SignIn, client_manager: User) -> None:
    User.objects.filter(pk=client_manager.pk).update(time_zone="US/Pacific")
    assert '<option value="US/Pacific" selected>' in sign_in(client_manager).get(PROFILE).content.decode()


def shown_token(answer: Any) -> str:
    (text,) = re.findall(r'id="token"[^>]*>([^<]+)<', answer.content.decode())
    return str(text)


def test_token_is_shown_once_and_works(sign_in: SignIn, client_manager: User) -> None:
    browser = sign_in(client_manager)
    made = browser.post(ADD, {"name": "Night sync", "scope": "write", "days": "90"})
    text = shown_token(made)
    token = ApiToken.objects.get()
    assert (made.status_code, "no-store" in made["Cache-Control"]) == (200, True)
    assert token_for(text) == token
    assert token.digest not in made.content.decode()
    assert (token.user, token.name, token.scopes) == (client_manager, "Night sync", ["read", "write"])
    assert token.expires_at is not None
    assert abs(token.expires_at - timezone.now() - dt.timedelta(days=90)) < dt.timedelta(minutes=1)
    listed = browser.get(TOKENS).content.decode()
    assert text not in listed
    assert token.prefix in listed
    assert ApiClient(text).get("projects/").status_code == 200


def test_token_to_read_is_the_first_choice(sign_in: SignIn, client_manager: User) -> None:
    browser = sign_in(client_manager)
    form = browser.get(ADD).context["form"]
    assert (form["scope"].value(), form["days"].value()) == ("read", 90)
    text = shown_token(browser.post(ADD, {"name": "Report", "scope": "read", "days": "30"}))
    assert ApiToken.objects.get().scopes == ["read"]
    assert ApiClient(text).post("projects/", {}).status_code == 403


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scope": "admin"}, {"days": "9999"}, {"days": "0"}])
def test_token_that_cannot_be_is_refused(sign_in: SignIn, client_manager: User, wrong: dict[str, str]) -> None:
    sent = {"name": "Night sync", "scope": "write", "days": "90", **wrong}
    assert sign_in(client_manager).post(ADD, sent).status_code == 422
    assert ApiToken.objects.count() == 0


def test_token_is_revoked_after_asking(sign_in: SignIn, client_manager: User) -> None:
    token, text = create_token(user=client_manager, name="Night sync", scopes=["read"])
    browser = sign_in(client_manager)
    address = reverse("accounts:token_revoke", args=[token.uuid])
    assert "Revoke Night sync?" in browser.get(address).content.decode()
    assert ApiClient(text).get("projects/").status_code == 200
    assert browser.post(address).status_code == 302
    assert ApiClient(text).get("projects/").status_code == 401
    first = ApiToken.objects.get().revoked_at
    browser.post(address)
    assert ApiToken.objects.get().revoked_at == first
    assert "No program acts in your name." in browser.get(TOKENS).content.decode()


def test_token_of_somebody_else_is_not_there(sign_in: SignIn, client_manager: User, client_viewer: User) -> None:
    token, text = create_token(user=client_viewer, name="Hers", scopes=["read"])
    browser = sign_in(client_manager)
    assert browser.post(reverse("accounts:token_revoke", args=[token.uuid])).status_code == 404
    assert "Hers" not in browser.get(TOKENS).content.decode()
    assert ApiClient(text).get("projects/").status_code == 200


def test_tokens_cost_the_same_queries_however_many(
    sign_in: SignIn, client_manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = sign_in(client_manager)
    browser.get(TOKENS)
    for more in (3, 27):
        for number in range(more):
            create_token(user=client_manager, name=f"Token {number}", scopes=["read"])
        with django_assert_num_queries(6):
            browser.get(TOKENS)
