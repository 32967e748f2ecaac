"""The pages that gather everything: my work, the portfolio, a project's status, its activity."""

import uuid
from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import personal_view
from accounts.models import User
from budget.queries import burn_up_of, items_over_estimate
from core.clock import database_now
from projects.access import Standing, organisations_that_may_open_projects, project_view
from projects.actions import send_message_again
from projects.activity import ActivityLine, activities_seen_by, latest_activities
from projects.discussion_panel import panel_of
from projects.undelivered import own_undelivered
from status.answer import answer_of
from status.burn_up import burn_up_view
from status.filters import ActivityFilter, PortfolioFilter
from status.indices import indices_of
from status.machine import machine_at
from status.machine_page import answer_of_machine, own_mails_of, parts_of, troubles_of
from status.portfolio import in_order, portfolio_answer, rows_of, totals_of, usual_day
from status.portfolio_lines import portfolio_lines
from status.queries import invitation_turns, overview_of, overviews_for
from status.set_up import next_step, steps_of
from status.turns import my_list

PROJECTS_PER_PAGE = 50
TURNS_PER_PAGE = 50
ACTIVITIES_PER_PAGE = 50
ITEMS_SHOWN = 5
ACTIVITIES_SHOWN = 5


@personal_view
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for the reader across projects, the most urgent first."""
    reader = cast("User", request.user)
    now = timezone.now()
    overviews = overviews_for(reader, now, timezone.localdate())
    work = my_list([turn for overview in overviews for turn in overview.turns] + invitation_turns(reader, now))
    context = {
        "work": work,
        "page": Paginator(work.decide, TURNS_PER_PAGE).get_page(request.GET.get("page")),
        "project_count": len(overviews),
        "may_open_projects": organisations_that_may_open_projects(reader).exists(),
    }
    return render(request, "status/my_work.html", context)


@personal_view
def portfolio(request: HttpRequest) -> HttpResponse:
    """One line a project, the worst first."""
    reader = cast("User", request.user)
    overviews = overviews_for(reader, timezone.now(), timezone.localdate())
    portfolio_filter = PortfolioFilter(request.GET, overviews)
    shown = in_order(portfolio_filter.rows, portfolio_filter.group)
    page = Paginator(shown, PROJECTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "answer": portfolio_answer(overviews),
        "filter": portfolio_filter,
        "project_count": len(overviews),
        "may_open_projects": organisations_that_may_open_projects(reader).exists(),
        "page": page,
        "groups": portfolio_lines(rows_of(list(page), portfolio_filter.group)),
        "usual_day": usual_day(page),
        "totals": totals_of(shown),
    }
    return render(request, "status/portfolio.html", context)


@project_view("view_project")
def project_detail(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Where one project stands."""
    overview = overview_of(standing, timezone.now(), timezone.localdate())
    figures = overview.figures
    steps = [] if overview.set_up.is_complete else steps_of(standing, overview.set_up)
    context = {
        "tab": "status",
        "standing": standing,
        "overview": overview,
        "light": overview.light,
        "figures": figures,
        "answer": answer_of(overview),
        "steps": steps,
        "done_steps": sum(step.is_done for step in steps),
        "next_step": next_step(steps),
        # These three are asked for by the template, and only where it has not kept what it made of the same figures.
        "draw_chart": lambda: burn_up_view(standing.project, figures, burn_up_of(standing.project)),
        "over_items": items_over_estimate(standing.project, limit=ITEMS_SHOWN),
        "indices": lambda: indices_of(figures),
        "discussion": panel_of(standing),
        "activities": [ActivityLine.of(one) for one in latest_activities(standing, ACTIVITIES_SHOWN)],
    }
    return render(request, "status/project_detail.html", context)


@project_view("view_project")
def activity_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Everything that people did in the project, the newest first."""
    activity_filter = ActivityFilter(request.GET, queryset=activities_seen_by(standing), request=request)
    page = Paginator(activity_filter.qs, ACTIVITIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": "activity",
        "standing": standing,
        "filter": activity_filter,
        "page": page,
        "lines": [ActivityLine.of(activity) for activity in page],
    }
    return render(request, "status/activity_list.html", context)


@personal_view
def machine(request: HttpRequest) -> HttpResponse:
    """Whether alerts come in time, and what stands still in the reader's own projects."""
    reader = cast("User", request.user)
    state = machine_at(database_now())
    context = {
        "answer": answer_of_machine(state),
        "parts": parts_of(state),
        "troubles": troubles_of(reader),
        "own_mails": own_mails_of(reader),
    }
    return render(request, "status/machine.html", context)


@require_POST
@personal_view
def own_mail_send(request: HttpRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """Try one of the reader's own mails of all projects again."""
    reader = cast("User", request.user)
    message = get_object_or_404(own_undelivered(reader), uuid=message_uuid)
    send_message_again(actor=reader, message=message)
    messages.success(request, _("It is being sent again."))
    return redirect("status:machine")
