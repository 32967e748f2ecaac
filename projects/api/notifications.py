"""What the caller is told of, and by which channels."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import SIGNED_IN
from accounts.models import User
from core.api_views import ApiViewSet
from core.entity_tags import version_to_change
from projects.models import MailPreference
from projects.preferences import (
    Channels,
    channels_wanted_by,
    choosable_kinds,
    choose_channels,
    choose_mail_preference,
    mail_preferences_of,
)

HABITS = ("alert_mails", "quiet_hours", "weekly_summary")


@dataclass(frozen=True)
class Preferences:
    """What stands now. ``version`` follows from it: nobody counts how often a user changes their mind."""

    channels: Mapping[str, Channels]
    mail: MailPreference

    @classmethod
    def of(cls, user: User) -> "Preferences":
        return cls(channels_wanted_by(user), mail_preferences_of([user])[user])

    @property
    def kinds(self) -> list[dict[str, Any]]:
        names = choosable_kinds()
        return [{"kind": kind, "name": str(names[kind].name), **asdict(one)} for kind, one in self.channels.items()]

    @property
    def version(self) -> str:
        said = [self.kinds, [getattr(self.mail, name) for name in HABITS]]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


class KindSerializer(serializers.Serializer[Any]):
    """One kind of notification of which everybody chooses. All others come by every channel."""

    kind = serializers.CharField()
    name = serializers.CharField(help_text="When it comes.")
    in_app = serializers.BooleanField(help_text="It stands in the inbox.")
    by_mail = serializers.BooleanField()


class PreferencesSerializer(serializers.ModelSerializer[MailPreference]):
    kinds = KindSerializer(many=True)
    alert_mails = serializers.ChoiceField(
        MailPreference._meta.get_field("alert_mails").choices, source="mail.alert_mails"
    )
    quiet_hours = serializers.ChoiceField(
        MailPreference._meta.get_field("quiet_hours").choices, source="mail.quiet_hours"
    )
    weekly_summary = serializers.BooleanField(source="mail.weekly_summary")

    class Meta:
        model = MailPreference
        fields = ("kinds", *HABITS)


class KindChangeSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=60)
    in_app = serializers.BooleanField(required=False)
    by_mail = serializers.BooleanField(required=False)

    def validate_kind(self, value: str) -> str:
        if value not in choosable_kinds():
            raise serializers.ValidationError(_("There is nothing to choose of this kind."), code="kind")
        return value


class PreferencesChangeSerializer(serializers.ModelSerializer[MailPreference]):
    kinds = KindChangeSerializer(many=True, required=False)

    class Meta:
        model = MailPreference
        fields = ("kinds", *HABITS)


class PreferencesViewSet(ApiViewSet):
    """What you are told of."""

    capabilities = {"retrieve": SIGNED_IN, "partial_update": SIGNED_IN}
    queryset = MailPreference.objects.none()
    serializer_class = PreferencesSerializer
    input_serializers = {"partial_update": PreferencesChangeSerializer}

    def retrieve(self, request: Request) -> Response:
        """What you are told of, by which channels, and when mails come."""
        found = Preferences.of(request.user)
        return self.answer(found, tagged=found)

    def partial_update(self, request: Request) -> Response:
        """Choose channels of single kinds, or when mails come; what is left out stays."""
        found = Preferences.of(request.user)
        version_to_change(request, found)
        sent = self.sent(partial=True)
        wanted = dict(found.channels)
        for one in sent.pop("kinds", ()):
            kind = one.pop("kind")
            wanted[kind] = Channels(**{**asdict(wanted[kind]), **one})
        choose_channels(user=request.user, wanted=wanted)
        choose_mail_preference(user=request.user, **{name: getattr(found.mail, name) for name in HABITS} | sent)
        return self.retrieve(request)
