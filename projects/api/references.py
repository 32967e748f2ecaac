"""How something sent names a person of the project, and who may say where a record comes from."""

import uuid
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Person
from projects.access import Standing
from projects.models import ProjectPerson


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


def check_recorded_from(standing: Standing, recorded_from: str) -> str:
    """Only the client records acts of the vendor from a file or mail."""
    if recorded_from and not standing.is_client:
        raise serializers.ValidationError(_("Only the client records what the vendor said."), code="not_client")
    return recorded_from
