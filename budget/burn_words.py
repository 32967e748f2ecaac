"""How B1, B7 and B8 speak, to each side in its own words."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.registry import Words
from budget.rule_figures import BUDGET_AMOUNT, BUDGET_HOURS, CAP_AMOUNT, CAP_HOURS, OVER, UNESTIMATED, USED
from budget.rule_figures_said import Numbers, amount, date, hours, share
from projects.audience import Side


def say_used(numbers: Numbers, side: str) -> Words:
    """B1: which of the four limits, and how much of it is used."""
    subject = numbers.get("subject", BUDGET_HOURS)
    write = hours if subject in (BUDGET_HOURS, CAP_HOURS) else amount
    if subject == BUDGET_HOURS and numbers.get("budget_source") == "estimates":
        compared = _("%(used)s of the %(limit)s h estimated are used: %(share)s %%. Hours to %(day)s.")
    else:
        compared = {
            BUDGET_HOURS: _("%(used)s of the %(limit)s h agreed are used: %(share)s %%. Hours to %(day)s."),
            CAP_HOURS: _("%(used)s of the %(limit)s h of the cap are used: %(share)s %%. Hours to %(day)s."),
            BUDGET_AMOUNT: _("%(used)s of the %(limit)s agreed are used: %(share)s %%. Hours to %(day)s."),
            CAP_AMOUNT: _("%(used)s of the %(limit)s of the cap are used: %(share)s %%. Hours to %(day)s."),
        }[subject]
    return Words(
        code=USED,
        title=_used_title(subject, numbers),
        compared=compared
        % {
            "used": write(numbers, "used"),
            "limit": write(numbers, "limit"),
            "share": share(numbers, "ratio"),
            "day": date(numbers, "hours_through"),
        },
        clears=_used_clears(subject, numbers, write(numbers, "enough")),
        suggestion=_(
            "Agree with the vendor which open work still has to be done, and stop or re-agree the rest before more "
            "hours are booked."
        )
        if side == Side.CLIENT
        else _(
            "Tell the client what the open work still needs and what could be left out, before more hours are booked."
        ),
    )


def _used_title(subject: str, numbers: Numbers) -> str:
    is_used_up = Decimal(numbers.get("ratio") or 0) >= 1
    if subject == BUDGET_HOURS:
        if numbers.get("budget_source") == "estimates":
            return _("Estimated hours used up") if is_used_up else _("Estimated hours running out")
        return _("Agreed hours used up") if is_used_up else _("Agreed hours running out")
    if subject == CAP_HOURS:
        return _("Cap in hours used up") if is_used_up else _("Cap in hours running out")
    if subject == BUDGET_AMOUNT:
        return _("Agreed amount used up") if is_used_up else _("Agreed amount running out")
    return _("Cap in money used up") if is_used_up else _("Cap in money running out")


def _used_clears(subject: str, numbers: Numbers, enough: str) -> str:
    if not numbers.get("clears_at"):
        return ""
    bounds = {"begins": share(numbers, "from"), "bound": share(numbers, "clears_at"), "enough": enough}
    if not numbers.get("enough"):
        return _("Begins at %(begins)s %%. Clears below %(bound)s %%, or with a new agreement.") % bounds
    if subject in (BUDGET_HOURS, CAP_HOURS):
        return (
            _("Begins at %(begins)s %%. Clears below %(bound)s %%, or once more than %(enough)s h are agreed.") % bounds
        )
    return _("Begins at %(begins)s %%. Clears below %(bound)s %%, or once more than %(enough)s is agreed.") % bounds


def say_over(numbers: Numbers, side: str) -> Words:
    """B7."""
    count = numbers.get("items", 0)
    return Words(
        code=OVER,
        title=_("Work items over their estimate"),
        compared=ngettext(
            "%(count)s open work item is over its estimate by %(hours)s h, %(share)s %% of the budget. "
            "Hours to %(day)s.",
            "%(count)s open work items are over their estimates by %(hours)s h, %(share)s %% of the budget. "
            "Hours to %(day)s.",
            count,
        )
        % {
            "count": count,
            "hours": hours(numbers, "over_minutes"),
            "share": share(numbers, "share"),
            "day": date(numbers, "hours_through"),
        },
        clears=_share_clears(
            numbers,
            _("Begins above %(begins)s %%. Clears at %(bound)s %% and below: %(hours)s h less on open items."),
        ),
        suggestion=_("Ask for a new remaining estimate on each of them, or agree to split or stop it.")
        if side == Side.CLIENT
        else _("Report what remains on each of them, and propose where to split or stop."),
    )


def say_unestimated(numbers: Numbers, side: str) -> Words:
    """B8."""
    return Words(
        code=UNESTIMATED,
        title=_("Hours on work without an estimate"),
        compared=_(
            "%(hours)s of the %(all)s h of four weeks went to work that nobody estimated: %(share)s %%. "
            "Hours to %(day)s."
        )
        % {
            "hours": hours(numbers, "minutes"),
            "all": hours(numbers, "recent_minutes"),
            "share": share(numbers, "share"),
            "day": date(numbers, "hours_through"),
        },
        clears=_share_clears(
            numbers,
            _("Begins above %(begins)s %%. Clears at %(bound)s %% and below: once %(hours)s h of it have an estimate."),
        ),
        suggestion=_("Ask the vendor to estimate this work, or agree that it is overhead, before it goes on.")
        if side == Side.CLIENT
        else _("Put the hours on the items they belong to, and estimate what has no estimate yet."),
    )


def _share_clears(numbers: Numbers, sentence: str) -> str:
    if not numbers.get("clears_at"):
        return ""
    return sentence % {
        "begins": share(numbers, "from"),
        "bound": share(numbers, "clears_at"),
        "hours": hours(numbers, "too_much_minutes"),
    }
