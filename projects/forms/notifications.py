"""The form of what comes by mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.preferences import choosable_kinds, mails_wanted_by


class NotificationForm(forms.Form):
    """``usual`` says for each kind whether it comes by mail now."""

    kinds = forms.MultipleChoiceField(
        label=_("Send me a mail when"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.usual = mails_wanted_by(user)
        kwargs["initial"] = {"kinds": [kind for kind, is_on in self.usual.items() if is_on]}
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField
            (kind, told.name) for kind, told in choosable_kinds().items()
        ]

    @property
    def wanted(self) -> dict[str, bool]:
        """For each kind whether it is to come by mail."""
        return {kind: kind in self.cleaned_data["kinds"] for kind in self.usual}
