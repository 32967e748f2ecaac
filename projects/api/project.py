"""Projects and their terms."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import SIGNED_IN
from accounts.models import Organisation
from core.api_fields import DayField, HoursField, OnlyWhatIsSeen
from core.api_views import ApiViewSet
from core.entity_tags import version_to_change
from projects import actions
from projects.access import (
    organisations_that_may_open_projects,
    projects_visible_to,
    standing_in,
    standings_of,
)
from projects.api_views import ProjectViewSet
from projects.audience import Side
from projects.models import Membership, Project, Terms
from projects.standstill import said_beforehand


class OrganisationSerializer(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    name = serializers.CharField()


class ProjectSerializer(serializers.Serializer[Any]):
    """A project as the caller stands in it."""

    slug = serializers.CharField(source="project.slug", help_text="Names the project in addresses.")
    name = serializers.CharField(source="project.name")
    status = serializers.ChoiceField(Project.Status.choices, source="project.status")
    currency = serializers.CharField(source="project.currency")
    client = OrganisationSerializer(source="project.client")
    vendor = OrganisationSerializer(source="project.vendor", allow_null=True)
    planned_start_on = serializers.DateField(source="project.planned_start_on", allow_null=True)
    planned_finish_on = serializers.DateField(source="project.planned_finish_on", allow_null=True)
    side = serializers.ChoiceField(Side.choices, help_text="The side on which you stand.")
    role = serializers.ChoiceField(Membership.Role.choices, help_text="Your role on that side.")


class NewTermsSerializer(serializers.ModelSerializer[Terms]):
    class Meta:
        model = Terms
        fields = (
            "cooperation_model",
            "billing_model",
            "scope_mode",
            "budget_minutes",
            "budget_amount",
            "cap_minutes",
            "cap_amount",
        )


class NewProjectSerializer(serializers.ModelSerializer[Project]):
    client = serializers.UUIDField(help_text="Your organisation.")
    vendor_name = serializers.CharField(
        required=False, max_length=200, help_text="A vendor that does not use Oversight; it can be named later."
    )
    planned_start_on = DayField(required=False, allow_null=True)
    planned_finish_on = DayField(required=False, allow_null=True)
    terms = NewTermsSerializer(required=False)

    class Meta:
        model = Project
        fields = ("name", "client", "vendor_name", "currency", "planned_start_on", "planned_finish_on", "terms")

    def validate_client(self, value: Any) -> Organisation:
        found = organisations_that_may_open_projects(self.context["request"].user).filter(uuid=value).first()
        if found is None:
            raise serializers.ValidationError(_("You open projects for no organisation with this uuid."), code="client")
        return found


class ProjectChangeSerializer(serializers.ModelSerializer[Project]):
    planned_start_on = DayField(allow_null=True)
    planned_finish_on = DayField(allow_null=True)

    class Meta:
        model = Project
        fields = ("name", "planned_start_on", "planned_finish_on")


class StatusSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Project.Status.choices)
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=500, help_text="Both sides read it in the activity."
    )
    shown = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=64,
        help_text="As it was read beforehand. Where the effects are others by now, nothing is done.",
    )


class OutlookSerializer(serializers.Serializer[Any]):
    """What follows from one step, in sentences."""

    status = serializers.ChoiceField(Project.Status.choices)
    sentences = serializers.ListField(child=serializers.CharField())


class BeforehandSerializer(serializers.Serializer[Any]):
    """What follows from each possible step, and what is open now."""

    steps = OutlookSerializer(source="outlooks", many=True)
    open_things = serializers.ListField(child=serializers.CharField())
    shown = serializers.CharField(source="fingerprint", help_text="Send it with the step: it says what was read.")


class VendorNameSerializer(serializers.Serializer[Any]):
    vendor_name = serializers.CharField(max_length=200)


class ProjectListViewSet(ApiViewSet):
    """Every project that you take part in, by name."""

    capabilities = {"list": SIGNED_IN, "create": SIGNED_IN}
    queryset = Project.objects.none()
    serializer_class = ProjectSerializer
    input_serializers = {"create": NewProjectSerializer}
    public_id = "slug"
    filter_backends = []

    def get_queryset(self) -> Any:
        return projects_visible_to(self.request.user).order_by("name", "pk")

    def list(self, request: Request) -> Response:
        """Every project that you take part in, by name."""
        page = self.paginate_queryset(self.get_queryset())
        standings = standings_of(request.user, Project.objects.filter(pk__in=[project.pk for project in page]))
        shown = [standings[project.pk] for project in page if project.pk in standings]
        readable = [standing for standing in shown if standing.can("view_project")]
        return self.get_paginated_response(self.get_serializer(readable, many=True).data)

    def create(self, request: Request) -> Response:
        """Open a project; you become its manager on the client's side."""
        project = actions.open_project(actor=request.user, **self.sent())
        standing = standing_in(request.user, project.slug)
        return self.address(self.answer(standing, 201, tagged=standing.project), "project_detail", slug=project.slug)


