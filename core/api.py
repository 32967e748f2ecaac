"""What every answer of the API shares: pages of a list, and errors as problem details (RFC 9457)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import exceptions
from rest_framework.fields import get_error_detail
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.errors import DomainError, RowsRefused, StaleVersion

PAGE_SIZE: Final = 50
LARGEST_PAGE: Final = 200
PROBLEM_TYPE: Final = "application/problem+json"


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────
class CursorPagination(BasePagination):
    """Pages that neither repeat nor lose a row while others are added: each begins after the last row before it.

    The queryset's own order counts and must end with the key. The cursor holds the order's values of that row and,
    for the key, which never leaves the server, the row's public id (``view.public_id``). Offsets, which DRF's cursor
    falls back to among equal values, are never used, and empty values sort as PostgreSQL sorts them.
    """

    salt = "core.api.cursor"

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        self.request, self.view = request, view
        self.order = _up_to_the_key([str(name) for name in queryset.query.order_by])
        size = self._size()
        if cursor := request.query_params.get("cursor"):
            queryset = queryset.filter(_after(self.order, self._values(cursor)))
        rows = list(queryset[: size + 1])
        self.next = self._link(rows[size - 1]) if len(rows) > size else None
        return rows[:size]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next, "results": data})

    def _size(self) -> int:
        text = self.request.query_params.get("limit", str(PAGE_SIZE))
        if text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= LARGEST_PAGE:
            return int(text)
        raise exceptions.ValidationError(
            {"limit": [_("Ask for 1 to %(most)s rows.") % {"most": LARGEST_PAGE}]}, code="limit"
        )

    def _link(self, last: Any) -> str:
        values = [_text(_read(last, name)) for name in self.order[:-1]]
        cursor = signing.dumps([self.order, values, _text(_read(last, self.view.public_id))], salt=self.salt)
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def _values(self, cursor: str) -> list[Any]:
        """The order's values of the row that the page begins after, its key last."""
        try:
            order, values, public_id = signing.loads(cursor, salt=self.salt)
            # From everything that the reader may see: the row may have left the filter since.
            key = (
                self.view.get_queryset().order_by().values_list("pk", flat=True).get(**{self.view.public_id: public_id})
            )
        except (signing.BadSignature, ValueError, ValidationError, self.view.queryset.model.DoesNotExist) as error:
            raise _bad_cursor() from error
        if order != self.order:
            raise _bad_cursor()
        return [*values, key]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string"},
                "description": "Follow `next` of an answer; it holds the cursor of the next page.",
            },
            {
                "name": "limit",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
                "description": "Rows a page.",
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "The next page; null on the last one.",
                },
                "results": schema,
            },
        }


def _up_to_the_key(order: list[str]) -> list[str]:
    """What comes after the key sorts nothing any more."""
    for place, name in enumerate(order):
        if name.lstrip("-") == "pk":
            return order[: place + 1]
    raise TypeError("a list needs an order with the key in it")


def _bad_cursor() -> exceptions.ValidationError:
    return exceptions.ValidationError(
        {"cursor": [_("This cursor does not belong to this list. Begin anew.")]}, "cursor"
    )


def _read(row: Any, path: str) -> Any:
    """What stands at ``path`` of a model, or in a row of plain values under that very name."""
    plain = path.lstrip("-")
    if hasattr(row, plain):
        return getattr(row, plain)
    for name in plain.split("__"):
        row = getattr(row, name)
    return row


