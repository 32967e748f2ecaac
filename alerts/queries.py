"""Where the rules of projects stand, as one reader may see it, and what was raised."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.models import User
from alerts.levels import rank
from alerts.models import Alert, Level, Mute, RuleState, ToldSide
from alerts.registry import Words, words_of
from core.kept_query import Columns, KeptQuery, among
from projects.access import Standing, projects_where_member_can
from projects.audience import Side, is_seen_by
from projects.models import Project


@dataclass(frozen=True)
class Silence:
    """A mute of the reader's side: who asked for it, why, and until when."""

    uuid: str
    by: str
    reason: str
    until: dt.datetime


@dataclass(frozen=True)
class Answers:
    """Who acknowledged an alert: of the reader's own side, and when somebody of the other one did."""

    own_at: dt.datetime | None
    own_by: str
    other_at: dt.datetime | None
    other_by: str

    @classmethod
    def of(cls, alert: Alert, side: str) -> "Answers":
        """Those of an alert that was read ``with_answers``."""
        other = Side(side).other
        return cls(
            own_at=getattr(alert, f"{side}_acknowledged_at"),
            own_by=getattr(alert, f"{side}_acknowledged_by") or "",
            other_at=getattr(alert, f"{other}_acknowledged_at"),
            other_by=getattr(alert, f"{other}_acknowledged_by") or "",
        )


@dataclass(frozen=True)
class StandingAlert:
    """A rule that stands at a level now, with the numbers it compared and the alert that told of it.

    ``answers`` and ``silence`` are those of the reader's side. ``vendor_told_at`` is for the client alone: from when
    the vendor knows, or None where it is kept from it.
    """

    project: Project
    alert: Alert
    side: str
    level: str
    since: dt.datetime
    numbers: Mapping[str, Any]
    answers: Answers
    silence: Silence | None = None
    is_told_to_vendor: bool = False
    may_be_told_to_vendor: bool = False

    # Lists across projects show few of the alerts that they count: words are made where they are read.
    @cached_property
    def words(self) -> Words:
        return words_of(self.alert.rule, self.numbers, self.side)

    @property
    def rule(self) -> str:
        return self.words.code

    @property
    def title(self) -> str:
        return self.words.title

    @property
    def compared(self) -> str:
        return self.words.compared

    @property
    def clears(self) -> str:
        return self.words.clears

    @property
    def suggestion(self) -> str:
        return self.words.suggestion

    @property
    def level_name(self) -> str:
        return str(Level(self.level).label)

    @property
    def waits(self) -> bool:
        """Nobody of the reader's side has acknowledged it yet, nor asked for silence."""
        return self.answers.own_at is None and self.silence is None


def standing_alerts(standings: Mapping[int, Standing], now: dt.datetime) -> dict[int, list[StandingAlert]]:
    """What stands in each project, the worst first, by the project's key. Two queries, however many projects.

    The client reads the state of now. The vendor reads it once the alert that told of it has reached the vendor;
    until then it sees the level it was told before in the same episode, with the numbers of that time, or nothing.
    """
    keys = list(standings)
    states = [STATE.instance(row) for row in STATES.rows(keys=keys)]
    newest: dict[tuple[int, str, str], list[Alert]] = defaultdict(list)
    for alert in _newest_alerts(keys, now) if states else ():
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


def standing_in_project(standing: Standing, now: dt.datetime) -> list[StandingAlert]:
    """What stands in the reader's project."""
    return standing_alerts({standing.project.pk: standing}, now)[standing.project.pk]


STATE: Final = Columns(RuleState)
STATES: Final = KeptQuery(
    lambda keys: (
        RuleState.objects.standing()
        .filter(project__in=among(keys))
        .order_by("project_id", "rule", "subject")
        .values_list(*STATE.names())
    ),
    keys=list,
)
ALERT: Final = Columns(Alert)
# What is worked out beside the columns of an alert. The last two are JSON, or None.
SAID: Final = (
    "is_told",
    "client_acknowledged_at",
    "client_acknowledged_by",
    "vendor_acknowledged_at",
    "vendor_acknowledged_by",
    "client_silence",
    "vendor_silence",
)
NEWEST: Final = KeptQuery(
    lambda keys, now: _newest(keys, now).values_list(*SAID, *ALERT.names()), keys=list, now=dt.datetime
)


def _newest_alerts(keys: Sequence[int], now: dt.datetime) -> Iterator[Alert]:
    for row in NEWEST.rows(keys=keys, now=now):
        alert = ALERT.instance(row[len(SAID) :])
        *plain, client_silence, vendor_silence = row[: len(SAID)]
        silences = (json.loads(text) if text else None for text in (client_silence, vendor_silence))
        for name, value in zip(SAID, (*plain, *silences), strict=True):
            setattr(alert, name, value)
        yield alert


def _newest(keys: Any, now: dt.datetime) -> QuerySet[Alert]:
    """Of each standing rule and subject the newest alert that the vendor knows, and the newest that it does not."""
    return (
        Alert.objects.of_standing_rules()
        .filter(project__in=among(keys))
        .with_answers()
        .annotate(
            is_told=Q(vendor_told_at__isnull=False, vendor_told_at__lte=now),
            client_silence=_silence(Side.CLIENT, now),
            vendor_silence=_silence(Side.VENDOR, now),
        )
        .order_by("project_id", "rule", "subject", "is_told", "-raised_at", "-pk")
        .distinct("project_id", "rule", "subject", "is_told")
    )


