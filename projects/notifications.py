"""Telling people of events: what is put into the inbox of whom, and into their mail if they want that.

An event is told in the transaction that makes it, and worded for each reader when they see it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from projects.access import recipients
from projects.audience import Audience, Side
from projects.gathering import events_of
from projects.messages import ByMail, Telling, Wording, Writer, register_message
from projects.models import Membership, OutboxMessage, Project, Terms, Webhook
from projects.outbox import put_in_outbox
from projects.telling_programs import tell_programs

BOTH_CHANNELS = (OutboxMessage.Channel.IN_APP, OutboxMessage.Channel.MAIL)


# ── Telling ─────────────────────────────────────────────────────────────────────────────────────────
def tell_other_side(*, project: Project, actor: User, kind: str, data: Mapping[str, Any], dedupe: str) -> int:
    """Tell the managers of the side on which ``actor`` does not stand. Returns how many messages were new.

    What the same person does within a short while is told together (``projects.gathering``); the side's programs are
    told of each event.
    """
    side = Membership.objects.filter(project=project, user=actor).values_list("side", flat=True).first() or Side.CLIENT
    told, whole = Side(side).other, {"by": actor.name, "events": [{"key": dedupe, **data}]}
    tell_programs(project=project, side=told, kind=kind, data=whole, dedupe=dedupe)
    return put_in_outbox(
        project=project,
        recipients=recipients(project, told, (Membership.Role.MANAGER,)),
        kind=kind,
        data=whole,
        channels=BOTH_CHANNELS,
        audience=Audience.BOTH,
        dedupe=f"{kind}:{dedupe}",
    )


def tell_of_ending(*, membership: Membership, actor: User) -> None:
    """Tell a user by mail that they no longer take part; nobody is told what they did themselves."""
    if membership.user_id == actor.pk:
        return
    put_in_outbox(
        project=membership.project,
        recipients=[membership.user],
        kind="membership_ended",
        data={"by": actor.name},
        # Not in the inbox: it shows nothing of projects that the reader no longer sees.
        channels=[OutboxMessage.Channel.MAIL],
        audience=Audience(membership.side),
        dedupe=f"membership_ended:{membership.uuid}:{timezone.now().isoformat()}",
    )


# ── Words ───────────────────────────────────────────────────────────────────────────────────────────
def _worded(telling: Telling, sentence: str, path: str, detail: str = "") -> Wording:
    project = telling.project
    context = {
        "reader": telling.standing.user,
        "project": project,
        "sentence": sentence,
        "detail": detail,
        "address": settings.SITE_URL + path,
    }
    return Wording(
        subject=(_("%(project)s: %(sentence)s") % {"project": project.name, "sentence": sentence.rstrip(".")})[:300],
        text=render_to_string("projects/mail/event.txt", context),
        html=render_to_string("projects/mail/event.html", context),
        path=path,
    )


def _each(word: Callable[[Telling], Wording]) -> Writer:
    """A writer that needs nothing but each message's own data."""
    return lambda tellings: [word(telling) for telling in tellings]


def _terms_changed(telling: Telling) -> Wording:
    # Fields that have left the model since are passed over.
    names = {field.name: str(field.verbose_name) for field in Terms._meta.fields}
    fields = dict.fromkeys(name for event in events_of(telling.data) for name in event["fields"])
    changed = ", ".join(names[name] for name in fields if name in names)
    sentence = _("%(name)s changed the terms.") % {"name": telling.data["by"]}
    path = reverse("projects:terms_detail", args=[telling.project.slug])
    return _worded(telling, sentence, path, _("Changed: %(fields)s.") % {"fields": changed})


def _rates_changed(telling: Telling) -> Wording:
    sentence = _("%(name)s changed the rates.") % {"name": telling.data["by"]}
    return _worded(telling, sentence, reverse("projects:rate_list", args=[telling.project.slug]))


