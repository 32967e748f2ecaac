"""The pages of confirmations: what was asked, asking, and the vendor's answer from its own account."""

import uuid
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from budget.confirmation_forms import AnswerForm, AskForm, LinkForm
from budget.confirmation_queries import confirmation_lines, confirmations_of, letter_of
from budget.confirmation_words import about_of
from budget.confirmations import answer_confirmation, ask_confirmation, renew_link, withdraw_confirmation
from budget.models import RecordConfirmation
from core.form_pages import errors_shown_in, status_of
from projects.access import Standing, project_view

CONFIRMATIONS_PER_PAGE: Final = 25


@project_view("view_hours")
def confirmation_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Everything that was asked, the newest first, and what has changed since it was confirmed."""
    confirmations = confirmations_of(standing.project)
    page = Paginator(confirmations, CONFIRMATIONS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": "confirmations",
        "standing": standing,
        "page": page,
        "rows": confirmation_lines(standing.project, list(page)),
        "waiting_count": confirmations.asked().count(),
        "objected_count": confirmations.objected().count(),
        "may_ask": standing.can("ask_confirmation") and not standing.project.is_read_only,
    }
    return render(request, "budget/confirmation_list.html", context)


@project_view("ask_confirmation")
def confirmation_ask(request: HttpRequest, standing: Standing) -> HttpResponse:
    form = AskForm(
        request.POST or None, initial=request.GET.dict(), project=standing.project, today=timezone.localdate()
    )
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            confirmation = ask_confirmation(actor=standing.user, project=standing.project, **form.cleaned_data)
            messages.success(request, _told_of_link(confirmation))
            return redirect("budget:confirmation_detail", standing.project.slug, confirmation.uuid)
    context = {"tab": "confirmations", "standing": standing, "form": form}
    return render(request, "budget/confirmation_ask.html", context, status=status_of(form))


def _told_of_link(confirmation: RecordConfirmation) -> str:
    if confirmation.link is None:
        return _("The vendor’s manager is asked and answers signed in.")
    names = {"name": confirmation.person.name, "mail": confirmation.link.sent_to}
    return _("%(name)s is asked: the link goes to %(mail)s.") % names


@project_view("view_hours", capability_to_post="answer_confirmation")
def confirmation_detail(request: HttpRequest, standing: Standing, confirmation_uuid: uuid.UUID) -> HttpResponse:
    """What was asked and what became of it; the vendor's manager answers here."""
    confirmation = get_object_or_404(confirmations_of(standing.project), uuid=confirmation_uuid)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            answer_confirmation(actor=standing.user, confirmation=confirmation, **form.cleaned_data)
            messages.success(request, _("Your answer is recorded, and the client is told."))
            return redirect("budget:confirmation_detail", standing.project.slug, confirmation.uuid)
    (row,) = confirmation_lines(standing.project, [confirmation])
    is_closed = standing.project.is_read_only
    may_ask = standing.can("ask_confirmation") and not is_closed
    may_answer = standing.can("answer_confirmation") and not is_closed
    context = {
        "tab": "confirmations",
        "standing": standing,
        "row": row,
        "confirmation": confirmation,
        "about": about_of(confirmation),
        "who": (confirmation.answered_by or confirmation.person).name,
        "may_ask_again": may_ask and row.asks_for_more,
        "ask_again_url": _ask_again(standing, confirmation),
        "form": form,
        "letter": letter_of(confirmation) if may_ask and confirmation.is_open else None,
        "may_ask": may_ask,
        "may_answer": confirmation.is_open and may_answer,
        "may_still_object": confirmation.was_confirmed_by_link and may_answer,
    }
    return render(request, "budget/confirmation_detail.html", context, status=status_of(form))


def _ask_again(standing: Standing, confirmation: RecordConfirmation) -> str:
    """The page that asks, filled in with the same question."""
    same = {
        "subject": confirmation.subject,
        "first_day": confirmation.first_day,
        "last_day": confirmation.last_day,
        "person": confirmation.person.uuid,
    }
    asked = urlencode({name: value for name, value in same.items() if value is not None})
    return f"{reverse('budget:confirmation_ask', args=[standing.project.slug])}?{asked}"


@project_view("ask_confirmation")
def confirmation_link(request: HttpRequest, standing: Standing, confirmation_uuid: uuid.UUID) -> HttpResponse:
    """A new link by a new mail; the one before ends."""
    confirmation = get_object_or_404(confirmations_of(standing.project), uuid=confirmation_uuid)
    form = LinkForm(request.POST if request.method == "POST" else None, person=confirmation.person)
    if form.is_valid():
        with errors_shown_in(form):
            renew_link(actor=standing.user, confirmation=confirmation, **form.cleaned_data)
            messages.success(request, _("A new link is on its way."))
            return redirect("budget:confirmation_detail", standing.project.slug, confirmation.uuid)
    context = {
        "tab": "confirmations",
        "standing": standing,
        "confirmation": confirmation,
        "form": form,
        "about": about_of(confirmation),
    }
    return render(request, "budget/confirmation_link.html", context, status=status_of(form))


@project_view("ask_confirmation")
def confirmation_withdraw(request: HttpRequest, standing: Standing, confirmation_uuid: uuid.UUID) -> HttpResponse:
    """Ask no longer, or leave an objection as it is."""
    confirmation = get_object_or_404(confirmations_of(standing.project), uuid=confirmation_uuid)
    if request.method == "POST":
        withdraw_confirmation(actor=standing.user, confirmation=confirmation)
        return redirect("budget:confirmation_list", standing.project.slug)
    context = {
        "tab": "confirmations",
        "standing": standing,
        "confirmation": confirmation,
        "about": about_of(confirmation),
    }
    return render(request, "budget/confirmation_withdraw.html", context)
