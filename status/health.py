"""Whether the machine lives, is ready, and keeps its promise to tell people in time. Public: no word of any project."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alerts.models import Evaluation, Mark
from projects.models import OutboxMessage

# Sweeps run every twenty seconds and an evaluation takes well under one: this long only when something stands still.
LATE_AFTER = dt.timedelta(seconds=120)


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers and has every migration of this code."""
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    if missing:
        return JsonResponse({"status": "migrations missing", "missing": missing}, status=503)
    return JsonResponse({"status": "ready"})


@login_not_required
@require_safe
@never_cache
def alerts(request: HttpRequest) -> JsonResponse:
    """Whether changes are judged and messages leave in time."""
    now = timezone.now()
    oldest = {
        "oldest_change_seconds": Mark.objects.aggregate(oldest=Min("at"))["oldest"],
        "oldest_recheck_seconds": Evaluation.objects.filter(recheck_at__lte=now).aggregate(oldest=Min("recheck_at"))[
            "oldest"
        ],
        "oldest_message_seconds": OutboxMessage.objects.due(now)
        .exclude(channel=OutboxMessage.Channel.IN_APP)
        .aggregate(oldest=Min("due_at"))["oldest"],
    }
    is_late = any(at is not None and now - at > LATE_AFTER for at in oldest.values())
    body = {
        "status": "late" if is_late else "in time",
        **{name: int((now - at).total_seconds()) if at is not None else 0 for name, at in oldest.items()},
        "failing_evaluations": Evaluation.objects.filter(failures__gt=0).count(),
        "dead_messages": OutboxMessage.objects.filter(state=OutboxMessage.State.DEAD).count(),
    }
    return JsonResponse(body, status=503 if is_late else 200)
