"""Hours as a stream of lines (NDJSON): any number of them in one request, in either direction.

Each line of an upload is an act of its own, as if it were sent alone. Its ``source_id`` makes it safe to send again:
a client whose connection broke sends everything once more.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.serializers import CharField

from budget.api import NewTimeEntrySerializer, TimeEntryApiFilter, TimeEntrySerializer, new_entries
from budget.models import TimeEntry
from budget.time_entries import record_times
from budget.time_entry_json import plain_rows, writer_for
from budget.time_entry_queries import time_entries_of
from core.api import faults_of
from core.errors import DomainError, RowsRefused
from projects.api_views import ProjectViewSet

NDJSON: Final = "application/x-ndjson"
LINES_AT_ONCE: Final = 1000
LONGEST_LINE: Final = 20_000
# Who sends only nonsense is told so before the whole of it was read.
MOST_REFUSED: Final = 1000
ROWS_AT_ONCE: Final = 2000


class LinesParser(BaseParser):
    """The body is read line by line while it comes in."""

    media_type = NDJSON

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream


class LinesRenderer(BaseRenderer):
    """Says what this speaks; the answers themselves are streams. Problems are JSON as everywhere."""

    media_type = NDJSON
    format = "ndjson"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return JSONRenderer().render(data)


class StreamedTimeEntrySerializer(NewTimeEntrySerializer):
    """A line. Unlike an entry that is sent alone it has a name of its own."""

    source_id = CharField(max_length=120, help_text="The entry's identity in your system.")


class TimeEntryStreamViewSet(ProjectViewSet):
    """Hours as lines."""

    capabilities = {"download": "view_hours", "upload": "record_time"}
    repeatable = frozenset({"upload"})
    queryset = TimeEntry.objects.none()
    serializer_class = TimeEntrySerializer
    filterset_class = TimeEntryApiFilter
    parser_classes = [LinesParser]
    renderer_classes = [LinesRenderer, JSONRenderer]

    @extend_schema(responses={(200, NDJSON): OpenApiTypes.STR})
    def download(self, request: Request, slug: str) -> StreamingHttpResponse:
        """All time entries that the filters leave, one a line as the list has them."""
        entries = self.filter_queryset(time_entries_of(self.standing.project))
        write = JSONRenderer().render
        as_listed = writer_for(self.standing, TimeEntrySerializer.only_with)
        # Written one by one: the file may be longer than memory.
        return _streamed(write(as_listed(row)) for row in plain_rows(entries).iterator(ROWS_AT_ONCE))

    @extend_schema(request={NDJSON: StreamedTimeEntrySerializer}, responses={(200, NDJSON): OpenApiTypes.STR})
    def upload(self, request: Request, slug: str) -> StreamingHttpResponse:
        """Record one time entry a line, each with a source_id; good lines are kept whatever becomes of others.

        After each 1,000 lines a line answers, once they are stored: {"lines": [1, 1000], "new": 990, "same": 8,
        "refused": [{"line": 17, "errors": […]}, …]}. The last one is {"done": true, …} with the sums; without it
        the connection broke: send everything again.
        """
        if request.content_type.partition(";")[0].strip() != NDJSON:
            raise exceptions.UnsupportedMediaType(request.content_type)
        language = translation.get_language()

        def answers() -> Iterator[bytes]:
            # The request's own language ended with the view.
            with translation.override(language):
                for answer in self._record(_lines_of(request)):
                    yield json.dumps(answer, ensure_ascii=False).encode()

        return _streamed(answers())

    def _record(self, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
        sums = {"new": 0, "same": 0, "refused": 0}
        read = 0
        for chunk in _chunks(lines):
            first, read = read + 1, read + len(chunk)
            answer = self._record_chunk(dict(enumerate(chunk, start=first)))
            for name in ("new", "same"):
                sums[name] += answer[name]
            sums["refused"] += len(answer["refused"])
            yield {"lines": [first, read], **answer}
            if sums["refused"] > MOST_REFUSED:
                yield {"done": False, "lines": read, **sums, "stopped": _("Too many lines were refused.")}
                return
        yield {"done": True, "lines": read, **sums}

    def _record_chunk(self, chunk: dict[int, bytes]) -> dict[str, Any]:
        """Record what can be, and say of each other line why not. A blank line says nothing and is passed over."""
        refused: dict[int, list[dict[str, str]]] = {}
        rows: dict[int, dict[str, Any]] = {}
        for number, line in chunk.items():
            if line.strip():
                try:
                    rows[number] = self._read(line)
                except exceptions.ValidationError as error:
                    refused[number] = faults_of(error)
        new = 0
        # Each round names every line that breaks the next rule: there are three, and then all is well.
        while rows:
            try:
                new = self._take(list(rows.values()))
                break
            except RowsRefused as error:
                for number, why in [(list(rows)[place], why) for place, why in error.rows.items()]:
                    refused[number] = [_fault_of(why)]
                    del rows[number]
        return {
            "new": new,
            "same": len(rows) - new,
            "refused": [{"line": number, "errors": refused[number]} for number in sorted(refused)],
        }

    def _read(self, line: bytes) -> dict[str, Any]:
        if len(line) >= LONGEST_LINE:
            raise exceptions.ValidationError(_("This line is too long."), code="too_long")
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise exceptions.ValidationError(_("This line is no JSON."), code="not_json") from error
        serializer = StreamedTimeEntrySerializer(data=said, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        validated: dict[str, Any] = serializer.validated_data
        return validated

    def _take(self, rows: list[dict[str, Any]]) -> int:
        project = self.standing.project
        recorded = record_times(
            actor=self.standing.user,
            project=project,
            entries=new_entries(project, rows),
            today=self.today,
            source=TimeEntry.Source.API,
        )
        return recorded.new_count


def _fault_of(error: DomainError) -> dict[str, str]:
    pointer = f"#/{error.field}" if error.field else "#"
    return {"pointer": pointer, "code": error.code, "detail": error.message}


def _lines_of(request: Request) -> Iterator[bytes]:
    """The body's lines as they come in; one that is too long comes cut, and its rest with it is thrown away."""
    plain: HttpRequest = request._request
    # Django takes a body of unannounced length (chunked) for an empty one; the server knows where it ends.
    ends_itself = plain.META.get("wsgi.input_terminated") and not plain.META.get("CONTENT_LENGTH")
    body: Any = plain.META["wsgi.input"] if ends_itself else plain
    while line := body.readline(LONGEST_LINE):
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
            rest = body.readline(LONGEST_LINE)
        yield line


def _chunks(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == LINES_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _streamed(lines: Iterable[bytes]) -> StreamingHttpResponse:
    return StreamingHttpResponse((line + b"\n" for line in lines), content_type=NDJSON)
