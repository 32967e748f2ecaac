"""What was agreed in sentences, one a clause. Amounts are left out for who may not see money."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.figures import hours, money
from projects.models import Project, Terms
from projects.work_categories import categories_in_words


@dataclass(frozen=True)
class Clause:
    """One thing that was agreed. ``fields`` are the terms that it is made of."""

    title: str
    sentence: str
    fields: tuple[str, ...]


def clauses_of(project: Project, *, with_money: bool) -> list[Clause]:
    """Every clause of the project's terms, in the order in which one would read them aloud."""
    terms = project.terms
    return [
        Clause(_("Cooperation"), _cooperation(project), ("cooperation_model",)),
        Clause(_("What is paid"), BILLING[terms.billing_model](), ("billing_model",)),
        Clause(_("Scope"), SCOPE[terms.scope_mode](), ("scope_mode",)),
        Clause(_("Budget"), _budget(project, with_money=with_money), ("budget_minutes", "budget_amount")),
        Clause(_("Cap"), _cap(project, with_money=with_money), ("cap_minutes", "cap_amount")),
        Clause(_("Progress"), PROGRESS[terms.progress_rule](), ("progress_rule",)),
        Clause(
            _("Answers"),
            ngettext(
                "Each side answers a question within %(days)s of its working days.",
                "Each side answers a question within %(days)s of its working days.",
                terms.response_days,
            )
            % {"days": terms.response_days},
            ("response_days",),
        ),
        Clause(_("Review"), _review(terms), ("review_days", "deemed_acceptance")),
        Clause(
            _("Cure"),
            ngettext(
                "The vendor mends a rejected delivery within %(days)s working day.",
                "The vendor mends a rejected delivery within %(days)s working days.",
                terms.cure_days,
            )
            % {"days": terms.cure_days},
            ("cure_days",),
        ),
        Clause(_("Warranty"), _warranty(terms), ("warranty_days",)),
        Clause(
            _("Payment"),
            ngettext(
                "The client pays an invoice within %(days)s day.",
                "The client pays an invoice within %(days)s days.",
                terms.payment_days,
            )
            % {"days": terms.payment_days},
            ("payment_days",),
        ),
        Clause(
            _("Defects"),
            _("Hours spent on defects are paid.")
            if terms.defect_hours_payable
            else _("Hours spent on defects are not paid."),
            ("defect_hours_payable",),
        ),
        Clause(_("Overhead"), _overhead(terms), ("overhead_categories",)),
        Clause(_("Figures by person"), FIGURES[terms.person_figures](), ("person_figures",)),
    ]


def terms_in_one_sentence(project: Project) -> str:
    """What a manager would say aloud: how it is paid, and up to where. Never an amount."""
    terms = project.terms
    if terms.billing_model == Terms.BillingModel.FIXED_PRICE:
        return _("A fixed price is agreed: milestones are paid, whatever hours they took.")
    if terms.billing_model == Terms.BillingModel.MONTHLY_FEE:
        return _("A monthly fee is agreed: the capacity is paid, whether it is loaded or not.")
    if terms.cap_minutes is not None:
        return _("Hours are paid as they are worked, up to a cap of %(hours)s h.") % {"hours": hours(terms.cap_minutes)}
    return _("Hours are paid as they are worked, and nothing caps them.")


def _cooperation(project: Project) -> str:
    names = {"client": project.client.name, "vendor": project.vendor.name if project.vendor else _("the vendor")}
    if project.terms.cooperation_model == Terms.CooperationModel.DEDICATED:
        text = _("Dedicated resources: %(client)s loads the people of %(vendor)s; their time is paid either way.")
        return text % names
    return _("Project development: %(vendor)s loads its own team and answers for the deadline.") % names


BILLING: dict[str, Callable[[], str]] = {
    Terms.BillingModel.TIME_AND_MATERIAL: lambda: _("Time and material: hours times the agreed rates."),
    Terms.BillingModel.FIXED_PRICE: lambda: _("Fixed price: milestones, whatever hours they took."),
    Terms.BillingModel.MONTHLY_FEE: lambda: _("Monthly fee: dedicated capacity, paid by the month."),
}
SCOPE: dict[str, Callable[[], str]] = {
    Terms.ScopeMode.FIXED: lambda: _("The scope is fixed: only a change request moves it."),
    Terms.ScopeMode.ROLLING: lambda: _("The scope rolls: items come and go inside the agreed envelope."),
}
PROGRESS: dict[str, Callable[[], str]] = {
    Terms.ProgressRule.HOURS_SPENT_AND_REMAINING: lambda: _(
        "A work item counts by its hours: spent, against spent and remaining."
    ),
    Terms.ProgressRule.ZERO_HUNDRED: lambda: _("A work item counts in full when it is done, and not before."),
    Terms.ProgressRule.FIFTY_FIFTY: lambda: _("A work item counts half once it is begun, and in full when it is done."),
}
FIGURES: dict[str, Callable[[], str]] = {
    Terms.PersonFigures.OFF: lambda: _("Performance is not shown person by person."),
    Terms.PersonFigures.BY_ROLE: lambda: _("Performance is shown by role, never by person."),
    Terms.PersonFigures.PSEUDONYM: lambda: _("Performance is shown by pseudonym, never by name."),
}


def _budget(project: Project, *, with_money: bool) -> str:
    figures = _figures(project, project.terms.budget_minutes, project.terms.budget_amount, with_money=with_money)
    if figures:
        return _("Agreed: %(figures)s.") % {"figures": figures}
    return _("No hours are agreed: the sum of the estimates is the budget.")


def _cap(project: Project, *, with_money: bool) -> str:
    figures = _figures(project, project.terms.cap_minutes, project.terms.cap_amount, with_money=with_money)
    if figures:
        return _("Not to be exceeded without a new agreement: %(figures)s.") % {"figures": figures}
    return _("No cap in hours is agreed.") if not with_money else _("No cap is agreed.")


def _figures(project: Project, minutes: int | None, amount: object, *, with_money: bool) -> str:
    said = []
    if minutes is not None:
        said.append(_("%(hours)s h") % {"hours": hours(minutes)})
    if amount is not None and with_money:
        said.append(money(amount, project.currency))
    return _(" and ").join(said)


def _review(terms: Terms) -> str:
    if terms.deemed_acceptance:
        text = ngettext(
            "The client reviews a delivery within %(days)s working day; silence accepts it.",
            "The client reviews a delivery within %(days)s working days; silence accepts it.",
            terms.review_days,
        )
    else:
        text = ngettext(
            "The client reviews a delivery within %(days)s working day; silence does not accept it.",
            "The client reviews a delivery within %(days)s working days; silence does not accept it.",
            terms.review_days,
        )
    return text % {"days": terms.review_days}


def _overhead(terms: Terms) -> str:
    if not terms.overhead_categories:
        return _("All work needs an estimate.")
    return _("These kinds of work are overhead and need no estimate: %(kinds)s.") % {
        "kinds": categories_in_words(terms.overhead_categories)
    }


def _warranty(terms: Terms) -> str:
    if not terms.warranty_days:
        return _("No warranty is agreed.")
    text = ngettext(
        "The vendor mends defects for %(days)s day after acceptance.",
        "The vendor mends defects for %(days)s days after acceptance.",
        terms.warranty_days,
    )
    return text % {"days": terms.warranty_days}
