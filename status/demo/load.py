"""Writes the demo into an empty installation, week by week, so that its alerts rose when they would have."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, OrganisationRole, Person, User
from alerts.actions import evaluate
from alerts.models import Alert
from budget.models import TimeEntry
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from core.errors import DomainError
from projects.actions import add_member, add_person, agree_rate, change_calendar, open_project, set_status
from projects.audience import Side
from projects.models import OutboxMessage, Project, ProjectPerson, SideCalendar
from projects.searched import index_project
from requirements_app.actions import NewWorkItem, insert_progress, insert_work_items
from requirements_app.models import ProgressReport, WorkItem
from status.demo.accounts import ACCOUNTS, INSURER, LUMEN, NORDHAVEN, PASSWORD, TRADER
from status.demo.answers import answer_alerts
from status.demo.burning import days_of_work, items_to_work
from status.demo.projects import BREAKDOWN, PROJECTS, DemoProject

COUNTRIES = {INSURER: "CH", TRADER: "DE", NORDHAVEN: "SE", LUMEN: "PT"}
DOMAINS = {NORDHAVEN: "nordhaven.example", LUMEN: "lumen.example"}
MANAGERS = {INSURER: "mara@alpenrose.example", TRADER: "greta@kessler.example"}
MEMBERS = {
    INSURER: (
        ("tobias@alpenrose.example", "approver"),
        ("lena@alpenrose.example", "team_lead"),
        ("rolf@alpenrose.example", "viewer"),
    ),
    TRADER: (),
    NORDHAVEN: (
        ("jonas@nordhaven.example", "manager"),
        ("elif@nordhaven.example", "analyst"),
        ("piotr@nordhaven.example", "member"),
    ),
    LUMEN: (("ines@lumen.example", "manager"),),
}


def load_demo(today: dt.date) -> list[Project]:
    """Load accounts and projects as of ``today``. Refuses an installation in which somebody already is."""
    with transaction.atomic():
        if User.objects.exists():
            raise DomainError("The demo is loaded into an empty installation only: this one has users.")
        organisations = _load_accounts()
    projects = [_load_project(plan, organisations, today) for plan in PROJECTS]
    answer_alerts(projects)
    return projects


def _load_accounts() -> dict[str, Organisation]:
    organisations = {
        name: Organisation.objects.create(name=name) for name in sorted({account.organisation for account in ACCOUNTS})
    }
    password = make_password(PASSWORD)
    for account in ACCOUNTS:
        user = User(email=account.email, name=account.name, time_zone=account.time_zone, password=password)
        user.save()
        organisation = organisations[account.organisation]
        Person.objects.create(organisation=organisation, user=user, name=user.name, email=user.email)
        if account.part == "portfolio viewer":
            OrganisationRole.objects.create(
                organisation=organisation, user=user, role=OrganisationRole.Role.PORTFOLIO_VIEWER
            )
    for name, organisation in organisations.items():
        address = MANAGERS.get(name) or MEMBERS[name][0][0]
        OrganisationRole.objects.create(
            organisation=organisation, user=User.objects.get(email=address), role=OrganisationRole.Role.ADMIN
        )
    return organisations


def _load_project(plan: DemoProject, organisations: Mapping[str, Organisation], today: dt.date) -> Project:
    """One project with its past. Its last day of hours is the last working day before ``today``."""
    last_day = today - dt.timedelta(days=1)
    if plan.is_closed:
        last_day -= dt.timedelta(weeks=6)
    first_day = last_day - dt.timedelta(weeks=plan.weeks)
    first_day -= dt.timedelta(days=first_day.weekday())
    with transaction.atomic():
        project = _open(plan, organisations, first_day)
        people = [
            add_person(
                actor=_who_adds_people(plan),
                project=project,
                name=person.name,
                side=Side.VENDOR,
                job_role=person.job_role,
                # Of a vendor that is a name alone no address is known: whoever asks something says one.
                email=f"{person.name.split()[0].lower()}@{DOMAINS[plan.vendor]}" if plan.vendor_takes_part else "",
            )
            for person in plan.people
        ]
        for job_role, rate in plan.rates.items():
            agree_rate(
                actor=project.created_by, project=project, hourly_rate=rate, first_day=first_day, job_role=job_role
            )
        items = _break_down(plan, project)
    _work(plan, project, people, items, first_day, last_day)
    if plan.is_closed:
        set_status(actor=project.created_by, project=project, status=Project.Status.CLOSED)
    return project


def _who_adds_people(plan: DemoProject) -> User:
    """The vendor's manager, or the client's for a vendor that nobody speaks for."""
    address = MEMBERS[plan.vendor][0][0] if plan.vendor_takes_part else MANAGERS[plan.client]
    return User.objects.get(email=address)


def _open(plan: DemoProject, organisations: Mapping[str, Organisation], first_day: dt.date) -> Project:
    manager = User.objects.get(email=MANAGERS[plan.client])
    cap_minutes = plan.cap_hours * 60 if plan.cap_hours else None
    average = sum(plan.rates.values(), Decimal(0)) / len(plan.rates) if plan.rates else Decimal(0)
    project = open_project(
        actor=manager,
        client=organisations[plan.client],
        name=plan.name,
        currency="CHF" if plan.client == INSURER else "EUR",
        vendor_name=plan.vendor if not plan.vendor_takes_part else "",
        planned_start_on=first_day if plan.weeks else None,
        planned_finish_on=first_day + dt.timedelta(weeks=plan.weeks_planned, days=-3) if plan.weeks else None,
        terms={
            "cooperation_model": plan.cooperation_model,
            "budget_minutes": plan.budget_hours * 60 or None,
            "cap_minutes": cap_minutes,
            "cap_amount": (average * plan.cap_hours).quantize(Decimal(1000)) + 0
            if plan.with_cap_amount and plan.cap_hours
            else None,
        },
    )
    if plan.vendor and plan.vendor_takes_part:
        project.vendor = organisations[plan.vendor]
        project.save(update_fields=["vendor"])
        index_project(project)
        for address, role in MEMBERS[plan.vendor]:
            add_member(
                actor=manager, project=project, user=User.objects.get(email=address), side=Side.VENDOR, role=role
            )
    for address, role in MEMBERS[plan.client]:
        add_member(actor=manager, project=project, user=User.objects.get(email=address), side=Side.CLIENT, role=role)
    for side, organisation in ((Side.CLIENT, plan.client), (Side.VENDOR, plan.vendor)):
        calendar = SideCalendar.objects.get(project=project, side=side)
        change_calendar(
            actor=manager,
            calendar=calendar,
            expected_version=calendar.version,
            country=COUNTRIES.get(organisation, ""),
            time_zone={"SE": "Europe/Stockholm", "PT": "Europe/Lisbon", "DE": "Europe/Berlin"}.get(
                COUNTRIES.get(organisation, ""), "Europe/Zurich"
            ),
        )
    return project


def _break_down(plan: DemoProject, project: Project) -> list[WorkItem]:
    """A parent for each subject, its pieces below it; hours by weight, in whole hours. Returns the pieces."""
    if not plan.subject:
        return []
    parents = insert_work_items(project=project, new_items=list(_subjects(plan, project)))
    share = plan.budget_hours / len(plan.subject) / sum(weight for _title, _category, weight in BREAKDOWN)
    return insert_work_items(
        project=project,
        new_items=[
            NewWorkItem(
                title=f"{parent.title}: {title}",
                parent=parent,
                category=category,
                estimate_minutes=round(share * weight) * 60,
                outside_key=f"{''.join(word[0] for word in plan.name.split()).upper()}-{100 * row + column}",
            )
            for row, parent in enumerate(parents, start=1)
            for column, (title, category, weight) in enumerate(BREAKDOWN, start=1)
        ],
    )


def _subjects(plan: DemoProject, project: Project) -> Iterator[NewWorkItem]:
    """One subject after the other, each planned for its part of the time; its pieces take its days."""
    start, finish = project.planned_start_on, project.planned_finish_on
    assert start is not None
    assert finish is not None
    days, count = (finish - start).days + 1, len(plan.subject)
    for place, name in enumerate(plan.subject):
        yield NewWorkItem(
            title=name,
            planned_start_on=start + dt.timedelta(days=days * place // count),
            planned_finish_on=start + dt.timedelta(days=days * (place + 1) // count - 1),
        )


def _work(
    plan: DemoProject,
    project: Project,
    people: list[ProjectPerson],
    items: list[WorkItem],
    first_day: dt.date,
    last_day: dt.date,
) -> None:
    """Book and report week by week, and judge at the end of each week as the worker would have done."""
    progress = items_to_work([item.estimate_minutes or 0 for item in items], plan.overrun, plan.seed)
    entries: list[NewTimeEntry] = []
    reports: list[ProgressReport] = []
    recorder = project.created_by
    for day in days_of_work(
        items=progress,
        weekly_minutes=[person.weekly_hours * 60 for person in plan.people],
        first_day=first_day,
        last_day=last_day,
        seed=plan.seed,
    ):
        entries += [
            NewTimeEntry(
                person_id=people[person].person_id,
                worked_on=day.on,
                minutes=minutes,
                work_item_id=None if number is None else items[number].pk,
                billable=TimeEntry.Billable.YES,
                note="Planning and coordination" if number is None else "",
            )
            for person, number, minutes in day.worked
        ]
        reports += [
            ProgressReport(
                project=project,
                work_item=items[number],
                on=day.on,
                is_done=is_done,
                remaining_minutes=None if is_done else left,
                reported_by=recorder,
            )
            for number, is_done, left in day.reported
        ]
        if day.on.isoweekday() == 5 or day.on == last_day:
            _end_week(plan, project, entries, reports, day.on)
            entries, reports = [], []
    if entries or reports or not items:
        _end_week(plan, project, entries, reports, last_day)


def _end_week(
    plan: DemoProject,
    project: Project,
    entries: list[NewTimeEntry],
    reports: list[ProgressReport],
    friday: dt.date,
) -> None:
    with transaction.atomic():
        if entries:
            insert_time_entries(
                project=project, entries=entries, source=TimeEntry.Source.FILE, recorded_by=project.created_by
            )
        if reports:
            insert_progress(project=project, reports=reports)
    evening = dt.datetime.combine(friday, dt.time(17), dt.UTC)
    known = set(OutboxMessage.objects.filter(project=project).values_list("pk", flat=True))
    evaluate(project.pk, min(evening, timezone.now()))
    Alert.objects.filter(project=project, rule__in=plan.kept_rules).update(vendor_told_at=None)
    told = OutboxMessage.objects.filter(project=project).exclude(pk__in=known)
    told.update(created_at=evening)
