"""The machine: judge projects, raise what rose, tell who is to be told; all in one transaction.

A mark says that something changed. It is deleted by the evaluation that has seen it, in the same transaction as the
alerts and messages that follow from it; a crash anywhere leaves it, and the sweep finds it again.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from alerts.actions.telling import tell, vendor_is_told_at
from alerts.levels import Held, is_another_voice, rank
from alerts.models import Alert, Evaluation, Level, Mark, RuleState
from alerts.registry import JUDGES, UPKEEPS, Change, Judgement
from alerts.rule_settings import scales_of
from core.clock import database_now
from projects.models import Project
from projects.topics import touch_all

# Any number that no other advisory lock of the application uses.
EVALUATION_LOCK = 8_115_001


@dataclass(frozen=True)
class Outcome:
    """What an evaluation of several projects did: the projects it took, and the alerts that were newly raised."""

    taken: frozenset[int] = frozenset()
    raised: tuple[Alert, ...] = ()


def evaluate(project_id: int, now: dt.datetime | None = None) -> list[Alert]:
    """Judge one project if something changed or its time has come; the alerts that were newly raised."""
    return list(evaluate_all([project_id], now).raised)


@transaction.atomic
def evaluate_all(project_ids: Iterable[int], now: dt.datetime | None = None, *, wait: bool = True) -> Outcome:
    """Judge those of the projects in which something changed or whose time has come, reading them together.

    Marks are read before the figures, in a statement of their own: what commits later keeps its mark. Without
    ``wait`` a project that somebody judges just now is left out.
    """
    now = now or database_now()
    keys = lock(project_ids, wait=wait)
    marks = list(Mark.objects.filter(project__in=keys).values_list("pk", "project", "cause", "since_on"))
    changes: dict[int, set[Change]] = defaultdict(set)
    for _pk, key, cause, since_on in marks:
        changes[key].add(Change(cause, since_on))
    due = Evaluation.objects.filter(project__in=keys, recheck_at__lte=now).values_list("project", flat=True)
    taken = changes.keys() | set(due)
    if not taken:
        return Outcome()
    projects = list(Project.objects.select_related("terms", "client", "vendor").filter(pk__in=taken).order_by("pk"))
    for upkeep in UPKEEPS:
        upkeep(projects, {key: tuple(found) for key, found in changes.items()})
    active = [project for project in projects if project.status == Project.Status.ACTIVE]
    raised, rechecks = _judge(active, now)
    for key, moment in tell(active, now).items():
        rechecks[key] = min(rechecks.get(key, moment), moment)
    _note(projects, rechecks, now)
    Mark.objects.filter(pk__in=[mark[0] for mark in marks]).delete()
    touch_all(taken, "status")
    return Outcome(frozenset(taken), tuple(raised))


def lock(project_ids: Iterable[int], *, wait: bool = True) -> list[int]:
    """Take each project's lock until the commit, in one order everywhere; the projects whose lock was had."""
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT project_id, {function}({EVALUATION_LOCK}, hashed)::text
            FROM (
                SELECT project_id, hashtext(project_id::text) AS hashed FROM unnest(%s::bigint[]) AS project_id
                ORDER BY 2, 1 OFFSET 0
            ) AS wanted
            """,  # noqa: S608  (our own names and a number)
            [sorted(project_ids)],
        )
        return [project_id for project_id, had in cursor.fetchall() if had != "false"]


def is_being_judged(project_id: int) -> bool:
    """Whether somebody holds the project's lock just now."""
    with transaction.atomic():
        return not lock([project_id], wait=False)


def _judge(projects: Sequence[Project], now: dt.datetime) -> tuple[list[Alert], dict[int, dt.datetime]]:
    """Ask every rule and keep what it finds; the alerts that were raised, and when each project is judged again."""
    states, rechecks = changes_found(projects, now)
    RuleState.objects.bulk_create(
        [change.state for change in states],
        update_conflicts=True,
        unique_fields=["project", "rule", "subject"],
        update_fields=["level", "since", "episode", "numbers", "basis", "shows_money"],
        batch_size=1000,
    )
    return _raise([change for change in states if change.rose], now), rechecks


