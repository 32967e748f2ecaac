"""The page on which a person's week is written: work items down, days across."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from budget.time_entry_queries import people_to_record
from budget.week_actions import CellsMoved, SavedWeek, save_week
from budget.week_forms import WeekForm, numbers_in
from budget.week_queries import week_of
from core.days import is_plausible
from core.errors import RowsRefused
from core.form_pages import errors_shown_in, status_of
from core.templatetags.figures import hours
from projects.access import Standing, project_view


@project_view("record_time")
def time_week(request: HttpRequest, standing: Standing) -> HttpResponse:
    """A person's hours of a week: ``?person=…&day=…`` says whose and, by any of its days, which."""
    people = list(people_to_record(standing.project))
    context: dict[str, Any] = {"tab": "time", "standing": standing, "people": people}
    if not people:
        return render(request, "budget/time_week.html", context)
    person = _person(request.GET, people, standing)
    monday = _monday(request.GET.get("day", ""))
    form = _form(request, standing, person, monday)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            try:
                saved = _save(form, standing, person)
            except CellsMoved as moved:
                form = form.against(_form(request, standing, person, monday), moved.cells)
            else:
                messages.success(request, _sentence(saved, person))
                here = QueryDict(mutable=True)
                here.update({"person": str(person.uuid), "day": monday.isoformat()})
                return redirect(f"{reverse('budget:time_week', args=[standing.project.slug])}?{here.urlencode()}")
    week = form.week
    may_go_on = week.after <= timezone.localdate()
    context |= {"form": form, "week": week, "person": person, "may_go_on": may_go_on}
    return render(request, "budget/time_week.html", context, status=status_of(form))


def _person(asked: QueryDict, people: list[Person], standing: Standing) -> Person:
    """Whoever was asked for, else the reader, else the first."""
    if "person" in asked:
        found = [person for person in people if str(person.uuid) == asked["person"]]
        # Nobody of the project: the same answer as for nobody at all.
        return found[0] if found else get_object_or_404(Person.objects.none())
    return next((person for person in people if person.user_id == standing.user.pk), people[0])


def _monday(text: str) -> dt.date:
    """The Monday of the week with this day; of this week where the text is no day."""
    today = timezone.localdate()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = today
    day = min(day if is_plausible(day) else today, today)
    return day - dt.timedelta(days=day.weekday())


def _form(request: HttpRequest, standing: Standing, person: Person, monday: dt.date) -> WeekForm:
    week = week_of(standing.project, person, monday, numbers_in(request.POST))
    return WeekForm(
        request.POST or None,
        week=week,
        project=standing.project,
        is_client=standing.is_client,
        today=timezone.localdate(),
    )


def _save(form: WeekForm, standing: Standing, person: Person) -> SavedWeek:
    try:
        return save_week(
            actor=standing.user,
            project=standing.project,
            person=person,
            changes=form.changes(),
            today=timezone.localdate(),
            **form.act(),
        )
    except RowsRefused as refused:
        # The sheet has no row for each entry: the first reason stands above it.
        raise next(iter(refused.rows.values())) from refused


def _sentence(saved: SavedWeek, person: Person) -> str:
    said = {
        "name": person.name,
        "added": hours(saved.added_minutes),
        "taken_back": hours(saved.taken_back_minutes),
    }
    if not saved.added_minutes and not saved.taken_back_minutes:
        return _("Nothing was changed.")
    if not saved.taken_back_minutes:
        return _("%(added)s h of %(name)s were recorded.") % said
    if not saved.added_minutes:
        return _("%(taken_back)s h of %(name)s were taken back.") % said
    return _("%(added)s h of %(name)s were recorded, %(taken_back)s h taken back.") % said
