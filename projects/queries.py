"""What the project's own pages read: who takes part, the rate card, calendars, the history of the terms."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import holidays
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.models import Organisation, OrganisationLink, User
from core.templatetags.figures import day
from projects.access import Standing, projects_visible_to, sides_to_name_members_of
from projects.date_gaps import Period, gaps_in
from projects.history import Change, Writer, by_label, history_of, in_hours, in_money
from projects.models import (
    DayOff,
    ImportBatch,
    Invitation,
    Membership,
    Project,
    ProjectPerson,
    Rate,
    SideCalendar,
    Terms,
)
from projects.places import holiday_language, place_in_words
from projects.week import weekdays_in_words
from projects.work_categories import categories_in_words

DAYS_AHEAD = 60


def members_of(project: Project, on: dt.date) -> QuerySet[Membership]:
    """Who holds a role and has not left by the day ``on``: by side, the managers first."""
    ranked = [When(role=role, then=Value(rank)) for rank, role in enumerate(Membership.Role.values)]
    members = Membership.objects.not_left_by(on).filter(project=project)
    members = members.select_related("user", "stands_in_for__user")
    return members.order_by("side", Case(*ranked), "user__name", "pk")


def usual_currency(organisations: QuerySet[Organisation]) -> str:
    """That of the newest project of any of them as the client; empty where none has one."""
    newest = Project.objects.filter(client__in=organisations.order_by().values("pk")).order_by("-created_at", "-pk")
    return newest.values_list("currency", flat=True).first() or ""


def successors_of(member: Membership, on: dt.date) -> QuerySet[Membership]:
    """Who of the same side may take over what ``member`` holds."""
    return members_of(member.project, on).filter(side=member.side).exclude(pk=member.pk)


def who_may_stand_in(standing: Standing, on: dt.date) -> QuerySet[User]:
    """Colleagues of the reader's own organisation whom the reader can know of, and who take no part here now.

    They are read from the projects that the reader sees; users cannot be searched.
    """
    organisation = standing.project.organisation_of(standing.side)
    seen = projects_visible_to(standing.user)
    theirs = seen.filter(client=organisation) if standing.is_client else seen.filter(vendor=organisation)
    colleagues = Membership.objects.filter(project__in=theirs, side=standing.side)
    here = Membership.objects.not_left_by(on).filter(project=standing.project)
    return (
        User.objects.filter(is_active=True, pk__in=colleagues.values("user"))
        .exclude(pk__in=here.values("user"))
        .order_by("name", "pk")
    )


def invitations_managed_by(standing: Standing) -> QuerySet[Invitation]:
    """Invitations that nobody has accepted or taken back, for the sides to which the reader may invite."""
    return (
        Invitation.objects.filter(
            project=standing.project,
            side__in=sides_to_name_members_of(standing),
            accepted_at__isnull=True,
            revoked_at__isnull=True,
        )
        .select_related("invited_by", "project__client", "project__vendor")
        .order_by("-created_at", "-pk")
    )


def invitations_to(user: User, now: dt.datetime) -> QuerySet[Invitation]:
    """Open invitations of the user's own address.

    Whoever opened the installation typed an address, and nothing proved that it is theirs: they are told by mail alone.
    """
    own = User.objects.filter(pk=user.pk)
    typed = OrganisationLink.objects.filter(organisation__isnull=True, used_by__isnull=False).values("used_by")
    return (
        Invitation.objects.open(now)
        .filter(email__in=own.exclude(pk__in=typed).values("email"))
        .exclude(project__status=Project.Status.CLOSED)
    )


def people_of(project: Project) -> QuerySet[ProjectPerson]:
    """Whose hours may be booked, by side and name."""
    return ProjectPerson.objects.filter(project=project).select_related("person__organisation", "project")


def imports_of_side(standing: Standing, kind: str) -> QuerySet[ImportBatch]:
    """Files of a kind that the reader's side brought in: what the other one brought in may hold more than it shows."""
    return ImportBatch.objects.filter(project=standing.project, kind=kind, recorded_by_side=standing.side)


# ── Rates ───────────────────────────────────────────────────────────────────────────────────────────
CURRENT, COMING, PAST = "current", "coming", "past"


def rates_held_on(project: Project, day: dt.date) -> QuerySet[Rate]:
    """The rates that hold on ``day``."""
    return Rate.objects.filter(project=project, valid__contains=day)


def rate_card(project: Project, today: dt.date) -> QuerySet[Rate]:
    """All rates, those that hold today first, then those to come, then the past; ``standing`` says which."""
    return (
        Rate.objects.filter(project=project)
        .select_related("person")
        .annotate(
            standing=Case(
                When(valid__contains=today, then=Value(CURRENT)),
                When(valid__startswith__gt=today, then=Value(COMING)),
                default=Value(PAST),
            ),
            place=Case(
                When(valid__contains=today, then=Value(0)),
                When(valid__startswith__gt=today, then=Value(1)),
                default=Value(2),
            ),
        )
        .order_by("place", "person__name", "job_role", "category", "valid", "pk")
    )


@dataclass(frozen=True)
class RateGap:
    """Days on which a person's hours would find no rate."""

    person: str
    first: dt.date
    last: dt.date | None