def changes_found(projects: Sequence[Project], now: dt.datetime) -> "tuple[list[StateChange], dict[int, dt.datetime]]":
    """Ask every rule; which states would change, and when each project has to be judged again. Writes nothing."""
    held: dict[int, dict[tuple[str, str], RuleState]] = {project.pk: {} for project in projects}
    for state in RuleState.objects.filter(project__in=held):
        held[state.project_id][state.rule, state.subject] = state
    stood = {key: {subject: _held(state) for subject, state in states.items()} for key, states in held.items()}
    scales = scales_of(projects)
    found: dict[int, list[Judgement]] = defaultdict(list)
    for judge in JUDGES if projects else ():
        for key, judgements in judge(projects, now, stood, scales).items():
            found[key].extend(judgements)
    changes = [
        change for project in projects for change in _changed_states(project, found[project.pk], held[project.pk], now)
    ]
    rechecks = {
        key: min(moments)
        for key, judgements in found.items()
        if (moments := [judgement.recheck_at for judgement in judgements if judgement.recheck_at is not None])
    }
    return changes, rechecks


@dataclass(frozen=True)
class StateChange:
    """A rule's new state, the level at which it was, and the judgement; ``rose`` when it is to be told."""

    project: Project
    state: RuleState
    was: str
    judgement: Judgement | None
    rose: bool


def _changed_states(
    project: Project,
    judgements: Collection[Judgement],
    held: Mapping[tuple[str, str], RuleState],
    now: dt.datetime,
) -> Iterable[StateChange]:
    """The states that differ from those held, in memory."""
    for judgement in judgements:
        before = held.get((judgement.rule, judgement.subject))
        state = RuleState(
            project=project,
            rule=judgement.rule,
            subject=judgement.subject,
            level=judgement.level,
            since=before.since if before else now,
            episode=before.episode if before else 1,
            numbers=dict(judgement.numbers),
            basis=judgement.basis,
            shows_money=judgement.shows_money,
        )
        was, is_now = rank(before.level if before else Level.NONE), rank(judgement.level)
        moved = before is not None and bool(before.basis) and before.basis != judgement.basis
        # Who acknowledged one comparison has not seen the next one, which takes the word once that fell back.
        is_another = before is not None and is_another_voice(_held(before), state.level, state.numbers)
        if is_now != was:
            state.since = now
        if is_now < was or (is_now == was and is_another) or (moved and is_now):
            # Falling back, or a new budget, arms the rule anew: what stands then is a new episode and is told again.
            state.episode += 1
        rose = is_now > was or is_another or (moved and bool(is_now))
        if before is None or _differ(before, state):
            yield StateChange(project, state, str(before.level if before else Level.NONE), judgement, rose)
    # What a rule no longer speaks of (a cap that was taken out of the terms) stands nowhere.
    judged = {(judgement.rule, judgement.subject) for judgement in judgements}
    for key, state in held.items():
        if key not in judged and state.level != Level.NONE:
            stood_at = str(state.level)
            state.level, state.since, state.episode = Level.NONE, now, state.episode + 1
            yield StateChange(project, state, stood_at, None, rose=False)


def _held(state: RuleState) -> Held:
    return Held.of(str(state.level), state.basis, state.numbers)


COMPARED = ("level", "since", "episode", "numbers", "basis", "shows_money")


def _differ(one: RuleState, other: RuleState) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in COMPARED)


def _raise(changes: Sequence[StateChange], now: dt.datetime) -> list[Alert]:
    """Write an alert for each rule that rose, if its level was not raised in this episode before."""
    if not changes:
        return []
    calendars: dict[int, dt.datetime] = {}
    alerts = {}
    for change in changes:
        project, state, judgement = change.project, change.state, change.judgement
        if judgement is None:
            continue
        alert = Alert(
            project=project,
            rule=state.rule,
            subject=state.subject,
            period=judgement.period,
            level=state.level,
            episode=state.episode,
            numbers=state.numbers,
            audience=judgement.audience,
            shows_money=state.shows_money,
            raised_at=now,
        )
        alert.vendor_told_at = vendor_is_told_at(alert, now, calendars)
        alerts[_identity(alert)] = alert
    known = Alert.objects.filter(project__in={change.project.pk for change in changes}, rule__in={a[1] for a in alerts})
    for alert in known.only("project_id", "rule", "subject", "period", "level", "episode"):
        alerts.pop(_identity(alert), None)
    return Alert.objects.bulk_create(alerts.values())


def _identity(alert: Alert) -> tuple[int, str, str, str, str, int]:
    return alert.project_id, alert.rule, alert.subject, alert.period, str(alert.level), alert.episode


def _note(projects: Sequence[Project], recheck_at: Mapping[int, dt.datetime], now: dt.datetime) -> None:
    """That the projects were judged now, and when they have to be again."""
    Evaluation.objects.bulk_create(
        [Evaluation(project=project, evaluated_at=now, recheck_at=recheck_at.get(project.pk)) for project in projects],
        update_conflicts=True,
        unique_fields=["project"],
        update_fields=["evaluated_at", "recheck_at", "failures", "retry_at", "last_error", "started_at"],
    )
