"""What no doorbell reached: the sweep looks for every mark and every project whose time has come.

Many projects are judged together. When that fails, each is judged alone, so that the one that trips is put off and
holds up nobody. A sweep notes what it starts: a project whose note is still there the next time took its worker with
it, and is counted as failed before it is tried again.
"""

import datetime as dt
import logging
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F

from alerts.actions.evaluation import evaluate_all, is_being_judged
from alerts.models import Evaluation, Mark
from core.clock import database_now

logger = logging.getLogger(__name__)

LONGEST_RETRY = dt.timedelta(hours=1)
# As many as are judged in a fraction of a second: a doorbell's evaluation may wait for one of them.
TOGETHER = 50


def sweep(now: dt.datetime | None = None) -> int:
    """Judge every project with a mark or whose time has come; the number that were judged.

    A project that fails is put off, longer each time, and holds up nobody.
    """
    now = now or database_now()
    waiting = set(Mark.objects.values_list("project", flat=True).distinct())
    waiting |= set(Evaluation.objects.filter(recheck_at__lte=now).values_list("project", flat=True))
    noted = Evaluation.objects.filter(project__in=waiting)
    waiting -= set(noted.filter(retry_at__gt=now).values_list("project", flat=True))
    died = set(noted.filter(started_at__isnull=False).values_list("project", flat=True)) & waiting
    failing = set(noted.filter(failures__gt=0).values_list("project", flat=True)) & waiting - died
    healthy = sorted(waiting - died - failing)
    judged = 0
    for start in range(0, len(healthy), TOGETHER):
        judged += _judge_together(healthy[start : start + TOGETHER], now)
    judged += sum(evaluate_or_put_off(project_id, now) for project_id in sorted(failing))
    return judged + sum(_judge_what_died(project_id, now) for project_id in sorted(died))


def _judge_together(project_ids: Sequence[int], now: dt.datetime) -> int:
    _note_start(project_ids, now)
    try:
        taken = evaluate_all(project_ids, now, wait=False).taken
    except Exception:  # found out below, where each stands alone
        logger.exception("evaluation of several projects failed", extra={"projects": len(project_ids)})
        return sum(evaluate_or_put_off(project_id, now) for project_id in project_ids)
    Evaluation.objects.filter(project__in=set(project_ids) - taken).update(started_at=None)
    return len(taken)


def _note_start(project_ids: Collection[int], now: dt.datetime) -> None:
    """Committed before the work begins."""
    Evaluation.objects.bulk_create(
        [Evaluation(project_id=project_id, started_at=now) for project_id in project_ids],
        update_conflicts=True,
        unique_fields=["project"],
        update_fields=["started_at"],
    )


def _judge_what_died(project_id: int, now: dt.datetime) -> bool:
    """Judge a project on which an earlier sweep ended without a word, unless that one is still at it."""
    if is_being_judged(project_id):
        return False
    _put_off(project_id, now, "The worker ended while it judged this project.")
    return evaluate_or_put_off(project_id, now)


def evaluate_if_not_put_off(project_id: int, now: dt.datetime | None = None) -> bool:
    """What a doorbell asks for: a project that failed is left to the sweep, which comes back to it in good time."""
    now = now or database_now()
    if Evaluation.objects.filter(pk=project_id, retry_at__gt=now).exists():
        return False
    return evaluate_or_put_off(project_id, now)


def evaluate_or_put_off(project_id: int, now: dt.datetime | None = None) -> bool:
    """Judge a project alone; an error is written down and tried again later. Whether it went well."""
    now = now or database_now()
    try:
        taken = evaluate_all([project_id], now).taken
    except Exception as error:  # whatever a rule trips over must not stop the alerts of other projects
        logger.exception("evaluation failed", extra={"project": project_id})
        _put_off(project_id, now, f"{type(error).__name__}: {error}"[:2000])
        return False
    if not taken:
        Evaluation.objects.filter(pk=project_id).update(failures=0, retry_at=None, last_error="", started_at=None)
    return True


@transaction.atomic
def _put_off(project_id: int, now: dt.datetime, error: str) -> None:
    failed, _is_new = Evaluation.objects.get_or_create(project_id=project_id)
    wait = min(dt.timedelta(minutes=1) * 2 ** min(failed.failures, 10), LONGEST_RETRY)
    Evaluation.objects.filter(pk=project_id).update(
        failures=F("failures") + 1, retry_at=now + wait, last_error=error, started_at=None
    )
