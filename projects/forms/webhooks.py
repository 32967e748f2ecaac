"""The form of a webhook."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from projects.actions.webhooks import refuse_address
from projects.models import Webhook
from projects.telling_programs import kinds_for_programs


class WebhookForm(forms.Form):
    """Where messages are posted, and of what."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("With https://. Each message is posted there as JSON and signed; private addresses are refused."),
    )
    kinds = forms.MultipleChoiceField(label=_("Told when"), widget=forms.CheckboxSelectMultiple)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, side: str, webhook: Webhook | None = None, **kwargs: Any) -> None:
        self.names = {kind: str(told.name) for kind, told in kinds_for_programs(side).items()}
        first = {"kinds": [kind for kind in self.names if kind.startswith("alerts_")]}
        kwargs.setdefault("initial", {**self.theirs(webhook), "version": webhook.version} if webhook else first)
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = list(self.names.items())  # type: ignore[attr-defined]
        if webhook is None:
            del self.fields["version"]

    def theirs(self, webhook: Webhook) -> dict[str, Any]:
        """What stands in the fields for what is saved."""
        return {"url": webhook.url, "kinds": webhook.kinds}

    def clean_url(self) -> str:
        """What can be seen of an address by reading it."""
        url = str(self.cleaned_data["url"]).strip()
        try:
            refuse_address(url)
        except DomainError as error:
            raise ValidationError(error.message) from error
        return url
