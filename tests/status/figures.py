"""Figures of a project that exists nowhere, for what is made of figures alone."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from accounts.models import Organisation, User
from budget.queries import ProjectFigures
from projects.access import Standing
from projects.audience import Side
from projects.models import Project, Terms
from projects.roles import capabilities_of
from status.queries import ProjectOverview
from status.set_up import SetUp

TODAY = dt.date(2026, 9, 18)
MONDAYS = [dt.date(2026, 9, 14) - dt.timedelta(weeks=back) for back in range(11, -1, -1)]

# 412 of 600 h used for work worth 355 h, both to 17 September: 9.5 points ahead. 173 h remain: 585 h likely.
RUNNING = ProjectFigures(
    project_id=1,
    today=TODAY,
    budget_minutes=600 * 60,
    budget_source="agreed",
    cap_minutes=None,
    budget_amount=None,
    cap_amount=None,
    used_minutes=412 * 60,
    used_amount=Decimal(0),
    unrated_minutes=0,
    hours_from=dt.date(2026, 6, 22),
    hours_through=dt.date(2026, 9, 17),
    progress_through=dt.date(2026, 9, 17),
    compared_on=dt.date(2026, 9, 17),
    used_minutes_at_compared=412 * 60,
    matched_minutes_at_compared=412 * 60,
    earned_minutes_at_compared=Decimal(355 * 60),
    remaining_minutes_at_compared=Decimal(173 * 60),
    bac_minutes=600 * 60,
    item_count=40,
    estimated_item_count=40,
    done_item_count=20,
    estimated_minutes=600 * 60,
    remaining_minutes=173 * 60,
    over_count=0,
    over_minutes=0,
    weekly_minutes=tuple((monday, 35 * 60) for monday in MONDAYS),
    being_recomputed=False,
)

BEFORE_HOURS: dict[str, Any] = {
    "used_minutes": 0,
    "hours_from": None,
    "hours_through": None,
    "progress_through": None,
    "compared_on": None,
    "used_minutes_at_compared": None,
    "matched_minutes_at_compared": None,
    "earned_minutes_at_compared": None,
    "remaining_minutes_at_compared": None,
    "bac_minutes": None,
    "weekly_minutes": (),
}


def overview(
    side: str = Side.CLIENT, role: str = "manager", *, project: dict[str, Any] | None = None, **figures: Any
) -> ProjectOverview:
    """What a reader with this role sees of a running project that differs from ``RUNNING`` as said."""
    read = Project(
        name="Claims portal",
        slug="claims-portal",
        currency="EUR",
        status=Project.Status.ACTIVE,
        client=Organisation(name="Harbour Authority"),
        vendor=Organisation(name="Northwind Software"),
    )
    for name, value in (project or {}).items():
        setattr(read, name, value)
    read.terms = Terms(project=read)
    return ProjectOverview(
        standing=Standing(User(name="Clara"), read, side, role, capabilities_of(side, role)),
        figures=replace(RUNNING, **figures),
        set_up=SetUp(
            has_vendor=read.vendor is not None,
            has_terms=True,
            has_people=True,
            has_calendars=True,
            has_rates=True,
            has_estimate=True,
            has_hours=True,
        ),
        alerts=(),
        light=None,
        turns=(),
    )