def days_without_rate(project: Project, today: dt.date) -> list[RateGap]:
    """Days within a person's time on the project on which no rate of theirs, of their role or of everyone holds.

    A rate for a kind of work is left out: it covers some of a person's hours, never a day. Only days up to the
    planned finish, or to today where that is later, are asked for.
    """
    rates = list(Rate.objects.filter(project=project, category=""))
    begins = project.planned_start_on or project.created_at.date()
    ends = max(project.planned_finish_on or today, today)
    gaps = []
    for member in people_of(project):
        first, last = max(member.starts_on or begins, begins), min(member.ends_on or ends, ends)
        if last < first:
            continue
        covered = [
            Period(rate.first_day, rate.last_day)
            for rate in rates
            if rate.person_id in (None, member.person_id) and rate.job_role in ("", member.job_role)
        ]
        gaps += [RateGap(member.person.name, gap.first, gap.last) for gap in gaps_in(Period(first, last), covered)]
    return gaps


# ── Calendars ───────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class FreeDay:
    """A day on which a side does not work, and why."""

    on: dt.date
    name: str


@dataclass(frozen=True)
class SideWeek:
    """A side's calendar as the terms page shows it."""

    side: str
    organisation: str
    calendar: SideCalendar
    weekdays: str
    place: str
    free_days: tuple[FreeDay, ...]


def side_weeks(project: Project, today: dt.date) -> list[SideWeek]:
    """Both sides' calendars with the working days on which nobody works in the next 60 days. Two queries."""
    last = today + dt.timedelta(days=DAYS_AHEAD)
    calendars = SideCalendar.objects.filter(project=project).order_by("side").prefetch_related("days_off")
    return [
        SideWeek(
            side=calendar.side,
            organisation=str(project.organisation_of(calendar.side) or _("vendor, not named yet")),
            calendar=calendar,
            weekdays=weekdays_in_words(int(number) for number in calendar.weekdays),
            place=place_in_words(calendar.country, calendar.subdivision),
            free_days=tuple(_free_days(calendar, calendar.days_off.all(), today, last)),
        )
        for calendar in calendars
    ]


def _free_days(calendar: SideCalendar, days_off: Iterable[DayOff], first: dt.date, last: dt.date) -> Sequence[FreeDay]:
    names: dict[dt.date, str] = {}
    if calendar.country:
        public = holidays.country_holidays(
            calendar.country,
            subdiv=calendar.subdivision or None,
            years=range(first.year, last.year + 1),
            language=holiday_language(calendar.country),
        )
        names.update(public)
    names.update({day.on: day.name or _("day off") for day in days_off})
    return [
        FreeDay(on, name)
        for on, name in sorted(names.items())
        if first <= on <= last and str(on.isoweekday()) in calendar.weekdays
    ]


# ── Histories ───────────────────────────────────────────────────────────────────────────────────────
def terms_history(project: Project, *, with_money: bool) -> list[Change]:
    """Every change of the terms, the newest first. Two queries."""
    return history_of(
        [project.terms],
        {
            field.name: _term_in_words(project, field)
            for field in Terms._meta.concrete_fields
            if field.name not in {"project", "version"} and (with_money or field.name not in Terms.IN_MONEY)
        },
    )


def agreement_history(project: Project, *, with_money: bool) -> list[Change]:
    """Every change of the terms and of both calendars, the newest first. Five queries."""
    changes = [*terms_history(project, with_money=with_money), *calendars_history(project)]
    return sorted(changes, key=attrgetter("at"), reverse=True)


def calendars_history(project: Project) -> list[Change]:
    """Every change of when a side works, the newest first; days off stand in the activity. Three queries."""
    calendars = list(SideCalendar.objects.filter(project=project).order_by("side"))
    said: dict[str, Writer] = {
        "time_zone": str,
        "country": lambda code: place_in_words(code, ""),
        "subdivision": str,
        "weekdays": lambda numbers: weekdays_in_words(int(number) for number in numbers),
        "day_starts_at": _clock,
        "day_ends_at": _clock,
        "recorded_from": str,
    }
    return history_of(calendars, said, subject=_calendar_in_words)


def _clock(moment: dt.time) -> str:
    return f"{moment:%H:%M}"


def _calendar_in_words(calendar: SideCalendar) -> str:
    return _("calendar of the %(side)s") % {"side": calendar.get_side_display()}


def people_history(project: Project) -> list[Change]:
    """Every change of the people whose hours are booked, the newest first. Three queries."""
    people = list(ProjectPerson.objects.filter(project=project).select_related("person"))
    said: dict[str, Writer] = {"job_role": str, "starts_on": day, "ends_on": day}
    return history_of(people, said, subject=str)


def _term_in_words(project: Project, field: Any) -> Writer:
    if isinstance(field, ArrayField):
        return lambda kinds: categories_in_words(kinds) or _("nothing")
    if isinstance(field, models.BooleanField):
        return by_label([(True, _("yes")), (False, _("no"))])
    if isinstance(field, models.DecimalField):
        return in_money(project.currency)
    return in_hours if field.name.endswith("_minutes") else by_label(field.flatchoices)


def rates_history(project: Project) -> list[Change]:
    """Every change of the project's rates, the newest first; for who may see rates. Three queries."""
    rates = list(Rate.objects.filter(project=project).select_related("person"))
    said = {"hourly_rate": in_money(project.currency), "valid": _days_in_words}
    return history_of(rates, said, subject=_rate_in_words)


def _days_in_words(valid: Any) -> str:
    last = day(valid.upper - dt.timedelta(days=1)) if valid.upper else "…"
    return f"{day(valid.lower)} – {last}"


def _rate_in_words(rate: Rate) -> str:
    return str(rate.person.name if rate.person else rate.job_role or rate.get_category_display() or _("everyone"))
