"""How the API describes itself: what each operation needs, takes and answers, read from its viewset."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from core.api import PROBLEM_TYPE

REFUSALS = {
    "400": "The body is not JSON.",
    "401": "No valid token was sent.",
    "403": "The role or the token's scopes do not allow it.",
    "404": "Nothing there, or nothing that the caller may see.",
    "406": "Something else than JSON was asked for.",
    "409": "The state of the project or of the thing does not allow it.",
    "412": "Somebody changed it since it was read.",
    "415": "The body is something else than JSON.",
    "422": "Values that cannot be taken, each with its place.",
    "428": "If-Match is missing.",
    "429": "Too many requests in this minute.",
}
OF_EVERY = ("401", "403", "404", "406", "429")
OF_METHOD = {
    "GET": (),
    "POST": ("400", "409", "415", "422"),
    "PATCH": ("400", "409", "412", "415", "422", "428"),
}

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Any text of yours, at most 200 signs. The same request sent again with it acts once.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of the version that you have read."
)


class FaultSerializer(serializers.Serializer[Any]):
    """One value that cannot be taken."""

    pointer = serializers.CharField(required=False, help_text="Where in the body, as a JSON pointer.")
    parameter = serializers.CharField(required=False, help_text="Which parameter of the address.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong, after RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence for people, in their language.")
    code = serializers.CharField(help_text="For programs; it never changes.")
    errors = FaultSerializer(many=True, required=False)
    capability = serializers.CharField(required=False, help_text="What the role lacks.")
    etag = serializers.CharField(required=False, help_text="The version that stands now.")


class OperationSchema(AutoSchema):
    """Adds to each operation its capability, the headers of its method and every way to refuse it."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            operation["x-capability"] = self.view.capabilities[self.view.action]
        return operation

    def get_override_parameters(self) -> list[Any]:
        if self.view.action in self.view.repeatable | self.view.shows_secret:
            return []
        if self.view.action in self.view.asked:
            return [self.view.input_serializers[self.view.action]]
        return {"POST": [IDEMPOTENCY_KEY], "PATCH": [IF_MATCH]}.get(self.method, [])

    def get_summary(self) -> str:
        """The first line of what the action says of itself."""
        return self._words()[0]

    def get_description(self) -> str:
        return self._words()[1]

    def _words(self) -> tuple[str, str]:
        summary, _blank, rest = super().get_description().partition("\n")
        return summary, " ".join(rest.split())

    def get_request_serializer(self) -> Any:
        return self.view.input_serializers.get(self.view.action)

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        body: dict[str, Any] | None = super()._get_request_body(direction)
        if body is not None and self.view.action in self.view.takes_many:
            # One or a list of them.
            for content in body["content"].values():
                one = content["schema"]
                many = {
                    "type": "array",
                    "items": one,
                    "minItems": 1,
                    "maxItems": self.view.takes_many[self.view.action],
                }
                content["schema"] = {"oneOf": [one, many]}
        return body

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        for status in sorted(OF_EVERY + OF_METHOD[self.method] + self._of_query()):
            content = {PROBLEM_TYPE: {"schema": problem}}
            bodies[status] = {"description": REFUSALS[status], "content": content}
        return bodies

    def _of_query(self) -> tuple[str, ...]:
        is_read = self.method == "GET" and (self._is_list_view() or self.view.action in self.view.asked)
        return ("422",) if is_read else ()

    def _is_create_operation(self) -> bool:
        return bool(self.method == "POST" and self.view.action in self.view.creating)
