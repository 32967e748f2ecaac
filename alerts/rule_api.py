"""The alert rules of a project through the API."""

from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.actions import set_project_rule
from alerts.levels import SPEAKING
from alerts.models import ProjectRule
from alerts.registry import Unit
from alerts.rule_queries import rules_seen_by
from alerts.rule_settings import Setting
from core.entity_tags import version_to_change
from projects.api_views import ProjectViewSet

OWN_TO_THE_CLIENT = ("notice", "is_own", "changed_at", "changed_by")


class RuleSerializer(serializers.Serializer[Setting]):
    """A rule with what holds for it. Thresholds are as compared: 0.8 are 80 %, 0.05 are 5 points."""

    scale = serializers.CharField(source="scale.name", help_text="Names the rule in the address.")
    rule = serializers.CharField(source="scale.code")
    title = serializers.CharField(source="scale.label")
    compares = serializers.CharField(source="scale.compares")
    unit = serializers.ChoiceField([(unit.value, unit.value) for unit in Unit], source="scale.unit")
    is_on = serializers.BooleanField()
    notice = serializers.DecimalField(8, 4, source="thresholds.notice", help_text="For the client alone.")
    warning = serializers.DecimalField(8, 4, source="thresholds.warning")
    critical = serializers.DecimalField(8, 4, source="thresholds.critical")
    is_own = serializers.BooleanField(help_text="Set for this project; for the client alone.")
    changed_at = serializers.DateTimeField(
        source="own.changed_at", allow_null=True, default=None, help_text="For the client alone."
    )
    changed_by = serializers.CharField(
        source="own.changed_by.name", allow_null=True, default=None, help_text="For the client alone."
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        standing = self.context.get("standing")
        if standing is not None and not standing.is_client:
            for name in OWN_TO_THE_CLIENT:
                del fields[name]
        return fields


class RuleListSerializer(serializers.Serializer[Any]):
    results = RuleSerializer(many=True)


# One object with all rules, not a page of them.
RULES = forced_singular_serializer(RuleListSerializer)  # type: ignore[no-untyped-call]  # the library has no types


class RuleChangeSerializer(serializers.Serializer[Any]):
    """What is left out stays; null takes back what was set for the project."""

    is_on = serializers.BooleanField(required=False, allow_null=True)
    notice = serializers.DecimalField(8, 4, required=False, allow_null=True, min_value=0)
    warning = serializers.DecimalField(8, 4, required=False, allow_null=True, min_value=0)
    critical = serializers.DecimalField(8, 4, required=False, allow_null=True, min_value=0)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Levels are set all together."""
        sent = [attrs[name] is not None for name in SPEAKING if name in attrs]
        if sent and (len(sent) < len(SPEAKING) or any(sent) != all(sent)):
            raise serializers.ValidationError(
                {"notice": [_("Send all three levels, or null for all of them.")]}, code="levels"
            )
        return attrs


class RuleViewSet(ProjectViewSet):
    """The alert rules: which are on, and where their levels begin."""

    capabilities = {"list": "view_alerts", "retrieve": "view_alerts", "partial_update": "edit_alert_rules"}
    input_serializers = {"partial_update": RuleChangeSerializer}
    queryset = ProjectRule.objects.none()
    serializer_class = RuleSerializer
    filter_backends = []
    pagination_class = None

    @extend_schema(responses=RULES, operation_id="alert_rules_list")
    def list(self, request: Request, slug: str) -> Response:
        """Every rule; for the vendor those that are on."""
        return Response({"results": self.get_serializer(rules_seen_by(self.standing), many=True).data})

    def retrieve(self, request: Request, slug: str, scale: str) -> Response:
        """One rule."""
        return self._as_it_stands(scale)

    def partial_update(self, request: Request, slug: str, scale: str) -> Response:
        """Switch a rule on or off, or say where its levels begin."""
        setting = self._setting(scale)
        own = setting.own or ProjectRule(version=0)
        version, sent = version_to_change(request, own), self.sent(partial=True)
        bounds: tuple[Decimal, Decimal, Decimal] | None = own.bounds
        if "notice" in sent:
            bounds = None if sent["notice"] is None else (sent["notice"], sent["warning"], sent["critical"])
        set_project_rule(
            actor=self.standing.user,
            project=self.standing.project,
            scale=setting.scale,
            expected_version=version,
            is_on=sent.get("is_on", own.is_on),
            bounds=bounds,
        )
        return self._as_it_stands(scale)

    def _setting(self, scale: str) -> Setting:
        for setting in rules_seen_by(self.standing):
            if setting.scale.name == scale:
                return setting
        raise Http404(scale)

    def _as_it_stands(self, scale: str) -> Response:
        setting = self._setting(scale)
        return self.answer(setting, tagged=setting.own or ProjectRule(version=0))
