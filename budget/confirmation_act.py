"""What the single-purpose link of a confirmation shows and does."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budget.confirmation_content import lines_of
from budget.confirmation_forms import AnswerForm
from budget.confirmation_words import about_of
from budget.confirmations import ACT, answer_confirmation, confirmation_of_link
from budget.models import RecordConfirmation
from core.templatetags.figures import hours
from projects.act_links import Act, ActPage, register_act
from projects.actions.act_links import LinkIsDead
from projects.models import ActLink


def question(confirmation: RecordConfirmation) -> str:
    """What is asked, as a sentence."""
    minutes = sum(line.minutes for line in lines_of(confirmation.content))
    said = {
        "client": confirmation.project.client.name,
        "about": about_of(confirmation),
        "hours": hours(minutes),
        "project": confirmation.project.name,
    }
    return _("%(client)s asks you to confirm %(about)s: %(hours)s h, as recorded in %(project)s.") % said


def _subject(link: ActLink) -> str:
    confirmation = confirmation_of_link(link)
    return _("please confirm %(about)s") % {"about": about_of(confirmation)} if confirmation else ""


def _show(link: ActLink) -> ActPage | None:
    confirmation = confirmation_of_link(link)
    if confirmation is None:
        return None
    lines = lines_of(confirmation.content)
    context = {"confirmation": confirmation, "lines": lines, "minutes": sum(line.minutes for line in lines)}
    return ActPage(question(confirmation), "budget/_confirmation_lines.html", context)


def _perform(link: ActLink, *, agrees: bool, reason: str) -> str:
    confirmation = confirmation_of_link(link)
    if confirmation is None:
        raise LinkIsDead
    answer_confirmation(actor=None, confirmation=confirmation, agrees=agrees, reason=reason)
    said = {"client": confirmation.project.client.name, "about": about_of(confirmation)}
    if agrees:
        return _("Thank you. %(client)s sees that you confirmed %(about)s.") % said
    return _("Thank you. %(client)s sees that you object to %(about)s, and why.") % said


register_act(
    Act(
        name=ACT,
        title=gettext_lazy("Confirm or object"),
        capability="ask_confirmation",
        form=AnswerForm,
        form_template="budget/_confirmation_answer.html",
        subject=_subject,
        show=_show,
        perform=_perform,
    )
)
