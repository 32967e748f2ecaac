"""Finding things by their words."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import SIGNED_IN
from core.api_views import ApiViewSet
from projects.access import projects_visible_to, standings_of
from projects.member_search import members_found
from projects.models import SearchDocument
from projects.search import LONGEST_QUERY, find

# A search answers with what is nearest; whoever wants everything asks the lists.
FOUND: int = 50


class FoundSerializer(serializers.ModelSerializer[SearchDocument]):
    """Something that was found, and where it leads on this site."""

    project = serializers.CharField(source="project.slug")
    updated_at = serializers.DateTimeField(
        allow_null=True, read_only=True, help_text="Null of a member, who is read when looked for."
    )

    class Meta:
        model = SearchDocument
        fields = ("project", "kind", "target", "label", "title", "path", "updated_at")
        read_only_fields = fields


@extend_schema_serializer(many=False)
class FoundThingsSerializer(serializers.Serializer[Any]):
    """What was found, the nearest first."""

    results = FoundSerializer(many=True)


class SearchViewSet(ApiViewSet):
    """Search."""

    capabilities = {"list": SIGNED_IN}
    queryset = SearchDocument.objects.none()
    serializer_class = FoundSerializer
    filter_backends = []
    pagination_class = None

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="Words; the last one also finds longer ones. W-40 as well."),
            OpenApiParameter("project", str, description="The slug of the only project to look in."),
        ],
        responses=FoundThingsSerializer,
    )
    def list(self, request: Request) -> Response:
        """The 50 nearest things that have all the words."""
        text, slug = request.query_params.get("q", "")[:LONGEST_QUERY], request.query_params.get("project", "")
        within = projects_visible_to(request.user).filter(slug=slug).first() if slug else None
        # A project that the caller does not see has nothing to be found, like one that does not exist.
        if slug and not within:
            return Response({"results": []})
        standings = standings_of(request.user)
        members = [one.document for one in members_found(standings, text, within)]
        found = [*members, *find(request.user, text, within, standings)[:FOUND]][:FOUND]
        return Response({"results": self.get_serializer(found, many=True).data})