def _file_taken(telling: Telling) -> Wording:
    events = events_of(telling.data)
    said = {"name": telling.data["by"], "file": events[-1]["filename"], "count": len(events)}
    if len(events) == 1:
        return _worded(telling, _("%(name)s took in “%(file)s”.") % said, events[-1]["path"])
    sentence = ngettext("%(name)s took in %(count)s file.", "%(name)s took in %(count)s files.", len(events)) % said
    return _worded(telling, sentence, events[-1]["path"], ", ".join(str(event["filename"]) for event in events))


def _file_taken_back(telling: Telling) -> Wording:
    events = events_of(telling.data)
    said = {"name": telling.data["by"], "file": ", ".join(str(event["filename"]) for event in events)}
    return _worded(telling, _("%(name)s took back the import of “%(file)s”.") % said, events[-1]["path"])


def _status_changed(telling: Telling) -> Wording:
    """Of several steps the last one counts; each reason is told."""
    events = events_of(telling.data)
    said = {"name": telling.data["by"], "status": Project.Status(events[-1]["after"]).label}
    reasons = " ".join(str(event["reason"]) for event in events if event.get("reason"))
    path = telling.project.get_absolute_url()
    return _worded(telling, _("%(name)s set the project to %(status)s.") % said, path, reasons)


def _mail_given_up(telling: Telling) -> Wording:
    sentence = _("A mail to %(name)s did not get through.") % {"name": telling.data["to"]}
    path = reverse("projects:undelivered_list", args=[telling.project.slug])
    return _worded(telling, sentence, path, telling.data["subject"])


def _webhook_tried(telling: Telling) -> Wording:
    sentence = _("%(name)s tries this webhook.") % {"name": telling.data["by"]}
    return _worded(telling, sentence, telling.project.get_absolute_url())


def _webhook_off(telling: Telling) -> Wording:
    sentence = _("The webhook to %(host)s was switched off.") % {"host": telling.data["host"]}
    path = reverse("projects:webhook_detail", args=[telling.project.slug, telling.data["webhook"]])
    why = Webhook.Off(telling.data["because"]).label
    detail = _("The reason: %(why)s. Mend it, then switch the webhook on again.") % {"why": why}
    return _worded(telling, sentence, path, detail)


def _membership_ended(telling: Telling) -> Wording:
    sentence = _("%(name)s ended your part in this project.") % {"name": telling.data["by"]}
    return _worded(telling, sentence, "/", _("You no longer see it. What you wrote there stays."))


register_message(
    "terms_changed",
    _each(_terms_changed),
    by_mail=ByMail.ON,
    name=gettext_lazy("the other side changes the terms"),
)
register_message(
    "status_changed",
    _each(_status_changed),
    by_mail=ByMail.ON,
    name=gettext_lazy("the other side pauses, closes or opens a project"),
)
register_message(
    "rates_changed",
    _each(_rates_changed),
    capability="view_rates",
    by_mail=ByMail.OFF,
    name=gettext_lazy("the other side changes rates"),
)
register_message(
    "estimate_taken",
    _each(_file_taken),
    by_mail=ByMail.OFF,
    name=gettext_lazy("the other side takes in an estimate file"),
)
register_message(
    "timesheet_taken",
    _each(_file_taken),
    capability="view_hours",
    by_mail=ByMail.OFF,
    name=gettext_lazy("the other side takes in a timesheet"),
)
register_message(
    "timesheet_taken_back",
    _each(_file_taken_back),
    capability="view_hours",
    by_mail=ByMail.OFF,
    name=gettext_lazy("the other side takes an imported timesheet back"),
)
register_message(
    "estimate_taken_back",
    _each(_file_taken_back),
    by_mail=ByMail.OFF,
    name=gettext_lazy("the other side takes an imported estimate back"),
)
register_message("mail_given_up", _each(_mail_given_up), capability="resend_messages")
register_message("webhook_test", _each(_webhook_tried), capability="view_webhooks")
register_message("webhook_off", _each(_webhook_off), capability="view_webhooks")
register_message("membership_ended", _each(_membership_ended), capability="", by_mail=ByMail.ALWAYS)
