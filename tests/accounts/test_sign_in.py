"""Signing in: one answer for every wrong try, and limits that are counted in the database."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.cast import new_user

pytestmark = pytest.mark.django_db

PASSWORD = "harbour-lantern-42"
SIGN_IN = reverse("account_login")
ADDRESSES = {"known": "nils.new@example.com", "inactive": "ina.left@example.com", "unknown": "nobody@example.com"}


@pytest.fixture(autouse=True)
def no_earlier_attempts(db: None) -> None:
    cache.clear()


@pytest.fixture
def users() -> None:
    for name in ("Nils New", "Ina Left"):
        user = new_user(name)
        user.set_password(PASSWORD)
        user.save()
    User.objects.filter(email=ADDRESSES["inactive"]).update(is_active=False)


def try_as(address: str) -> Any:
    return Client().post(SIGN_IN, {"login": address, "password": "wrong-wrong-wrong"})


def test_wrong_password_and_unknown_address_get_the_same_answer(users: None) -> None:
    answers = [try_as(address) for address in ADDRESSES.values()]
    assert [answer.status_code for answer in answers] == [answers[0].status_code] * 3
    assert [answer.context["form"].errors for answer in answers] == [answers[0].context["form"].errors] * 3


def test_limit_on_one_address_is_counted_in_the_database(users: None) -> None:
    told = [str(try_as(ADDRESSES["known"]).context["form"].errors) for _turn in range(6)]
    assert (len(set(told[:5])), told[5] != told[4]) == (1, True)
    assert django_settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_limit_is_the_same_for_an_address_without_an_account(users: None) -> None:
    told = {}
    for case in ("known", "unknown"):
        # Else the limit on where the tries come from would speak first.
        cache.clear()
        told[case] = [str(try_as(ADDRESSES[case]).context["form"].errors) for _turn in range(6)]
    assert told["known"] == told["unknown"]