def _silence(side: str, now: dt.datetime) -> Subquery:
    same = Mute.objects.open_at(now).filter(
        project=OuterRef("project"), rule=OuterRef("rule"), subject=OuterRef("subject"), side=side
    )
    return Subquery(same.values(mute=JSONObject(uuid="uuid", by="muted_by__name", reason="reason", until="until"))[:1])


def _as_seen(state: RuleState, alerts: list[Alert], standing: Standing, now: dt.datetime) -> StandingAlert | None:
    alerts = sorted(alerts, key=lambda alert: (alert.raised_at, alert.pk))
    if not alerts:
        return None
    newest = alerts[-1]
    if standing.is_client or newest.is_told_to_vendor(now):
        return _standing(standing, newest, state, now)
    told = [alert for alert in alerts if alert.is_told_to_vendor(now) and alert.episode == state.episode]
    return _standing(standing, told[-1], None, now) if told else None


def _standing(standing: Standing, alert: Alert, state: RuleState | None, now: dt.datetime) -> StandingAlert:
    """As the rule stands now by ``state``; without it as it was when the alert was raised."""
    silence = getattr(alert, f"{standing.side}_silence")
    return StandingAlert(
        project=standing.project,
        alert=alert,
        side=standing.side,
        level=state.level if state else alert.level,
        since=state.since if state else alert.raised_at,
        numbers=state.numbers if state else alert.numbers,
        answers=Answers.of(alert, standing.side),
        silence=Silence(**{**silence, "until": dt.datetime.fromisoformat(silence["until"])}) if silence else None,
        is_told_to_vendor=alert.is_told_to_vendor(now),
        may_be_told_to_vendor=standing.is_client and alert.may_be_told_to_vendor(),
    )


def alerts_to_acknowledge(user: User, now: dt.datetime, today: dt.date | None = None) -> QuerySet[Alert]:
    """What waits for the user's acknowledgement across projects: of each rule that stands, its newest alert.

    The same as the waiting ones of ``standing_alerts`` where the user may acknowledge, but countable in one query.
    """
    found = [_waiting(user, side, now, today) for side in Side]
    return Alert.objects.filter(Q(pk__in=found[0].values("pk")) | Q(pk__in=found[1].values("pk")))


def _waiting(user: User, side: str, now: dt.datetime, today: dt.date | None) -> QuerySet[Alert]:
    with_money = projects_where_member_can(user, side, "view_money", today)
    seen = (
        Alert.objects.of_standing_rules()
        .seen_by(side, now, with_money=True)
        .filter(project__in=projects_where_member_can(user, side, "acknowledge_alert", today))
        .filter(Q(shows_money=False) | Q(project__in=with_money))
    )
    same = {name: OuterRef(name) for name in ("project", "rule", "subject")}
    later = seen.filter(**same).filter(
        Q(raised_at__gt=OuterRef("raised_at")) | Q(raised_at=OuterRef("raised_at"), pk__gt=OuterRef("pk"))
    )
    seen_already = ToldSide.objects.filter(alert=OuterRef("pk"), side=side, acknowledged_at__isnull=False)
    muted = Mute.objects.open_at(now).filter(side=side, **same)
    return seen.filter(~Exists(later), ~Exists(seen_already), ~Exists(muted))


def alerts_of(standing: Standing, now: dt.datetime) -> QuerySet[Alert]:
    """Everything raised in the project that the reader may see, the newest first, with each side's answer.

    ``waits``: the reader's side has not acknowledged it.
    """
    own = f"{standing.side}_acknowledged_at__isnull"
    return (
        Alert.objects.filter(project=standing.project)
        .seen_by(standing.side, now, with_money=standing.can("view_money"))
        .with_answers()
        .annotate(waits=Q(**{own: True}))
        .order_by("-raised_at", "-pk")
    )


def mutes_of(standing: Standing) -> QuerySet[Mute]:
    """What the reader's side has muted in the project."""
    return Mute.objects.filter(project=standing.project, side=standing.side).select_related("project", "muted_by")


@dataclass(frozen=True)
class AlertLine:
    """A raised alert as a list shows it, with the numbers of the time when it was raised.

    ``stands``: its rule still stands for what it told of.
    """

    alert: Alert
    rule: str
    title: str
    compared: str
    answers: Answers
    stands: bool


def alert_lines(standing: Standing, alerts: Iterable[Alert], found: Iterable[StandingAlert]) -> list[AlertLine]:
    """The lines of alerts that were read by ``alerts_of``, beside what stands in the project."""
    side = standing.side
    stand = by_alert(found)
    lines = []
    for alert in alerts:
        words = words_now(alert, side, stand.get(alert.pk))
        lines.append(
            AlertLine(alert, words.code, words.title, words.compared, Answers.of(alert, side), alert.pk in stand)
        )
    return lines


def by_alert(found: Iterable[StandingAlert]) -> dict[int, StandingAlert]:
    """What stands, by the key of the alert that told of it."""
    return {one.alert.pk: one for one in found}


def words_now(alert: Alert, side: str, stands: StandingAlert | None) -> Words:
    """What an alert said when it was raised; where its rule stands under another name by now, what that says.

    An alert has one name wherever it is spoken of: a rule that is muted as one thing stands in the list as the same.
    """
    words = words_of(alert.rule, alert.numbers, side)
    return stands.words if stands is not None and stands.title != words.title else words
