"""The second factor: set up, asked for, replaced by a recovery code, given up."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.cast import new_user

pytestmark = pytest.mark.django_db

PASSWORD = "harbour-lantern-42"
SIGN_IN = reverse("account_login")
AGAIN = reverse("account_reauthenticate")


@pytest.fixture(autouse=True)
def no_earlier_attempts(db: None) -> None:
    cache.clear()


@pytest.fixture
def user() -> User:
    user = new_user("Nils New")
    user.set_password(PASSWORD)
    user.save()
    return user


def give_password(user: User, password: str = PASSWORD) -> tuple[Client, Any]:
    browser = Client()
    return browser, browser.post(SIGN_IN, {"login": user.email, "password": password})


def code_of(secret: str, *, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


@pytest.fixture
def secret(user: User) -> str:
    """The secret of ``user``'s app, set up through the pages."""
    browser, _answer = give_password(user)
    page = reverse("mfa_activate_totp")
    browser.post(AGAIN, {"password": PASSWORD})
    found: str = browser.get(page).context["form"].secret
    assert browser.post(page, {"code": code_of(found, later=-1)})["Location"] == reverse("mfa_view_recovery_codes")
    return found


def test_password_alone_opens_without_a_second_factor(user: User) -> None:
    browser, answer = give_password(user)
    assert (answer["Location"], browser.get("/").status_code) == ("/", 200)


def test_password_alone_opens_nothing_with_one(user: User, secret: str) -> None:
    browser, answer = give_password(user)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert browser.get("/")["Location"].split("?")[0] == SIGN_IN
    assert browser.post(answer["Location"], {"code": code_of(secret)})["Location"] == "/"
    assert browser.get("/").status_code == 200


def test_code_opens_once(user: User, secret: str) -> None:
    code = code_of(secret)
    opened = []
    for _turn in range(2):
        browser, answer = give_password(user)
        opened.append(browser.post(answer["Location"], {"code": code}).status_code)
    assert opened == [302, 200]


def test_recovery_code_opens_once(user: User, secret: str) -> None:
    code = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    opened = []
    for _turn in range(2):
        browser, answer = give_password(user)
        opened.append(browser.post(answer["Location"], {"code": code}).status_code)
    assert opened == [302, 200]


def test_secrets_are_not_readable_in_the_database(user: User, secret: str) -> None:
    kept = Authenticator.objects.get(user=user, type="totp").data["secret"]
    seed = Authenticator.objects.get(user=user, type="recovery_codes").data["seed"]
    assert (secret in kept, kept.startswith("gAAAA"), seed.startswith("gAAAA")) == (False, True, True)


def test_setting_up_asks_for_the_password_again(user: User) -> None:
    browser, _answer = give_password(user)
    answer = browser.get(reverse("mfa_activate_totp"))
    assert answer["Location"].split("?")[0] == AGAIN


def test_second_factor_is_given_up_with_its_recovery_codes(user: User, secret: str) -> None:
    browser, answer = give_password(user)
    browser.post(answer["Location"], {"code": code_of(secret)})
    off = reverse("mfa_deactivate_totp")
    assert browser.post(off)["Location"].split("?")[0] == AGAIN
    browser.post(AGAIN, {"password": PASSWORD})
    assert browser.post(off).status_code == 302
    assert Authenticator.objects.filter(user=user).count() == 0


@pytest.mark.parametrize(
    "page", ["mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "usersessions_list"]
)
def test_pages_speak_in_our_look(page: str, user: User, secret: str) -> None:
    browser, answer = give_password(user)
    browser.post(answer["Location"], {"code": code_of(secret)})
    browser.post(AGAIN, {"password": PASSWORD})
    shown = browser.get(reverse(page))
    assert (shown.status_code, shown.content.decode().count('<main id="content"')) == (200, 1)


# ── Sessions ────────────────────────────────────────────────────────────────────────────────────────
def test_signing_out_elsewhere_ends_the_other_browsers(user: User) -> None:
    first, _answer = give_password(user)
    second, _answer = give_password(user)
    page = reverse("usersessions_list")
    assert second.get(page).context["session_count"] == 2
    second.post(page)
    assert [browser.get("/").status_code for browser in (first, second)] == [302, 200]


def test_picture_is_dark_on_white_in_any_appearance(user: User) -> None:
    browser, _answer = give_password(user)
    browser.post(AGAIN, {"password": PASSWORD})
    picture = browser.get(reverse("mfa_activate_totp")).context["totp_svg"]
    assert (picture.count("<rect"), 'fill="white"' in picture) == (1, True)
