"""The sentences a manager would say aloud of a project, made from its figures."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budget.progress_rules import AHEAD_OF_PROGRESS
from budget.queries import ProjectFigures
from core.addresses import address
from core.templatetags.figures import NO_BREAK, day, money, points
from projects.access import Standing
from projects.models import Project
from projects.standstill import Standstill
from status.queries import ProjectOverview
from status.sentences import Figure, Sentence, hours_said

# Of the budget: a point, by which burn and what the used hours seem to say would differ.
OUTSIDE_WORTH_SAYING = Decimal("0.01")


@dataclass(frozen=True)
class Answer:
    """What one says first, ``headline``: where the project stands. And ``further``: where that leads, what it costs."""

    headline: Sequence[Sentence]
    further: Sequence[Sentence]


def answer_of(overview: ProjectOverview) -> Answer:
    """Where the project stands, for this reader."""
    figures, standing = overview.figures, overview.standing
    links = _Links.of(standing, figures)
    return Answer(
        headline=[
            *_standstill(standing.project, overview.standstill),
            *([] if overview.set_up.has_vendor else [Sentence(_("No vendor is named yet."))]),
            *_hours(figures, standing, links),
        ],
        further=[
            *_outlook(figures, standing, links),
            *(_money(figures, standing, links) if standing.can("view_money") else ()),
        ],
    )


@dataclass(frozen=True)
class _Links:
    """Where each figure is made."""

    hours: str
    budget: str
    items: str
    terms: str
    alerts: str
    outside: str

    @classmethod
    def of(cls, standing: Standing, figures: ProjectFigures) -> "_Links":
        slug = standing.project.slug
        items, terms = address("requirements:work_item_list", slug), address("projects:terms_detail", slug)
        return cls(
            hours=address("budget:time_entry_list", slug),
            budget=terms if figures.budget_source == "agreed" else items,
            items=items,
            terms=terms,
            alerts=address("alerts:alert_list", slug) if standing.can("view_alerts") else "#indices",
            outside=address("status:earned_value", slug) + "#outside",
        )


def _standstill(project: Project, standstill: Standstill | None) -> Iterator[Sentence]:
    since = {"day": Figure(day(standstill.since).replace(" ", NO_BREAK))} if standstill else {}
    if project.status == Project.Status.CLOSED:
        yield Sentence(_("This project is closed since %(day)s.") if since else _("This project is closed."), since)
    elif project.status == Project.Status.PAUSED:
        text = _("This project is paused since %(day)s: its rules stand still.")
        yield Sentence(text if since else _("This project is paused: its rules stand still."), since)


def _hours(figures: ProjectFigures, standing: Standing, links: _Links) -> Iterator[Sentence]:
    used = Figure(hours_said(figures.used_minutes), links.hours)
    if figures.hours_through is None:
        yield _before_the_first_hours(figures, links)
        return
    if figures.budget_minutes is None:
        yield Sentence(
            _("%(used)s are used, and there is no estimate or agreed budget to compare them with."), {"used": used}
        )
        return
    budget = Figure(hours_said(figures.budget_minutes), links.budget)
    if figures.item_count and figures.done_item_count == figures.item_count:
        yield _done(figures, used, budget, links)
        return
    if figures.earned_minutes_at_compared is None:
        text = _("%(used)s of %(budget)s are used; what they earned is being worked out.")
        yield Sentence(text, {"used": used, "budget": budget})
        return
    yield _earned(figures, figures.earned_minutes_at_compared, used, budget, links)
    yield from _outside(figures, links)
    yield _pace(figures, standing, links)


def _outlook(figures: ProjectFigures, standing: Standing, links: _Links) -> Iterator[Sentence]:
    """How it will likely end, while work goes on that can be compared."""
    is_done = figures.item_count and figures.done_item_count == figures.item_count
    if figures.hours_through is None or figures.budget_minutes is None or figures.likely_minutes is None or is_done:
        return
    is_compared = figures.earned_minutes_at_compared is not None
    # One red sentence is enough: what follows from it need not shout as well.
    alarm = "" if is_compared and _pace(figures, standing, links).tone == "bad" else "bad"
    budget = Figure(hours_said(figures.budget_minutes), links.budget)
    yield _end(figures, standing.project.planned_finish_on, budget, links, alarm)


def _earned(figures: ProjectFigures, earned_minutes: Decimal, used: Figure, budget: Figure, links: _Links) -> Sentence:
    """What the hours bought. Hours newer than the progress are named apart: nobody has said yet what they earned."""
    named = {"used": used, "budget": budget, "earned": Figure(hours_said(earned_minutes), links.items)}
    if figures.compared_on == figures.hours_through or figures.used_minutes_at_compared is None:
        return Sentence(_("%(used)s of %(budget)s are used for work worth %(earned)s."), named)
    named["compared"] = Figure(hours_said(figures.used_minutes_at_compared))
    named["day"] = Figure(day(figures.compared_on).replace(" ", NO_BREAK))
    return Sentence(
        _("%(used)s of %(budget)s are used; the %(compared)s up to %(day)s went into work worth %(earned)s."), named
    )


def _outside(figures: ProjectFigures, links: _Links) -> Iterator[Sentence]:
    """The hours that can earn nothing: without them the burn that follows does not add up."""
    outside, budget = figures.unmatched_minutes_at_compared, figures.budget_minutes
    if outside and budget and outside >= budget * OUTSIDE_WORTH_SAYING:
        text = _("%(outside)s of them went into work that nobody estimated.")
        yield Sentence(text, {"outside": Figure(hours_said(outside), links.outside)})


def _before_the_first_hours(figures: ProjectFigures, links: _Links) -> Sentence:
    if figures.budget_minutes is None:
        return Sentence(_("Nothing is estimated and no hours are recorded yet: there is nothing to compare."))
    budget = {"budget": Figure(hours_said(figures.budget_minutes), links.budget)}
    if figures.budget_source == "agreed":
        return Sentence(_("%(budget)s are agreed, and no hours are recorded yet."), budget)
    return Sentence(_("%(budget)s are estimated, and no hours are recorded yet."), budget)


def _done(figures: ProjectFigures, used: Figure, budget: Figure, links: _Links) -> Sentence:
    assert figures.budget_minutes is not None
    difference = figures.budget_minutes - figures.used_minutes
    named = {
        "count": Figure(number_format(figures.item_count, force_grouping=True), links.items),
        "used": used,
        "budget": budget,
        "difference": Figure(hours_said(abs(difference))),
    }
    if difference < 0:
        text = ngettext(
            "The one work item is done for %(used)s, %(difference)s more than the %(budget)s planned.",
            "All %(count)s work items are done for %(used)s, %(difference)s more than the %(budget)s planned.",
            figures.item_count,
        )
        return Sentence(text, named, "bad")
    text = ngettext(
        "The one work item is done for %(used)s, inside the %(budget)s planned.",
        "All %(count)s work items are done for %(used)s, inside the %(budget)s planned.",
        figures.item_count,
    )
    return Sentence(text, named, "good")


def _pace(figures: ProjectFigures, standing: Standing, links: _Links) -> Sentence:
    """Whether hours run ahead of progress; without a report there is no progress to run ahead of."""
    if figures.progress_through is None:
        if standing.is_client:
            return Sentence(_("Nobody has reported progress yet, so what was earned is assumed from the estimates."))
        return Sentence(_("You have reported no progress yet, so what was earned is assumed from the estimates."))
    ahead = figures.ahead_points or Decimal(0)
    difference = {"points": Figure(_("%(points)s points") % {"points": points(abs(ahead))}, links.alerts)}
    if ahead >= AHEAD_OF_PROGRESS.notice:
        return Sentence(_("Burn is %(points)s ahead of progress."), difference, "bad")
    if ahead <= -AHEAD_OF_PROGRESS.notice:
        return Sentence(_("Progress is %(points)s ahead of burn."), difference, "good")
    return Sentence(_("Burn and progress keep step."))


def _end(figures: ProjectFigures, finish_on: dt.date | None, budget: Figure, links: _Links, alarm: str) -> Sentence:
    """How many hours it will likely be, held against the cap, or the budget where there is no cap."""
    assert figures.likely_minutes is not None
    assert figures.budget_minutes is not None
    named = {"likely": Figure(hours_said(figures.likely_minutes), "#likely"), "budget": budget}
    if figures.cap_minutes is None:
        over = figures.likely_minutes - figures.budget_minutes
        if over <= 0:
            return Sentence(_("Likely %(likely)s in the end, inside the %(budget)s planned."), named)
        named["over"] = Figure(hours_said(over))
        return Sentence(_("Likely %(likely)s in the end, %(over)s more than planned."), named, alarm)
    named["cap"] = Figure(hours_said(figures.cap_minutes), links.terms)
    over_now, over_then = figures.used_minutes - figures.cap_minutes, figures.likely_minutes - figures.cap_minutes
    if over_then <= 0:
        return Sentence(_("Likely %(likely)s in the end, inside the cap of %(cap)s."), named)
    if over_now > 0:
        named["over"] = Figure(hours_said(over_now), links.hours)
        return Sentence(_("The cap of %(cap)s is exceeded by %(over)s; likely %(likely)s in the end."), named, "bad")
    named["over"] = Figure(hours_said(over_then))
    return Sentence(_cap_is_reached(figures.cap_reached_on, finish_on, named), named, alarm)


def _cap_is_reached(reached_on: dt.date | None, finish_on: dt.date | None, named: dict[str, Figure]) -> str:
    """The text for a cap that will not hold; adds the figures it names."""
    if reached_on is None:
        return _("Likely %(likely)s in the end, %(over)s above the cap of %(cap)s.")
    named["reached"] = Figure(day(reached_on).replace(" ", NO_BREAK), "#indices")
    if finish_on is None or finish_on <= reached_on:
        return _(
            "At this pace the cap of %(cap)s is reached about %(reached)s; "
            "likely %(likely)s in the end, %(over)s above it."
        )
    named["early"] = Figure(_length((finish_on - reached_on).days))
    return _(
        "At this pace the cap of %(cap)s is reached about %(reached)s, %(early)s before the planned finish; "
        "likely %(likely)s in the end, %(over)s above it."
    )


def _length(days: int) -> str:
    """Days under two weeks, else whole weeks."""
    if days < 14:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return ngettext("%(count)s week", "%(count)s weeks", days // 7) % {"count": days // 7}


def _money(figures: ProjectFigures, standing: Standing, links: _Links) -> Iterator[Sentence]:
    """What it cost so far, of what was agreed."""
    if not figures.used_amount:
        return
    currency = standing.project.currency
    limit = figures.cap_amount if figures.cap_amount is not None else figures.budget_amount
    amount = {"amount": Figure(money(figures.used_amount, currency), links.hours)}
    if limit is None:
        yield Sentence(_("%(amount)s are spent so far."), amount)
        return
    amount["limit"] = Figure(money(limit, currency), links.terms)
    if figures.used_amount > limit:
        yield Sentence(_("%(amount)s are spent so far, more than the %(limit)s agreed."), amount, "bad")
    else:
        yield Sentence(_("%(amount)s of the %(limit)s agreed are spent so far."), amount)
