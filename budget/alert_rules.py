"""Rules B1, B2 and B7: what of a project's burn is compared, and how an alert speaks of it.

The levels are pure (``budget.burn_rules``); here the figures are gathered once for all three rules and all projects,
after the worker has brought the earned series up to date.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alerts.models import Level
from alerts.registry import Held, Judgement, Rule, register_rules, register_upkeep
from budget.burn_rules import (
    AHEAD_OF_PROGRESS,
    OVER_ESTIMATE,
    USED_OF_BUDGET,
    USED_OF_CAP,
    Thresholds,
    burn_ahead_of_progress,
    clears_below,
    level_of,
)
from budget.earned_history import keep_earned_series
from budget.queries import ProjectFigures, figures_of
from projects.audience import Side
from projects.models import Project, Terms

USED, AHEAD, OVER = "B1", "B2", "B7"

BUDGET_HOURS, CAP_HOURS = "budget_hours", "cap_hours"
BUDGET_AMOUNT, CAP_AMOUNT = "budget_amount", "cap_amount"


def judge_burn(projects: Sequence[Project], now: dt.datetime, held: Mapping[int, Held]) -> dict[int, list[Judgement]]:
    """Judge the burn of projects on time and material; other billing models have no hours to watch here."""
    watched = [one for one in projects if one.terms.billing_model == Terms.BillingModel.TIME_AND_MATERIAL]
    figures = figures_of(watched, now.date())
    return {one.pk: list(_judge(one, figures[one.pk], held[one.pk])) for one in watched}


def _judge(project: Project, figures: ProjectFigures, held: Held) -> Iterator[Judgement]:
    yield from _judge_used(project, figures, held)
    yield _judge_ahead(figures, held)
    yield _judge_over_estimate(figures, held)


def _judge_used(project: Project, figures: ProjectFigures, held: Held) -> Iterator[Judgement]:
    limits: tuple[tuple[str, Decimal | int, Decimal | int | None, Thresholds], ...] = (
        (BUDGET_HOURS, figures.used_minutes, figures.budget_minutes, USED_OF_BUDGET),
        (CAP_HOURS, figures.used_minutes, figures.cap_minutes, USED_OF_CAP),
        (BUDGET_AMOUNT, figures.used_amount, figures.budget_amount, USED_OF_BUDGET),
        (CAP_AMOUNT, figures.used_amount, figures.cap_amount, USED_OF_CAP),
    )
    for subject, used, limit, thresholds in limits:
        if not limit:
            continue
        is_agreed = subject != BUDGET_HOURS or figures.budget_source == "agreed"
        ratio = Decimal(used) / Decimal(limit)
        level = level_of(ratio, thresholds, held.get((USED, subject), Level.NONE))
        yield Judgement(
            rule=USED,
            subject=subject,
            level=level,
            # A sum of estimates moves with every item: only what was agreed arms the rule anew.
            basis=str(limit) if is_agreed else "",
            shows_money=subject in (BUDGET_AMOUNT, CAP_AMOUNT),
            numbers={
                **_common(figures, level, thresholds),
                "subject": subject,
                "used": str(used),
                "limit": str(limit),
                "ratio": _text(ratio),
                "currency": project.currency,
            },
        )


def _judge_ahead(figures: ProjectFigures, held: Held) -> Judgement:
    ahead = burn_ahead_of_progress(figures.matched_ratio, figures.earned_ratio)
    level = level_of(ahead, AHEAD_OF_PROGRESS, held.get((AHEAD, ""), Level.NONE))
    return Judgement(
        rule=AHEAD,
        level=level,
        numbers={
            **_common(figures, level, AHEAD_OF_PROGRESS),
            "used_ratio": _text(figures.matched_ratio),
            "earned_ratio": _text(figures.earned_ratio),
            "ahead": _text(ahead),
            "budget_minutes": figures.budget_minutes,
            "budget_source": figures.budget_source,
        },
    )


def _judge_over_estimate(figures: ProjectFigures, held: Held) -> Judgement:
    share = Decimal(figures.over_minutes) / figures.budget_minutes if figures.budget_minutes else None
    level = level_of(share, OVER_ESTIMATE, held.get((OVER, ""), Level.NONE))
    return Judgement(
        rule=OVER,
        level=level,
        numbers={
            **_common(figures, level, OVER_ESTIMATE),
            "items": figures.over_count,
            "over_minutes": figures.over_minutes,
            "share": _text(share),
        },
    )


def _common(figures: ProjectFigures, level: str, thresholds: Thresholds) -> dict[str, Any]:
    """What every alert says: through which day the figures go, where its level begins and where it ends."""
    stands = level != Level.NONE
    return {
        "hours_through": _day(figures.hours_through),
        "progress_through": _day(figures.progress_through),
        "compared_on": _day(figures.compared_on),
        "from": _text(thresholds.of(level)) if stands else None,
        "clears_below": _text(clears_below(level, thresholds)) if stands else None,
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:.6f}"


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


# ── How the rules speak ─────────────────────────────────────────────────────────────────────────────
def _share(text: str | None) -> str:
    """A ratio as the reader's per cent, with one decimal where it says more."""
    percent = (Decimal(text or 0) * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return number_format(percent, decimal_pos=0 if percent == percent.to_integral() else 1)


def _hours(minutes: Any) -> str:
    hours = (Decimal(minutes) / 60).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return number_format(hours, use_l10n=True, force_grouping=True)


def _date(iso: str | None) -> str:
    return date_format(dt.date.fromisoformat(iso), "j M Y") if iso else _("no day yet")


def _explain_used(numbers: Mapping[str, Any]) -> str:
    subject = numbers["subject"]
    in_hours = subject in (BUDGET_HOURS, CAP_HOURS)
    sentence = {
        BUDGET_HOURS: _("%(used)s of the %(limit)s h agreed are used: %(share)s %%. Hours to %(day)s."),
        CAP_HOURS: _("%(used)s of the %(limit)s h of the cap are used: %(share)s %%. Hours to %(day)s."),
        BUDGET_AMOUNT: _("%(used)s of the %(limit)s agreed are used: %(share)s %%. Hours to %(day)s."),
        CAP_AMOUNT: _("%(used)s of the %(limit)s of the cap are used: %(share)s %%. Hours to %(day)s."),
    }[subject]
    return sentence % {
        "used": _hours(numbers["used"]) if in_hours else _money(numbers, "used"),
        "limit": _hours(numbers["limit"]) if in_hours else _money(numbers, "limit"),
        "share": _share(numbers["ratio"]),
        "day": _date(numbers["hours_through"]),
    }


def _money(numbers: Mapping[str, Any], name: str) -> str:
    amount = number_format(Decimal(numbers[name]), decimal_pos=2, use_l10n=True, force_grouping=True)
    return f"{numbers['currency']} {amount}"


def _explain_ahead(numbers: Mapping[str, Any]) -> str:
    return _(
        "%(used)s %% of the budget is used, %(earned)s %% is earned: burn is %(ahead)s points ahead of progress. "
        "Both up to %(day)s."
    ) % {
        "used": _share(numbers["used_ratio"]),
        "earned": _share(numbers["earned_ratio"]),
        "ahead": _share(numbers["ahead"]),
        "day": _date(numbers["compared_on"]),
    }


def _explain_over(numbers: Mapping[str, Any]) -> str:
    return ngettext(
        "%(count)s open work item is over its estimate by %(hours)s h, %(share)s %% of the budget. Hours to %(day)s.",
        "%(count)s open work items are over their estimates by %(hours)s h, %(share)s %% of the budget. "
        "Hours to %(day)s.",
        numbers["items"],
    ) % {
        "count": numbers["items"],
        "hours": _hours(numbers["over_minutes"]),
        "share": _share(numbers["share"]),
        "day": _date(numbers["hours_through"]),
    }


def _clears(sentence: Any) -> Any:
    def clears(numbers: Mapping[str, Any]) -> str:
        if numbers["clears_below"] is None:
            return ""
        return str(sentence) % {"bound": _share(numbers["clears_below"]), "begins": _share(numbers["from"])}

    return clears


register_upkeep(keep_earned_series)
register_rules(
    judge_burn,
    Rule(
        code=USED,
        title=gettext_lazy("Budget used up"),
        explain=_explain_used,
        clears=_clears(gettext_lazy("Begins at %(begins)s %%. Clears below %(bound)s %%, or with a new agreement.")),
        suggestions={
            Side.CLIENT: gettext_lazy(
                "Agree with the vendor which open work still has to be done, and stop or re-agree the rest before more "
                "hours are booked."
            ),
            Side.VENDOR: gettext_lazy(
                "Tell the client what the open work still needs and what could be left out, before more hours are "
                "booked."
            ),
        },
    ),
    Rule(
        code=AHEAD,
        title=gettext_lazy("Burn ahead of progress"),
        explain=_explain_ahead,
        clears=_clears(gettext_lazy("Begins at %(begins)s points. Clears below %(bound)s points.")),
        suggestions={
            Side.CLIENT: gettext_lazy(
                "Ask the vendor what remains on the items in work; look first at those over their estimate."
            ),
            Side.VENDOR: gettext_lazy(
                "Report what remains on each item in work, and say early which ones need more than was estimated."
            ),
        },
    ),
    Rule(
        code=OVER,
        title=gettext_lazy("Work items over their estimate"),
        explain=_explain_over,
        clears=_clears(gettext_lazy("Begins above %(begins)s %%. Clears at %(bound)s %% and below.")),
        suggestions={
            Side.CLIENT: gettext_lazy(
                "Ask for a new remaining estimate on each of them, or agree to split or stop it."
            ),
            Side.VENDOR: gettext_lazy("Report what remains on each of them, and propose where to split or stop."),
        },
    ),
)
