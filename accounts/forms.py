"""Forms of what is the user's own: the profile and API tokens."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import ApiToken, OrganisationLink, OrganisationRole, User
from accounts.sign_in_forms import PASSWORD_RULES
from accounts.time_zones import time_zones

DAYS_TO_EXPIRY = (30, 90, 365)
USUAL_DAYS = 90
ACCOUNT_FIELDS = ("name", "password", "locale", "time_zone")


class ProfileForm(forms.ModelForm):
    """Name, language and time zone."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = User
        fields = ("name", "locale", "time_zone")
        help_texts = {"name": _("As the people of your projects know you.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        self.fields["locale"] = forms.ChoiceField(
            label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the pages and of mails to you.")
        )
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=time_zones(self.instance.time_zone),
            help_text=_("Times are shown in it. A deadline also says the time of its side."),
            widget=forms.Select(attrs={"data-time-zone": ""}),
        )


class NewAccountForm(forms.Form):
    """Who comes by a link: a name, a password by the rules, language and time zone. The address is the link's."""

    name = forms.CharField(label=_("Your name"), max_length=150, help_text=_("As the others will read it."))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_RULES,
    )
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=(), widget=forms.Select(attrs={"data-time-zone": ""}))

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        zone = self.initial.get("time_zone", settings.TIME_ZONE)
        self.fields["time_zone"].choices = time_zones(zone)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned:
            try:
                validate_password(cleaned["password"], User(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def account(self) -> dict[str, Any]:
        """What ``create_user`` takes beside the address."""
        return {name: self.cleaned_data[name] for name in ACCOUNT_FIELDS}


class JoinForm(NewAccountForm):
    """A role in an organisation is taken; with the first link the organisation is opened and the address said, too."""

    organisation_name = forms.CharField(
        label=_("Name of your organisation"), max_length=200, help_text=_("The client’s, as the vendors know it.")
    )
    address = forms.EmailField(label=_("Your mail address"), max_length=254, help_text=_("You sign in with it."))

    field_order = ("organisation_name", "address")

    def __init__(self, *args: Any, link: OrganisationLink, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, email=link.email, **kwargs)
        if link.organisation is not None:
            del self.fields["organisation_name"], self.fields["address"]
        if user is not None:
            for name in ACCOUNT_FIELDS:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        self.email = self.email or self.cleaned_data.get("address", "")
        return super().clean()

    def chosen(self) -> dict[str, Any]:
        """What ``use_organisation_link`` takes."""
        return {
            "email": self.cleaned_data.get("address", ""),
            "account": self.account() if "password" in self.fields else None,
            "organisation_name": self.cleaned_data.get("organisation_name", ""),
        }


class OrganisationInvitationForm(forms.Form):
    """A mail address and the role offered in the organisation."""

    email = forms.EmailField(label=_("Mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (OrganisationRole.Role.PORTFOLIO_VIEWER, _("portfolio viewer: reads every project of the organisation")),
            (OrganisationRole.Role.ADMIN, _("administrator: opens projects and looks after these people")),
        ],
        initial=OrganisationRole.Role.PORTFOLIO_VIEWER,
        widget=forms.RadioSelect,
    )


class TokenForm(forms.Form):
    """A new API token: what it is for, what it may do, how long."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What uses it, such as “time sheets every night”.")
    )
    scope = forms.ChoiceField(
        label=_("It may"),
        choices=ApiToken.Scope.choices,
        initial=ApiToken.Scope.READ,
        widget=forms.RadioSelect,
        help_text=_("In every project that you see, and never more than you may do there yourself."),
    )
    days = forms.TypedChoiceField(
        label=_("It works for"),
        # Said anew for each form: a text with a number in it is made when it is asked for.
        choices=lambda: [
            (days, ngettext("%(days)s day", "%(days)s days", days) % {"days": days}) for days in DAYS_TO_EXPIRY
        ],
        initial=USUAL_DAYS,
        coerce=int,
    )

    def wanted(self) -> dict[str, Any]:
        """What ``create_token`` takes."""
        may_write = self.cleaned_data["scope"] == ApiToken.Scope.WRITE
        return {
            "name": self.cleaned_data["name"],
            "scopes": ApiToken.Scope.values if may_write else [ApiToken.Scope.READ],
            "expires_at": timezone.now() + timedelta(days=self.cleaned_data["days"]),
        }
