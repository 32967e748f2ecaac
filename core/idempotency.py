"""A POST that is sent twice acts once: its answer is kept with its effect, in one transaction."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.deadlocks import retry_deadlocks
from core.models import IdempotencyKey

KEPT_FOR: Final = timedelta(hours=24)
LONGEST_KEY: Final = 200
KEPT_HEADERS: Final = ("ETag", "Location")

# One statement claims the key. A second request with the same key waits here until the first one has committed, and
# then finds its answer, or has rolled back, and then claims the key itself. What is older than a day counts as new.
CLAIM = """
    INSERT INTO core_idempotencykey AS known (client_id, key, fingerprint, headers, created_at)
    VALUES (%s, %s, %s, '{}', %s)
    ON CONFLICT (client_id, key) DO UPDATE
        SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, status = NULL, body = NULL
        WHERE known.created_at < %s
    RETURNING id
"""


class BadKey(APIException):
    status_code = 400
    default_code = "idempotency_key"


class KeyReused(APIException):
    status_code = 422
    default_code = "idempotency_key_reused"


def key_of(request: Request) -> str:
    """The ``Idempotency-Key`` of a request, or nothing."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise BadKey(_("An Idempotency-Key is at most %(most)s printable signs.") % {"most": LONGEST_KEY})
    return key


def once(act: Callable[..., Response], *, client_id: str, key: str) -> Callable[..., Response]:
    """``act`` so that it happens at most once for ``client_id`` and ``key``; the answer to a repeat is the first one's.

    Only a success is kept: what was refused did nothing, and may be sent again, mended, under the same key. The key's
    transaction is the outer one, so a deadlock of the act inside is retried here.
    """

    @retry_deadlocks
    def act_once(request: Request, *args: Any, **kwargs: Any) -> Response:
        fingerprint = fingerprint_of(request)
        with transaction.atomic():
            claimed = _claim(client_id, key, fingerprint)
            if claimed is None:
                return _repeat(IdempotencyKey.objects.get(client_id=client_id, key=key), fingerprint)
            response = act(request, *args, **kwargs)
            IdempotencyKey.objects.filter(pk=claimed).update(
                status=response.status_code,
                # An answer without content, of what was removed, is kept as null.
                body=json.loads(JSONRenderer().render(response.data) or b"null"),
                headers={name: response[name] for name in KEPT_HEADERS if name in response},
            )
            return response

    return act_once


def fingerprint_of(request: Request) -> str:
    """SHA-256 of method, path and what the body says, however it is spaced; of a file its name and its bytes."""
    body = dict(request.data.lists()) if isinstance(request.data, QueryDict) else request.data
    said = json.dumps([request.method, request.get_full_path(), body], sort_keys=True, default=_file_in_short)
    return hashlib.sha256(said.encode()).hexdigest()


def _file_in_short(file: "UploadedFile[Any]") -> list[str | None]:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return [file.name, digest.hexdigest()]


def forget_expired() -> int:
    """Delete the answers that are kept no longer. Returns how many those were."""
    forgotten, _by_model = IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return forgotten


def _claim(client_id: str, key: str, fingerprint: str) -> int | None:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [client_id, key, fingerprint, now, now - KEPT_FOR])
        row = cursor.fetchone()
    return row[0] if row else None


def _repeat(known: IdempotencyKey, fingerprint: str) -> Response:
    if known.fingerprint != fingerprint:
        raise KeyReused(_("This Idempotency-Key was used for another request. Take a new key for each act."))
    return Response(known.body, status=known.status, headers={**known.headers, "Idempotency-Replayed": "true"})
