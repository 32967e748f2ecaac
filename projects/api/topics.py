"""What has moved, for programs that keep something up to date: they ask this before they ask for everything anew."""

import hashlib
import json
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api_views import ProjectViewSet
from projects.models import TopicVersion
from projects.topics import TOPICS, versions_for


class TopicSerializer(serializers.Serializer[Any]):
    topic = serializers.CharField()
    version = serializers.IntegerField(help_text="It rises whenever something of the topic moved that you may see.")


class TopicsSerializer(serializers.Serializer[Any]):
    results = TopicSerializer(many=True)


class TopicViewSet(ProjectViewSet):
    """What has moved."""

    capabilities = {"retrieve": "view_project"}
    queryset = TopicVersion.objects.none()
    serializer_class = TopicsSerializer

    @extend_schema(responses={200: TopicsSerializer, 304: None})
    def retrieve(self, request: Request, slug: str) -> Response:
        """The version of each topic: work items, time, comments, status, activity.

        Sent with the last ETag as If-None-Match it answers 304 as long as nothing has moved.
        """
        versions = versions_for(request.user, slug, TOPICS)
        tag = f'"{hashlib.sha256(json.dumps(versions, sort_keys=True).encode()).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == tag:
            return Response(status=304, headers={"ETag": tag})
        rows = [{"topic": topic, "version": version} for topic, version in versions.items()]
        return Response(TopicsSerializer({"results": rows}).data, headers={"ETag": tag})
