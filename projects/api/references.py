"""How something sent names people and members of the project, and who may say where a record comes from."""

import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Person, User
from projects.access import Standing
from projects.models import Membership, ProjectPerson
from projects.queries import members_of, who_may_stand_in


class PersonField(serializers.UUIDField):
    """A person of the project by uuid. One of another project is as unknown as none."""

    default_error_messages = {"not_of_project": _("Nobody of this project has this uuid.")}

    def to_internal_value(self, data: Any) -> Person:
        public: uuid.UUID = super().to_internal_value(data)
        project = self.context["standing"].project
        member = ProjectPerson.objects.select_related("person").filter(project=project, person__uuid=public).first()
        if member is None:
            self.fail("not_of_project")
        return member.person


class MemberField(serializers.UUIDField):
    """A member of the caller's side by uuid."""

    default_error_messages = {"not_of_side": _("Choose somebody of the same side who takes part.")}

    def to_internal_value(self, data: Any) -> Membership:
        public: uuid.UUID = super().to_internal_value(data)
        standing: Standing = self.context["standing"]
        members = members_of(standing.project, timezone.now().date())
        member = members.filter(side=standing.side, uuid=public).first()
        if member is None:
            self.fail("not_of_side")
        return member


@extend_schema_field({"type": "string", "format": "email"})
class ColleagueField(serializers.Field[User, str, str, Any]):
    """Somebody who may stand in, by mail address. Whom the caller cannot know of is as unknown as nobody."""

    default_error_messages = {
        "unknown": _("No colleague from the projects that you see has this address. Invite anybody else first.")
    }

    def to_internal_value(self, data: Any) -> User:
        colleagues = who_may_stand_in(self.context["standing"], timezone.now().date())
        found = colleagues.filter(email=data.strip().lower()).first() if isinstance(data, str) else None
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value: User) -> str:
        return value.email


def check_recorded_from(standing: Standing, recorded_from: str) -> str:
    """Only the client records acts of the vendor from a file or mail."""
    if recorded_from and not standing.is_client:
        raise serializers.ValidationError(_("Only the client records what the vendor said."), code="not_client")
    return recorded_from
