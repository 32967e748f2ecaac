"""Whether the machine lives, is ready, and keeps its promise to tell people in time. Public: no word of any project."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.clock import database_now
from status.machine import machine_at


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
    """Whether changes are judged, messages leave and figures are true; 503 as soon as somebody should look."""
    machine = machine_at(database_now())
    lengths = {
        "oldest_change_seconds": machine.oldest_change,
        "oldest_recheck_seconds": machine.oldest_recheck,
        "oldest_message_seconds": machine.oldest_message,
        "oldest_letter_seconds": machine.oldest_letter,
        "oldest_refused_mail_seconds": machine.oldest_put_off,
        "worker_silent_seconds": machine.worker_silent_for,
        "beat_silent_seconds": machine.beat_silent_for,
        "canary_started_seconds_ago": machine.canary_started,
        "canary_took_seconds": machine.canary_took,
        "reconciled_seconds_ago": machine.reconciled,
    }
    body = {
        "status": machine.status,
        **{name: None if age is None else round(age.total_seconds(), 1) for name, age in lengths.items()},
        "refused_mails": machine.put_off_count,
        "failing_evaluations": machine.failing_evaluations,
        "dead_messages": machine.dead_messages,
        "dead_letters": machine.dead_letters,
        "differing_figures": machine.drifts,
    }
    return JsonResponse(body, status=200 if machine.status == "in time" else 503)
