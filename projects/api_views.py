"""The viewset of everything that belongs to one project."""

import datetime as dt
import zoneinfo
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from core.api_views import ApiViewSet
from projects.access import Standing
from projects.api_access import TokenAuthentication


class ProjectViewSet(ApiViewSet):
    """A resource of the project that the address names. ``standing`` is the caller's, set once access is granted."""

    standing: Standing
    # Actions that a closed project takes all the same.
    while_closed: ClassVar[frozenset[str]] = frozenset()

    @property
    def today(self) -> dt.date:
        """The caller's day."""
        return timezone.localdate(timezone=zoneinfo.ZoneInfo(self.standing.user.time_zone))

    def get_serializer_context(self) -> dict[str, Any]:
        # Without a standing the serializers describe themselves whole: for the reference.
        return {**super().get_serializer_context(), "standing": getattr(self, "standing", None)}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the reference describes it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from your profile. It acts as you, in every project that you see.",
        }
