"""How a question and its answer read in the inbox and in a mail."""

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from budget.confirmation_act import question
from budget.confirmation_words import about_of
from budget.models import RecordConfirmation
from projects.messages import Telling, Wording, register_message

Said = Callable[[RecordConfirmation, Mapping[str, str]], tuple[str, str]]


def _asked(confirmation: RecordConfirmation, names: Mapping[str, str]) -> tuple[str, str]:
    """Subject and sentence for the vendor's managers."""
    return _("%(project)s: %(person)s is asked to confirm %(about)s") % names, question(confirmation)


def _answered(confirmation: RecordConfirmation, names: Mapping[str, str]) -> tuple[str, str]:
    """Subject and sentence for the client's managers."""
    if confirmation.state == RecordConfirmation.State.CONFIRMED:
        return (
            _("%(project)s: %(who)s confirmed %(about)s") % names,
            _("%(who)s confirmed %(about)s as you recorded them. If they change, the page says so.") % names,
        )
    return (
        _("%(project)s: %(who)s objects to %(about)s") % names,
        _("%(who)s objects to %(about)s. Correct the record and ask anew, or leave it as it is.") % names,
    )


def _answered_by_link(confirmation: RecordConfirmation, names: Mapping[str, str]) -> tuple[str, str]:
    """Subject and sentence for the vendor's managers: they did not answer themselves, and may disagree."""
    names = {**names, "mail": confirmation.link.sent_to if confirmation.link else ""}
    if confirmation.state == RecordConfirmation.State.CONFIRMED:
        return (
            _("%(project)s: %(who)s confirmed %(about)s by link") % names,
            _("%(who)s confirmed %(about)s by the link mailed to %(mail)s. If that is wrong, object.") % names,
        )
    return (
        _("%(project)s: %(who)s objected to %(about)s by link") % names,
        _("%(who)s objected to %(about)s by the link mailed to %(mail)s.") % names,
    )


def _worded(tellings: Sequence[Telling], said: Said) -> list[Wording | None]:
    """One query for all tellings."""
    uuids = {telling.data["confirmation"] for telling in tellings}
    found = {
        (one.project_id, str(one.uuid)): one
        for one in RecordConfirmation.objects.filter(uuid__in=uuids).select_related(
            "project__client", "person", "answered_by", "link"
        )
    }
    return [_one(telling, found.get((telling.project.pk, telling.data["confirmation"])), said) for telling in tellings]


def _one(telling: Telling, confirmation: RecordConfirmation | None, said: Said) -> Wording | None:
    if confirmation is None:
        return None
    names = {
        "project": confirmation.project.name,
        "person": confirmation.person.name,
        "who": confirmation.answered_by.name if confirmation.answered_by else confirmation.person.name,
        "about": about_of(confirmation),
    }
    subject, sentence = said(confirmation, names)
    path = reverse("budget:confirmation_detail", args=[confirmation.project.slug, confirmation.uuid])
    context = {
        "reader": telling.standing.user,
        "project": confirmation.project,
        "sentence": sentence,
        "reason": confirmation.answer,
        "address": settings.SITE_URL + path,
    }
    return Wording(
        subject=subject[:300],
        text=render_to_string("budget/mail/confirmation.txt", context),
        html=render_to_string("budget/mail/confirmation.html", context),
        path=path,
    )


register_message("confirmation_asked", lambda tellings: _worded(tellings, _asked), capability="answer_confirmation")
register_message("confirmation_answered", lambda tellings: _worded(tellings, _answered), capability="ask_confirmation")
register_message(
    "confirmation_answered_by_link",
    lambda tellings: _worded(tellings, _answered_by_link),
    capability="answer_confirmation",
)
