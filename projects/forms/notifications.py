"""The form of what comes by mail, when, and how many."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.models import MailPreference
from projects.preferences import choosable_kinds, mail_preferences_of, mails_wanted_by


class NotificationForm(forms.ModelForm):
    """``usual`` says for each kind whether it comes by mail now."""

    kinds = forms.MultipleChoiceField(
        label=_("Send me a mail when"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = MailPreference
        fields = ["alert_mails", "quiet_hours", "weekly_summary"]
        labels = {
            "alert_mails": _("Alerts come"),
            "quiet_hours": _("Outside the working hours of my side"),
            "weekly_summary": _("Sum up the week of all my projects in one mail"),
        }
        widgets = {"alert_mails": forms.RadioSelect, "quiet_hours": forms.RadioSelect}
        help_texts = {
            "quiet_hours": _("Working hours are those of your side's calendar in each project."),
            "weekly_summary": _("On the first working morning of the week."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.usual = mails_wanted_by(user)
        kwargs["initial"] = {"kinds": [kind for kind, is_on in self.usual.items() if is_on]}
        kwargs["instance"] = mail_preferences_of([user])[user]
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField
            (kind, told.name) for kind, told in choosable_kinds().items()
        ]

    @property
    def wanted(self) -> dict[str, bool]:
        """For each kind whether it is to come by mail."""
        return {kind: kind in self.cleaned_data["kinds"] for kind in self.usual}

    @property
    def habits(self) -> dict[str, Any]:
        """When mails come and how many."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
