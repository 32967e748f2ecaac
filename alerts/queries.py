"""Where the rules of projects stand, as one reader may see it, and what was raised."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from alerts.models import Alert, Level, RuleState
from alerts.registry import RULES, rank
from projects.access import Standing, projects_where_member_can
from projects.audience import Side, is_seen_by
from projects.models import Project


@dataclass(frozen=True)
class StandingAlert:
    """A rule that stands at a level now, with the numbers it compared and the alert that told of it."""

    project: Project
    alert: Alert
    level: str
    since: dt.datetime
    title: str
    compared: str
    clears: str
    suggestion: str

    @property
    def level_name(self) -> str:
        return str(Level(self.level).label)

    @property
    def waits(self) -> bool:
        """Nobody has acknowledged it yet."""
        return self.alert.acknowledged_at is None


def standing_alerts(standings: Mapping[int, Standing], now: dt.datetime) -> dict[int, list[StandingAlert]]:
    """What stands in each project, the worst first, by the project's key. Two queries, however many projects.

    The client reads the state of now. The vendor reads it once the alert that told of it has reached the vendor;
    until then it sees the level it was told before in the same episode, with the numbers of that time, or nothing.
    """
    states = RuleState.objects.standing().filter(project__in=standings).order_by("project_id", "rule", "subject")
    newest: dict[tuple[int, str, str], list[Alert]] = defaultdict(list)
    for alert in _newest_alerts(standings, now):
        newest[alert.project_id, alert.rule, alert.subject].append(alert)
    found: dict[int, list[StandingAlert]] = {key: [] for key in standings}
    for state in states:
        standing = standings[state.project_id]
        if state.shows_money and not standing.can("view_money"):
            continue
        known = newest[state.project_id, state.rule, state.subject]
        seen = _as_seen(state, [alert for alert in known if is_seen_by(alert.audience, standing.side)], standing, now)
        if seen is not None:
            found[state.project_id].append(seen)
    for of_project in found.values():
        of_project.sort(key=lambda one: (-rank(one.level), one.since))
    return found


def _newest_alerts(standings: Mapping[int, Standing], now: dt.datetime) -> QuerySet[Alert]:
    """Of each standing rule and subject the newest alert that the vendor knows, and the newest that it does not."""
    states = RuleState.objects.standing().filter(
        project=OuterRef("project"), rule=OuterRef("rule"), subject=OuterRef("subject")
    )
    return (
        Alert.objects.filter(Exists(states), project__in=standings)
        .annotate(is_told=Q(vendor_told_at__isnull=False, vendor_told_at__lte=now))
        .select_related("acknowledged_by")
        .order_by("project_id", "rule", "subject", "is_told", "-raised_at", "-pk")
        .distinct("project_id", "rule", "subject", "is_told")
    )


def _as_seen(state: RuleState, alerts: list[Alert], standing: Standing, now: dt.datetime) -> StandingAlert | None:
    alerts = sorted(alerts, key=lambda alert: (alert.raised_at, alert.pk))
    if not alerts:
        return None
    newest = alerts[-1]
    if standing.is_client or newest.is_told_to_vendor(now):
        return _worded(standing, newest, state.level, state.since, state.numbers)
    told = [alert for alert in alerts if alert.is_told_to_vendor(now) and alert.episode == state.episode]
    return _worded(standing, told[-1], told[-1].level, told[-1].raised_at, told[-1].numbers) if told else None


def _worded(
    standing: Standing, alert: Alert, level: str, since: dt.datetime, numbers: Mapping[str, object]
) -> StandingAlert:
    rule = RULES[alert.rule]
    return StandingAlert(
        project=standing.project,
        alert=alert,
        level=level,
        since=since,
        title=str(rule.title),
        compared=rule.explain(numbers),
        clears=rule.clears(numbers),
        suggestion=str(rule.suggestions[standing.side]),
    )


def alerts_to_acknowledge(user: User, now: dt.datetime, today: dt.date | None = None) -> QuerySet[Alert]:
    """What waits for the user's acknowledgement across projects: of each rule that stands, its newest alert.

    The same as the waiting ones of ``standing_alerts`` where the user may acknowledge, but countable in one query.
    """
    states = RuleState.objects.standing().filter(
        project=OuterRef("project"), rule=OuterRef("rule"), subject=OuterRef("subject")
    )
    found = Alert.objects.none()
    for side in Side:
        mine = projects_where_member_can(user, side, "acknowledge_alert", today)
        with_money = projects_where_member_can(user, side, "view_money", today)
        found |= (
            Alert.objects.seen_by(side, now, with_money=True)
            .filter(Exists(states), project__in=mine)
            .filter(Q(shows_money=False) | Q(project__in=with_money))
        )
    later = found.filter(project=OuterRef("project"), rule=OuterRef("rule"), subject=OuterRef("subject")).filter(
        Q(raised_at__gt=OuterRef("raised_at")) | Q(raised_at=OuterRef("raised_at"), pk__gt=OuterRef("pk"))
    )
    return found.filter(~Exists(later), acknowledged_at__isnull=True)


def alerts_of(standing: Standing, now: dt.datetime) -> QuerySet[Alert]:
    """Everything raised in the project that the reader may see, the newest first."""
    return (
        Alert.objects.filter(project=standing.project)
        .seen_by(standing.side, now, with_money=standing.can("view_money"))
        .select_related("acknowledged_by")
        .order_by("-raised_at", "-pk")
    )


@dataclass(frozen=True)
class AlertLine:
    """A raised alert as a list shows it, with the numbers of the time when it was raised."""

    alert: Alert
    title: str
    compared: str

    @classmethod
    def of(cls, alert: Alert) -> "AlertLine":
        rule = RULES[alert.rule]
        return cls(alert, str(rule.title), rule.explain(alert.numbers))
