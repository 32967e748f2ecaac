"""The nightly comparison: sums, series and states against what they are made of. A difference is an alarm.

Nothing is mended silently: a difference means that something wrote past the triggers, or that a rule is wrong, and
somebody has to know. A state that differs is marked for the worker, so that what was not told is told.
"""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from django.db import transaction

from alerts.actions.evaluation import changes_found, lock
from alerts.models import Drift, Evaluation, Mark, Reconciliation
from alerts.reconciliation import PROOFS, REPAIRS, Difference
from core.clock import database_now
from projects.access import recipients
from projects.audience import Audience, Side
from projects.models import Membership, OutboxMessage, Project
from projects.outbox import put_in_outbox

logger = logging.getLogger(__name__)

# As many as are compared in a second or two: writers of one of them wait for none of it, the worker may.
TOGETHER: Final = 25
NIGHT_BEGINS, NIGHT_ENDS = dt.time(1), dt.time(5)
AT_LEAST_EVERY: Final = dt.timedelta(hours=30)
A_NIGHT: Final = dt.timedelta(hours=20)
CHANGED: Final = "a state of a rule"


def reconcile_if_due(now: dt.datetime | None = None) -> Reconciliation | None:
    """Compare once a night, and at the next occasion when a night was missed."""
    now = now or database_now()
    last = Reconciliation.objects.order_by("-started_at").values_list("started_at", flat=True).first()
    is_night = NIGHT_BEGINS <= now.time() < NIGHT_ENDS
    if last is not None and now - last < (A_NIGHT if is_night else AT_LEAST_EVERY):
        return None
    return reconcile(now)


def reconcile(now: dt.datetime | None = None) -> Reconciliation:
    """Compare everything of every project that is not closed, and say where it differs."""
    now = now or database_now()
    run = Reconciliation.objects.create(started_at=now)
    keys = list(Project.objects.exclude(status=Project.Status.CLOSED).order_by("pk").values_list("pk", flat=True))
    found = 0
    for start in range(0, len(keys), TOGETHER):
        found += _compare(keys[start : start + TOGETHER], now)
    run.finished_at, run.project_count, run.drift_count = database_now(), len(keys), found
    run.save()
    Reconciliation.objects.filter(started_at__lt=now - dt.timedelta(days=90)).delete()
    return run


@transaction.atomic
def _compare(keys: Sequence[int], now: dt.datetime) -> int:
    """Those that are judged just now, or wait to be, are compared the next night."""
    with_changes = set(Mark.objects.filter(project__in=keys).values_list("project", flat=True))
    free = lock(set(keys) - with_changes, wait=False)
    projects = list(Project.objects.select_related("terms", "client", "vendor").filter(pk__in=free).order_by("pk"))
    differences: dict[int, list[Difference]] = defaultdict(list)
    for proof in PROOFS:
        for difference in proof(projects):
            differences[difference.project_id].append(difference)
    for difference in _states(projects, now):
        differences[difference.project_id].append(difference)
    # What was written while this looked has left a mark, and may have been seen half.
    moved = set(Mark.objects.filter(project__in=free).values_list("project", flat=True))
    for project in projects:
        if project.pk not in moved:
            _note(project, differences[project.pk], now)
    return sum(len(found) for key, found in differences.items() if key not in moved)


def _states(projects: Sequence[Project], now: dt.datetime) -> Iterator[Difference]:
    """States that the rules would not leave as they are, of projects whose time to be judged has not come."""
    due = set(Evaluation.objects.filter(project__in=projects, recheck_at__lte=now).values_list("project", flat=True))
    active = [one for one in projects if one.pk not in due and one.status == Project.Status.ACTIVE]
    for change in changes_found(active, now)[0]:
        if change.state.level != change.was:
            yield Difference(
                change.project.pk,
                CHANGED,
                f"{change.state.rule} {change.state.subject}".strip(),
                kept=change.was,
                found=str(change.state.level),
            )


def _note(project: Project, differences: Sequence[Difference], now: dt.datetime) -> None:
    standing = {(drift.what, drift.about): drift for drift in Drift.objects.filter(project=project, cleared_at=None)}
    found = {(difference.what, difference.about): difference for difference in differences}
    Drift.objects.filter(pk__in=[drift.pk for key, drift in standing.items() if key not in found]).update(
        cleared_at=now
    )
    new = [difference for key, difference in found.items() if key not in standing]
    Drift.objects.bulk_create(
        [
            Drift(
                project=project,
                what=difference.what,
                about=difference.about[:120],
                kept=difference.kept[:200],
                found=difference.found[:200],
                found_at=now,
            )
            for difference in new
        ]
    )
    if any(difference.what == CHANGED for difference in new):
        Mark.objects.create(project=project, cause="reconciliation")
    if new:
        logger.error("kept figures differ from their source", extra={"project": project.pk, "count": len(new)})
        _tell(project, len(new), now)


def _tell(project: Project, count: int, now: dt.datetime) -> None:
    for side in Side:
        put_in_outbox(
            project=project,
            recipients=recipients(project, side, (Membership.Role.MANAGER,)),
            kind="figures_drifted",
            data={"count": count},
            channels=[OutboxMessage.Channel.IN_APP, OutboxMessage.Channel.MAIL],
            audience=Audience(side),
            dedupe=f"figures_drifted:{project.pk}:{now.date().isoformat()}:{side}",
            due_at=now,
        )


@transaction.atomic
def repair(projects: Sequence[Project], now: dt.datetime | None = None) -> None:
    """Work out anew whatever is kept of the projects, and have them judged."""
    now = now or database_now()
    lock([project.pk for project in projects])
    for work_out in REPAIRS:
        work_out(projects)
    Drift.objects.filter(project__in=projects, cleared_at=None).update(cleared_at=now)
    Mark.objects.bulk_create([Mark(project=project, cause="repair") for project in projects])
