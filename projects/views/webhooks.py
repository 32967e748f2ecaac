"""To which programs a side has its messages posted, and what became of each."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.form_pages import errors_shown_in, say_how_it_went, status_of
from projects import actions
from projects.access import Standing, project_view
from projects.forms.webhooks import WebhookForm
from projects.models import Webhook
from projects.webhook_queries import DeliveryLine, WebhookLine, deliveries_of, webhooks_of

DELIVERIES_ON_A_PAGE = 50


@project_view("view_webhooks")
def webhook_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    lines = [WebhookLine.of(webhook) for webhook in webhooks_of(standing)]
    context = {
        "tab": "terms",
        "standing": standing,
        "project": standing.project,
        "lines": lines,
        "on_count": sum(line.webhook.is_on for line in lines),
    }
    return render(request, "projects/webhook_list.html", context)


@project_view("edit_webhooks")
def webhook_add(request: HttpRequest, standing: Standing) -> HttpResponse:
    """A new one; its secret is shown in the answer, this once."""
    form = WebhookForm(request.POST or None, side=standing.side)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            webhook, secret = actions.add_webhook(
                actor=standing.user,
                project=standing.project,
                side=standing.side,
                url=form.cleaned_data["url"],
                kinds=form.cleaned_data["kinds"],
            )
            return _show_once(request, standing, webhook, secret)
    context = {"tab": "terms", "form": form, "project": standing.project}
    return render(request, "projects/webhook_add.html", context, status=status_of(form))


@project_view("view_webhooks")
def webhook_detail(request: HttpRequest, standing: Standing, webhook_uuid: uuid.UUID) -> HttpResponse:
    """One webhook and the log of its messages."""
    webhook = _webhook(standing, webhook_uuid)
    page = Paginator(deliveries_of(webhook), DELIVERIES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": "terms",
        "standing": standing,
        "project": standing.project,
        "line": WebhookLine.of(webhook),
        "page": page,
        "lines": [DeliveryLine.of(delivery) for delivery in page],
    }
    return render(request, "projects/webhook_detail.html", context)


@project_view("edit_webhooks")
def webhook_edit(request: HttpRequest, standing: Standing, webhook_uuid: uuid.UUID) -> HttpResponse:
    webhook = _webhook(standing, webhook_uuid)
    form = WebhookForm(request.POST or None, side=standing.side, webhook=webhook)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            actions.change_webhook(
                actor=standing.user,
                webhook=webhook,
                url=form.cleaned_data["url"],
                kinds=form.cleaned_data["kinds"],
                expected_version=form.cleaned_data["version"] or 0,
            )
            return redirect("projects:webhook_detail", standing.project.slug, webhook.uuid)
    context = {"tab": "terms", "form": form, "webhook": webhook, "project": standing.project}
    return render(request, "projects/webhook_edit.html", context, status=status_of(form))


@project_view("edit_webhooks")
def webhook_secret(request: HttpRequest, standing: Standing, webhook_uuid: uuid.UUID) -> HttpResponse:
    """A new secret, shown in the answer, this once; the one so far holds for a day."""
    webhook = _webhook(standing, webhook_uuid)
    if request.method == "POST":
        return _show_once(
            request, standing, webhook, actions.change_webhook_secret(actor=standing.user, webhook=webhook)
        )
    context = {"tab": "terms", "project": standing.project, "line": WebhookLine.of(webhook)}
    return render(request, "projects/webhook_secret.html", context)


@project_view("edit_webhooks")
def webhook_end(request: HttpRequest, standing: Standing, webhook_uuid: uuid.UUID) -> HttpResponse:
    webhook = _webhook(standing, webhook_uuid)
    if request.method == "POST":
        actions.end_webhook(actor=standing.user, webhook=webhook)
        messages.success(request, _("The webhook is removed. Nothing is posted there any more."))
        return redirect("projects:webhook_list", standing.project.slug)
    context = {"tab": "terms", "project": standing.project, "line": WebhookLine.of(webhook)}
    return render(request, "projects/webhook_end.html", context)


@require_POST
@project_view("edit_webhooks")
def webhook_switch(request: HttpRequest, standing: Standing, webhook_uuid: uuid.UUID) -> HttpResponse:
    """Off, or on again."""
    webhook = _webhook(standing, webhook_uuid)
    if request.POST.get("on") == "1":
        return _acted(
            request,
            webhook,
            lambda: actions.switch_webhook_on(actor=standing.user, webhook=webhook),
            _("The webhook is on. It tells what you may see."),
        )
    return _acted(
        request,
        webhook,
        lambda: actions.switch_webhook_off(actor=standing.user, webhook=webhook, because=Webhook.Off.BY_HAND),
        _("The webhook is off. Nothing is posted until it is on again."),
    )


@require_POST
@project_view("edit_webhooks")
def webhook_test(request: HttpRequest, standing: Standing, webhook_uuid: uuid.UUID) -> HttpResponse:
    """Post a message that says nothing."""
    webhook = _webhook(standing, webhook_uuid)
    return _acted(
        request,
        webhook,
        lambda: actions.test_webhook(actor=standing.user, webhook=webhook),
        _("A test message is on its way: its answer stands in the log in a moment."),
    )


@require_POST
@project_view("edit_webhooks")
def delivery_send(
    request: HttpRequest, standing: Standing, webhook_uuid: uuid.UUID, delivery_uuid: uuid.UUID
) -> HttpResponse:
    """Post one message again."""
    webhook = _webhook(standing, webhook_uuid)
    delivery = get_object_or_404(deliveries_of(webhook), uuid=delivery_uuid)
    return _acted(
        request,
        webhook,
        lambda: actions.send_delivery_again(delivery=delivery),
        _("The message is on its way again, under the same id."),
    )


def _webhook(standing: Standing, webhook_uuid: uuid.UUID) -> Webhook:
    return get_object_or_404(webhooks_of(standing), uuid=webhook_uuid)


def _show_once(request: HttpRequest, standing: Standing, webhook: Webhook, secret: str) -> HttpResponse:
    context = {"tab": "terms", "project": standing.project, "line": WebhookLine.of(webhook), "secret": secret}
    return render(request, "projects/webhook_secret_shown.html", context)


def _acted(request: HttpRequest, webhook: Webhook, act: Callable[[], object], done: str) -> HttpResponse:
    say_how_it_went(request, act, done)
    return redirect("projects:webhook_detail", webhook.project.slug, webhook.uuid)
