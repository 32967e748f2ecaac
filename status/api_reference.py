"""The API's reference as a page of the site, read from the schema that the API gives of itself."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator

from accounts.access import personal_view
from projects.roles import CAPABILITIES

Schema = Mapping[str, Any]
METHODS = ("get", "post", "patch")
SAMPLES = {
    "date": "2026-09-01",
    "date-time": "2026-09-01T09:30:00Z",
    "uuid": "5f0c6c4e-8f2b-4f2e-9d57-2f4f8e7a1c11",
    "decimal": "80.00",
    "email": "dora@example.com",
    "uri": "https://example.com/PROJ-118",
}


@dataclass(frozen=True)
class Field:
    """A parameter, or a value of a body. ``place`` is path, query, header, or empty for a body."""

    name: str
    place: str
    kind: str
    is_required: bool
    text: str


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    key: str
    method: str
    path: str
    summary: str
    text: str
    needs: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: tuple[Field, ...]
    is_list: bool
    refusals: tuple[tuple[str, str], ...]
    example: str


@dataclass(frozen=True)
class Resource:
    """Everything below one address."""

    name: str
    operations: tuple[Operation, ...]


@personal_view
def reference(request: HttpRequest) -> HttpResponse:
    """What programs can ask for and do."""
    return render(request, "status/api_reference.html", {"resources": resources(), "site": settings.SITE_URL})


def resources() -> tuple[Resource, ...]:
    """The operations by resource, in the order of their addresses."""
    return _resources(get_language())


@lru_cache(maxsize=8)
def _resources(language: str) -> tuple[Resource, ...]:
    # The schema never changes while a process lives; the words around it are the reader's.
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                reader = _Reader(schema["components"]["schemas"])
                found.setdefault(_resource_of(path), []).append(reader.operation(path, method, methods[method]))
    return tuple(Resource(name, tuple(operations)) for name, operations in found.items())


def _resource_of(path: str) -> str:
    words = [part for part in path.removeprefix("/api/v1/").split("/") if part and not part.startswith("{")]
    own = words[1:] if words[0] == "projects" and len(words) > 1 and words[1] not in ("status", "vendor") else words[:1]
    return own[0].replace("-", " ")


@dataclass(frozen=True)
class _Reader:
    """Reads operations of a schema with its named components."""

    components: Mapping[str, Schema]

    def operation(self, path: str, method: str, said: Schema) -> Operation:
        parameters = tuple(self._parameter(one) for one in said.get("parameters", ()))
        body = self._content(said.get("requestBody", {}))
        answer, is_list = self._answer(said["responses"])
        refusals = ((status, one["description"]) for status, one in said["responses"].items() if status >= "400")
        return Operation(
            key=said["operationId"],
            method=method.upper(),
            path=path,
            summary=said["summary"],
            text=said.get("description", ""),
            needs=CAPABILITIES.get(said["x-capability"], "be signed in"),
            parameters=parameters,
            body=tuple(self._fields(body)),
            answer=tuple(replace(field, is_required=False) for field in self._fields(answer)),
            is_list=is_list,
            refusals=tuple(refusals),
            example=self._example(path, method, parameters, body),
        )

    def _parameter(self, one: Schema) -> Field:
        text = one.get("description", "")
        return Field(one["name"], one["in"], self._kind(one["schema"]), one.get("required", False), text)

    def _content(self, said: Schema) -> Schema:
        """The schema of a body; of one or a list of them, the one."""
        content = next(iter(said.get("content", {}).values()), {})
        return self._resolved(content.get("schema", {}))

    def _resolved(self, schema: Schema) -> Schema:
        if "$ref" in schema:
            return self._resolved(self.components[schema["$ref"].rpartition("/")[2]])
        for key in ("allOf", "oneOf", "anyOf"):
            if schema.get(key):
                return self._resolved(schema[key][0])
        return schema

    def _answer(self, responses: Schema) -> tuple[Schema, bool]:
        good = next((said for status, said in responses.items() if status < "300"), {})
        schema = self._content(good)
        results = schema.get("properties", {}).get("results", {})
        if "next" in schema.get("properties", {}) and results:
            return self._resolved(results["items"]), True
        return schema, False

    def _fields(self, schema: Schema, above: str = "") -> Iterator[Field]:
        required = schema.get("required", ())
        for name, said in schema.get("properties", {}).items():
            inner = self._resolved(said.get("items", said))
            yield Field(above + name, "", self._kind(said), name in required, said.get("description", ""))
            if "properties" in inner:
                yield from self._fields(inner, f"{above}{name}{'[]' if 'items' in said else ''}.")

    def _kind(self, schema: Schema) -> str:
        if "enum" not in schema and any(key in schema for key in ("$ref", "allOf", "oneOf", "anyOf")):
            schema = self._resolved(schema)
        if choices := [str(choice) for choice in schema.get("enum", ()) if choice not in ("", None)]:
            return _("one of %(choices)s") % {"choices": ", ".join(choices)}
        if schema.get("format") in SAMPLES:
            return str(schema["format"])
        types = schema.get("type", "object")
        return " | ".join(types) if isinstance(types, list) else str(types)

    def _example(self, path: str, method: str, parameters: tuple[Field, ...], body: Schema) -> str:
        lines = [f"curl -X {method.upper()} {settings.SITE_URL}{path}", "-H 'Authorization: Bearer ovs_…'"]
        lines += ["""-H 'If-Match: "v1"'""" for one in parameters if one.name == "If-Match"]
        if body:
            lines += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(self._sample(body))}'"]
        return " \\\n  ".join(lines)

    def _sample(self, schema: Schema) -> Any:
        """The least that is taken; where nothing has to be sent, the first value that can be."""
        properties = schema.get("properties", {})
        names = schema.get("required") or list(properties)[:1]
        return {name: self._value(self._resolved(properties[name])) for name in names}

    def _value(self, schema: Schema) -> Any:
        kinds = schema.get("type", "object")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        if schema.get("enum"):
            return schema["enum"][0]
        if schema.get("format") in SAMPLES:
            return SAMPLES[schema["format"]]
        if kind == "object":
            return self._sample(schema)
        return {"integer": 90, "boolean": True, "array": []}.get(kind, "…")
