"""A forgotten password: asked for by whoever knows an address, answered by a mail to it."""

from typing import Final
from uuid import uuid4

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import PasswordRequest, User
from core.doorbell import ring
from core.letters import post_letter

BATCH: Final = 20


@transaction.atomic
def request_password(*, email: str) -> None:
    """Note the address, whosever it is, and ring for the worker who knows more."""
    PasswordRequest.objects.create(email=email.strip().lower(), locale=translation.get_language() or "en")
    ring("accounts.answer_password_requests")


def answer_password_requests() -> int:
    """Write a letter for each request: the link, or that there is no account. Returns how many."""
    answered = 0
    while count := _answer_some():
        answered += count
    return answered


@transaction.atomic
def _answer_some() -> int:
    asked = list(PasswordRequest.objects.select_for_update(skip_locked=True).order_by("pk")[:BATCH])
    for one in asked:
        user = User.objects.filter(email=one.email, is_active=True).first()
        with translation.override(user.locale if user else one.locale):
            _write(user, one.email)
    PasswordRequest.objects.filter(pk__in=[one.pk for one in asked]).delete()
    return len(asked)


def _write(user: User | None, email: str) -> None:
    kind, subject = (
        ("password_reset_key", _("Oversight: choose a new password"))
        if user
        else ("unknown_account", _("Oversight: no account with this address"))
    )
    context = {"user": user, "email": email, "password_reset_url": _address(user) if user else ""}
    post_letter(
        about=user.uuid if user else uuid4(),
        to=email,
        subject=subject,
        text=render_to_string(f"account/email/{kind}_message.txt", context),
        html=render_to_string(f"account/email/{kind}_message.html", context),
    )


def _address(user: User) -> str:
    """The link that allauth's own page takes; a new password, or a change of the address, ends it."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return str(settings.SITE_URL) + reverse("account_reset_password_from_key", kwargs=key)
