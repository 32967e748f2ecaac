"""A forgotten password: the mailed link opens the form for a new one, once."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import PasswordRequest, User
from accounts.password_requests import answer_password_requests
from core.letters import send_due_letters
from tests.cast import new_user

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "lantern-harbour-43"


@pytest.fixture
def user() -> User:
    cache.clear()
    user = new_user("Nils New")
    user.set_password("harbour-lantern-42")
    user.save()
    return user


def mailed_link(user: User) -> str:
    """The path of the link in the mail that the page sends."""
    Client().post(reverse("account_reset_password"), {"email": user.email})
    assert mail.outbox == []
    assert (answer_password_requests(), send_due_letters(), PasswordRequest.objects.count()) == (1, 1, 0)
    (path,) = set(re.findall(r"https?://[^/\s]+(/password/reset/\S+/)", str(mail.outbox[0].body)))
    return str(path)


def test_mailed_link_leads_to_a_new_password_once(user: User) -> None:
    browser, link = Client(), mailed_link(user)
    form = browser.get(link)["Location"]
    assert browser.get(form).status_code == 200
    answer = browser.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert answer["Location"] == reverse("account_reset_password_from_key_done")
    assert Client().login(email=user.email, password=NEW_PASSWORD)
    again = Client().get(link)
    assert (again.status_code, "This link no longer works" in again.content.decode()) == (200, True)
