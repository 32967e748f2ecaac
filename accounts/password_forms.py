"""allauth's forms of a new password, which say our rules in our words."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordForm, ResetPasswordKeyForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.password_requests import request_password

# What AUTH_PASSWORD_VALIDATORS asks for.
PASSWORD_RULES = _(
    "At least 12 characters; none of the passwords that many people use, and not much like your name or address. "
    "Several words in a row are easy to remember."
)


class PasswordChangeForm(ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_RULES


class PasswordRequestForm(ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Asks nothing about the address: no account is looked up before the answer has left."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        request_password(email=email)
        return email


class PasswordResetForm(ResetPasswordKeyForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_RULES
