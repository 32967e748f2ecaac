"""What somebody who was invited says of themself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import ACCOUNT_FIELDS, NewAccountForm
from accounts.models import Organisation, User
from accounts.organisations import named_like, organisations_administered_by
from core.forms import needed_when
from projects.models import Invitation


class AcceptForm(NewAccountForm):
    """The account, for whoever has none; and for the vendor's first manager, which organisation they speak for."""

    organisation = forms.ModelChoiceField(
        label=_("You take part for"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("a new organisation, named below"),
    )
    organisation_name = forms.CharField(
        label=_("Name of your organisation"),
        max_length=200,
        required=False,
        help_text=_("As you write it yourselves. You look after its people here."),
    )
    is_another = forms.BooleanField(
        label=_("Make a second organisation of this name"),
        required=False,
        help_text=_("People, rates and roles of the one that you have do not belong to it."),
    )

    def __init__(
        self, *args: Any, invitation: Invitation, user: User | None, brings_the_vendor: bool, **kwargs: Any
    ) -> None:
        initial = {
            "name": invitation.name,
            "time_zone": invitation.invited_by.time_zone,
            "organisation_name": invitation.project.vendor.name if invitation.project.vendor else "",
        }
        super().__init__(*args, email=invitation.email, initial=initial, **kwargs)
        if user is not None:
            for name in ACCOUNT_FIELDS:
                del self.fields[name]
        own = Organisation.objects.none() if user is None else organisations_administered_by(user)
        own = own.exclude(pk=invitation.project.client_id)
        if brings_the_vendor and own:
            self.fields["organisation"].queryset = own  # type: ignore[attr-defined]
            self.initial["organisation"] = named_like(initial["organisation_name"], own) or own[0]
            needed_when(self.fields["organisation_name"], _("needed for a new one"))
        else:
            del self.fields["organisation"]
            self.fields["organisation_name"].required = True
        if not brings_the_vendor:
            del self.fields["organisation_name"]
        # Asked of whoever is about to make a second one, and of nobody else.
        sent = "" if self.data.get("organisation") else str(self.data.get("organisation_name", ""))
        if not brings_the_vendor or named_like(sent, own) is None:
            del self.fields["is_another"]

    def chosen(self) -> dict[str, Any]:
        """What ``accept_invitation`` takes."""
        found = self.cleaned_data
        return {
            "account": self.account() if "password" in self.fields else None,
            "organisation": found.get("organisation"),
            "organisation_name": found.get("organisation_name", ""),
            "is_another": found.get("is_another", False),
        }
