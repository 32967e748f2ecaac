"""The page of earned value, and its figures as files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from budget.earned_queries import branches_below, earned_page
from core.tabular.writing import as_csv
from projects.access import Standing, project_view
from projects.terms_words import PROGRESS
from status.earned_answer import earned_answer
from status.earned_branches import BranchLine
from status.earned_chart import earned_chart
from status.earned_files import days_table, indices_table
from status.earned_form import EarnedValueForm
from status.earned_indices import earned_indices, hours_outside


@project_view("view_hours")
def earned_value(request: HttpRequest, standing: Standing) -> HttpResponse:
    """What the work of the project, or of a branch, is worth up to a day; every index with its formula."""
    form = EarnedValueForm(request.GET, project=standing.project)
    page = earned_page(standing.project, form.branch, form.day)
    context: dict[str, Any] = {
        "tab": "earned_value",
        "standing": standing,
        "filter": {"form": form},
        "page_of": page,
        "answer": earned_answer(page),
        "shows_money": page.shows_money_to(standing) and page.planned_rate is not None,
    }
    if page.as_of is not None:
        below = branches_below(page, order=request.GET.get("order", ""), page_number=request.GET.get("page"))
        all_below = list(below) if below.paginator.num_pages == 1 else ()
        indices = earned_indices(page, page.as_of, with_money=context["shows_money"], below=all_below)
        context |= {
            "indices": indices,
            "chart": earned_chart(page, page.as_of, indices.cost),
            "outside": hours_outside(page, page.as_of),
            "page": below,
            "branches": [BranchLine.of(row, page) for row in below],
            "rule": PROGRESS[standing.project.terms.progress_rule](),
        }
    return render(request, "status/earned_value.html", context)


@project_view("view_hours")
def earned_value_indices(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The indices of the page as a file."""
    form = EarnedValueForm(request.GET, project=standing.project)
    page = earned_page(standing.project, form.branch, form.day)
    return _file(indices_table(page, with_money=page.shows_money_to(standing)), "earned-value-indices.csv")


@project_view("view_hours")
def earned_value_days(request: HttpRequest, standing: Standing) -> HttpResponse:
    """What was planned, earned and used up to each day as a file."""
    form = EarnedValueForm(request.GET, project=standing.project)
    page = earned_page(standing.project, form.branch, form.day)
    return _file(days_table(page, with_money=standing.can("view_rates")), "earned-value-days.csv")


def _file(rows: list[list[Any]], name: str) -> HttpResponse:
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
