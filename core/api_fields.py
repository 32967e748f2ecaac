"""Fields of the API's answers: exact in JSON, which knows no decimal."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.days import TOO_FAR, is_plausible


@extend_schema_field({"type": "string", "format": "decimal", "examples": ["12.50"]})
class HoursField(serializers.Field[Any, Any, str, Any]):
    """Minutes as hours with two decimals, in a string. The exact minutes always stand beside it."""

    def to_representation(self, value: int | Decimal) -> str:
        return f"{Decimal(value) / 60:.2f}"


class DayField(serializers.DateField):
    """A day that a project can have. The last days of the calendar have no tomorrow to count with."""

    default_error_messages = {"far": TOO_FAR}

    def to_internal_value(self, value: Any) -> dt.date:
        day: dt.date = super().to_internal_value(value)
        if not is_plausible(day):
            self.fail("far")
        return day


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "examples": ["09:00"]})
class ClockField(serializers.TimeField):
    """A time of day, to the minute. JSON Schema's own "time" is an instant with its zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


class OnlyWhatIsSeen(serializers.Serializer[Any]):
    """Leaves out what the reader may not see. ``only_with`` names for a capability the fields that need it."""

    only_with: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        standing = self.context.get("standing")
        for capability, names in self.only_with.items():
            if standing is not None and not standing.can(capability):
                for name in names:
                    del fields[name]
        return fields
