"""The form of what comes by mail, when, and how many."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.models import MailPreference
from projects.preferences import Channels, channels_wanted_by, choosable_kinds, mail_preferences_of

CHANNELS = ("in_app", "by_mail")


class NotificationForm(forms.ModelForm):
    """``usual`` says for each kind by which channels it comes now."""

    in_app = forms.MultipleChoiceField(label=_("In the inbox"), required=False, widget=forms.CheckboxSelectMultiple)
    by_mail = forms.MultipleChoiceField(label=_("By mail"), required=False, widget=forms.CheckboxSelectMultiple)

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
        self.usual = channels_wanted_by(user)
        kwargs["initial"] = {
            "in_app": [kind for kind, channels in self.usual.items() if channels.in_app],
            "by_mail": [kind for kind, channels in self.usual.items() if channels.by_mail],
        }
        kwargs["instance"] = mail_preferences_of([user])[user]
        super().__init__(*args, **kwargs)
        self.names = {kind: str(told.name) for kind, told in choosable_kinds().items()}
        for name in CHANNELS:
            self.fields[name].choices = list(self.names.items())  # type: ignore[attr-defined]  # MultipleChoiceFields

    @property
    def rows(self) -> Iterator[tuple[str, Any, Any]]:
        """What happens, with the marks of both channels: a row of the table each."""
        return zip(self.names.values(), self["in_app"], self["by_mail"], strict=True)

    @property
    def wanted(self) -> dict[str, Channels]:
        """For each kind by which channels it is to come."""
        in_app, by_mail = (self.cleaned_data[name] for name in CHANNELS)
        return {kind: Channels(kind in in_app, kind in by_mail) for kind in self.usual}

    @property
    def habits(self) -> dict[str, Any]:
        """When mails come and how many."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