def _text(value: Any) -> Any:
    """As JSON keeps it without losing a digit; the database reads it back."""
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind ``values``. Ascending, empty values come last, and descending first: as PostgreSQL has it."""
    found, equal = Q(pk__in=()), Q()
    for name, value in zip(order, values, strict=True):
        path = name.lstrip("-")
        empty = Q(**{f"{path}__isnull": True})
        if name.startswith("-"):
            behind = ~empty if value is None else Q(**{f"{path}__lt": value})
        else:
            behind = Q(pk__in=()) if value is None else Q(**{f"{path}__gt": value}) | empty
        found |= equal & behind
        equal &= empty if value is None else Q(**{path: value})
    return found


# ── Problems ────────────────────────────────────────────────────────────────────────────────────────
class PreconditionRequired(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_code = "precondition_required"


@dataclass(frozen=True)
class Problem:
    """What went wrong, for people (``detail``) and for programs (``code``)."""

    status: int
    code: str
    detail: str
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        return {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": int(self.status),
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }


def not_found_problem() -> Problem:
    """One answer for a stranger, for nothing there and for an address that leads nowhere."""
    return Problem(404, "not_found", _("There is nothing here that you may see."))


def problem_details(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to ``error``; None for what nobody foresaw, which stays a 500 and is logged."""
    problem = _problem_of(error, of_query=context["request"].method in ("GET", "HEAD"))
    if problem is None:
        return None
    return Response(problem.body, problem.status, headers=dict(problem.headers), content_type=PROBLEM_TYPE)


def _problem_of(error: Exception, *, of_query: bool) -> Problem | None:
    match error:
        case Http404() | exceptions.NotFound():
            return not_found_problem()
        case PermissionDenied():
            wanted = {"capability": str(error)} if str(error) else {}
            return Problem(403, "capability_missing", _("Your role in this project does not allow this."), wanted)
        case DomainError():
            return _of_domain(error)
        case ValidationError() | exceptions.ValidationError():
            detail = get_error_detail(error) if isinstance(error, ValidationError) else error.detail
            return _invalid(list(_faults(detail, of_query=of_query)))
        case exceptions.APIException():
            return _of_framework(error)
    return None


def _of_domain(error: DomainError) -> Problem:
    """A value at fault is named; without one it is the state of things that does not allow the act."""
    if isinstance(error, StaleVersion):
        return Problem(412, error.code, str(error), {"etag": f'"v{error.current.version}"'})
    if isinstance(error, RowsRefused):
        return _invalid([_fault((row, one.field), one.code, one.message) for row, one in error.rows.items()])
    if error.field:
        return Problem(422, error.code, error.message, {"errors": [_fault((error.field,), error.code, error.message)]})
    return Problem(409, error.code, error.message)


def _of_framework(error: exceptions.APIException) -> Problem:
    codes: Any = error.get_codes()
    headers = {}
    if challenge := getattr(error, "auth_header", ""):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Problem(error.status_code, codes if isinstance(codes, str) else "refused", str(error.detail), {}, headers)


def _invalid(faults: list[dict[str, str]]) -> Problem:
    detail = ngettext(
        "%(count)s value cannot be taken; nothing was changed.",
        "%(count)s values cannot be taken; nothing was changed.",
        len(faults),
    ) % {"count": len(faults)}
    return Problem(422, "invalid", detail, {"errors": faults})


def faults_of(error: exceptions.ValidationError) -> list[dict[str, str]]:
    """Each thing that is wrong with what was sent, with its place."""
    return list(_faults(error.detail))


def _faults(detail: Any, path: tuple[Any, ...] = (), *, of_query: bool = False) -> Iterator[dict[str, str]]:
    """Each error of a nested detail with the place that it speaks of."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = path if name in ("non_field_errors", "__all__") else (*path, name)
            yield from _faults(inner, here, of_query=of_query)
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            here = (*path, number) if isinstance(inner, dict | list) else path
            yield from _faults(inner, here, of_query=of_query)
    else:
        yield _fault(path, detail.code, str(detail), of_query=of_query)


def _fault(path: Sequence[Any], code: str, detail: str, *, of_query: bool = False) -> dict[str, str]:
    if of_query:
        return {"parameter": "/".join(map(str, path)), "code": code, "detail": detail}
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in path if part != ""]
    return {"pointer": "".join(["#", *(f"/{part}" for part in parts)]), "code": code, "detail": detail}