class ProjectDetailViewSet(ProjectViewSet):
    """One project."""

    capabilities = {
        "retrieve": "view_project",
        "partial_update": "edit_project",
        "beforehand": "edit_project",
        "set_status": "edit_project",
        "name_vendor": "edit_project",
    }
    while_closed = frozenset({"beforehand", "set_status"})
    queryset = Project.objects.none()
    serializer_class = ProjectSerializer
    input_serializers = {
        "partial_update": ProjectChangeSerializer,
        "set_status": StatusSerializer,
        "name_vendor": VendorNameSerializer,
    }

    def retrieve(self, request: Request, slug: str) -> Response:
        """One project."""
        return self._as_it_stands()

    def partial_update(self, request: Request, slug: str) -> Response:
        """Change its name or planned dates."""
        project = self.standing.project
        version = version_to_change(request, project)
        actions.change_project(actor=request.user, project=project, expected_version=version, **self.sent(partial=True))
        return self._as_it_stands()

    @extend_schema(responses=BeforehandSerializer)
    def beforehand(self, request: Request, slug: str) -> Response:
        """What follows from each step that is possible now, and what is open."""
        said = said_beforehand(self.standing, actions.TRANSITIONS[self.standing.project.status])
        return Response(BeforehandSerializer(said).data)

    def set_status(self, request: Request, slug: str) -> Response:
        """Start, pause, close or reopen it."""
        actions.set_status(actor=request.user, project=self.standing.project, **self.sent())
        return self._as_it_stands()

    def name_vendor(self, request: Request, slug: str) -> Response:
        """Name a vendor that does not use Oversight."""
        actions.record_vendor(actor=request.user, project=self.standing.project, name=self.sent()["vendor_name"])
        return self._as_it_stands()

    def _as_it_stands(self) -> Response:
        return self.answer(self.standing, tagged=self.standing.project)


# ── Terms ───────────────────────────────────────────────────────────────────────────────────────────
class TermsSerializer(OnlyWhatIsSeen, serializers.ModelSerializer[Terms]):
    """What the two sides agreed. Amounts are in the project's currency."""

    only_with = {"view_money": tuple(Terms.IN_MONEY)}

    budget_hours = HoursField(source="budget_minutes", allow_null=True)
    cap_hours = HoursField(source="cap_minutes", allow_null=True)
    budget_amount = serializers.DecimalField(14, 2, allow_null=True, required=False, help_text="With view_money.")
    cap_amount = serializers.DecimalField(14, 2, allow_null=True, required=False, help_text="With view_money.")

    class Meta:
        model = Terms
        fields = (
            "cooperation_model",
            "billing_model",
            "scope_mode",
            "progress_rule",
            "budget_minutes",
            "budget_hours",
            "budget_amount",
            "cap_minutes",
            "cap_hours",
            "cap_amount",
            "response_days",
            "review_days",
            "cure_days",
            "warranty_days",
            "payment_days",
            "deemed_acceptance",
            "defect_hours_payable",
            "overhead_categories",
            "person_figures",
            "recorded_from",
        )
        read_only_fields = fields


class TermsChangeSerializer(serializers.ModelSerializer[Terms]):
    class Meta:
        model = Terms
        fields = tuple(name for name in TermsSerializer.Meta.fields if not name.endswith("_hours"))


class TermsViewSet(ProjectViewSet):
    """What the two sides agreed."""

    capabilities = {"retrieve": "view_project", "partial_update": "edit_terms"}
    queryset = Terms.objects.none()
    serializer_class = TermsSerializer
    input_serializers = {"partial_update": TermsChangeSerializer}

    def retrieve(self, request: Request, slug: str) -> Response:
        """What the two sides agreed."""
        return self.answer(self.standing.project.terms)

    def partial_update(self, request: Request, slug: str) -> Response:
        """Change what was agreed; the history keeps what it was."""
        terms = self.standing.project.terms
        version = version_to_change(request, terms)
        actions.change_terms(actor=request.user, terms=terms, expected_version=version, **self.sent(partial=True))
        return self.answer(terms)
