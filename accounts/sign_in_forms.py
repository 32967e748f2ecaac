"""allauth's forms in our words: labels above the fields and no text in them, and the rules of a password."""

from collections.abc import Mapping
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.password_requests import request_password

# What AUTH_PASSWORD_VALIDATORS asks for.
PASSWORD_RULES = _(
    "At least 12 characters; none of the passwords that many people use, and not much like your name or address. "
    "Several words in a row are easy to remember."
)
NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password, again")}


def _say(form: forms.BaseForm, labels: Mapping[str, Any]) -> None:
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)
    if "password1" in labels:
        form.fields["password1"].help_text = PASSWORD_RULES


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"login": _("Mail address"), "password": _("Password")})


class PasswordChangeForm(ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"oldpassword": _("Password until now"), **NEW_PASSWORD})


class PasswordRequestForm(ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Asks nothing about the address: no account is looked up before the answer has left."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"email": _("Mail address")})

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        request_password(email=email)
        return email


class PasswordResetForm(ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, NEW_PASSWORD)
