"""How often one may guess: counted in the database, so across processes, and without Redis."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import PasswordRequest, User
from accounts.request_limits import LINKS_PER_MINUTE, WRONG_TOKENS_PER_MINUTE, address_of
from core.models import RequestCount
from core.request_limits import forget_counts
from launch.postgres import Urls
from tests.cast import new_user

PASSWORD, WRONG = "harbour-lantern-42", "wrong-wrong-wrong"
NINE_AND_FIVE_SECONDS = "2026-09-17T09:00:05Z"


@pytest.fixture
def user(database: None) -> User:
    cache.clear()
    user = new_user("Nils New")
    user.set_password(PASSWORD)
    user.save()
    return user


def guess(user: User, password: str = WRONG, **more: Any) -> Any:
    return Client().post(reverse("account_login"), {"login": user.email, "password": password}, **more)


# ── Sign-in ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_after_five_wrong_passwords_the_right_one_waits_too(user: User) -> None:
    for _turn in range(5):
        guess(user, REMOTE_ADDR=f"198.51.100.{_turn}")
    assert guess(user, PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6), tick=False):
        assert guess(user, PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_another_process_counts_on_where_this_one_was(fresh_database: Urls, user: User) -> None:
    for _turn in range(5):
        guess(user)
    program = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        f"answer = Client().post({reverse('account_login')!r}, "
        f"{{'login': {user.email!r}, 'password': 'wrong-wrong-wrong'}})\n"
        "print('Too many failed login attempts' in answer.content.decode())\n"
    )
    environment = {**os.environ, **fresh_database.environment, "REDIS_URL": "redis://127.0.0.1:9/0"}
    asked = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=django_settings.BASE_DIR,
    )
    assert asked.stdout.strip() == "True"


@pytest.mark.django_db
def test_codes_of_the_second_factor_are_guessed_five_times(user: User) -> None:
    Authenticator.objects.create(user=user, type="totp", data={"secret": _encrypted("JBSWY3DPEHPK3PXP")})
    browser = Client()
    page = browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})["Location"]
    told = [str(browser.post(page, {"code": "000000"}).context["form"].errors) for _turn in range(6)]
    assert (len(set(told[:5])), "Too many" in told[5]) == (1, True)


def _encrypted(secret: str) -> str:
    return str(get_adapter().encrypt(secret))


@pytest.mark.django_db
def test_new_passwords_are_asked_for_five_times_a_minute(user: User) -> None:
    page = reverse("account_reset_password")
    statuses = [
        Client().post(page, {"email": user.email}, REMOTE_ADDR=f"198.51.100.{turn}").status_code for turn in range(6)
    ]
    assert statuses == [302] * 5 + [429]
    assert PasswordRequest.objects.count() == 5


# ── Links and tokens ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_all_links_of_all_kinds_count_together() -> None:
    """Who guesses gets no second round by changing the kind."""
    kinds = [reverse(name, args=["x" * 43]) for name in ("projects:act_link", "projects:invitation", "accounts:join")]
    with time_machine.travel(NINE_AND_FIVE_SECONDS, tick=False):
        for turn in range(LINKS_PER_MINUTE):
            assert Client().get(kinds[turn % 3]).status_code == 404
        for page in kinds:
            for method in ("get", "post"):
                refused = getattr(Client(), method)(page)
                assert (refused.status_code, refused["Retry-After"]) == (429, "55")
        assert "Too many requests" in refused.content.decode()
        assert Client().get(kinds[0], REMOTE_ADDR="203.0.113.9").status_code == 404


@pytest.mark.django_db
def test_wrong_tokens_of_the_api_are_limited_and_right_ones_are_not(
    client_manager: User, program: Callable[[User], Any]
) -> None:
    with time_machine.travel(NINE_AND_FIVE_SECONDS, tick=False):
        wrong = Client(headers={"Authorization": "Bearer ovs_wrong"})
        statuses = [wrong.get("/api/v1/projects/").status_code for _turn in range(WRONG_TOKENS_PER_MINUTE)]
        assert set(statuses) == {401}
        refused = wrong.get("/api/v1/projects/")
        assert (refused.status_code, refused["Retry-After"], refused.json()["code"]) == (429, "55", "throttled")
        assert program(client_manager).get("projects/").status_code == 200


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "address"),
    [
        ("203.0.113.9", "198.51.100.1", 0, "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", 2, "198.51.100.1"),
        ("2001:db8:1:2:aaaa::1", "", 0, "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", "", 0, "2001:db8:1:2::"),
    ],
)
def test_limits_go_by_the_address_before_our_proxies(
    remote: str, forwarded: str, proxies: int, address: str, settings: Any
) -> None:
    """What a client writes into the header itself counts for nothing."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})
    assert address_of(request) == address


@pytest.mark.django_db
def test_counts_of_past_minutes_are_forgotten() -> None:
    with time_machine.travel(NINE_AND_FIVE_SECONDS, tick=False):
        Client().get(reverse("projects:act_link", args=["x" * 43]))
        assert (forget_counts(), RequestCount.objects.count()) == (0, 1)
    with time_machine.travel("2026-09-17T09:01:00Z", tick=False):
        assert (forget_counts(), RequestCount.objects.count()) == (1, 0)


def test_living_counts_are_not_thrown_out_by_many_others() -> None:
    assert django_settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 10_000


# ── Passwords ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-one-1", "password_too_short"),
        ("password1234", "password_too_common"),
        ("nils.new@example.com", "password_too_similar"),
        ("niels newmann", "password_too_similar"),
    ],
)
def test_passwords_keep_to_the_rules_that_the_form_says(password: str, code: str, user: User) -> None:
    User.objects.filter(pk=user.pk).update(name="Niels Newmann")
    browser = Client()
    browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    page = reverse("account_change_password")
    shown = browser.get(page).content.decode()
    assert "At least 12 characters; none of the passwords that many people use, and not much like your name" in shown
    answer = browser.post(page, {"oldpassword": PASSWORD, "password1": password, "password2": password})
    codes = [error.code for found in answer.context["form"].errors.as_data().values() for error in found]
    assert codes == [code]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
