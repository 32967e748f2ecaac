"""What a manager would say aloud of earned value: the cost, the time and the end of a branch, each figure a link."""

import datetime as dt
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budget.earned_queries import EarnedPage
from budget.earned_value import CostForecast, EarnedValue, TimeForecast
from core.templatetags.figures import NO_BREAK, day
from status.earned_indices import LOW_INDEX, two
from status.sentences import Figure, Sentence, hours_said

# A day more or less is no news.
LATE_FROM_DAYS = Decimal(1)


def earned_answer(page: EarnedPage) -> list[Sentence]:
    """Where the branch stands on the page's day."""
    as_of = page.as_of
    items = reverse("requirements:work_item_list", args=[page.project.slug])
    estimated = Figure(hours_said(page.work.estimate_minutes), items)
    if as_of is None:
        if not page.work.estimate_minutes:
            return [Sentence(_("Nothing is estimated and no hours are recorded yet: there is nothing to compare."))]
        text = _("%(estimated)s are estimated, and no hours are recorded yet.")
        return [Sentence(text, {"estimated": estimated})]
    values = page.work.values(as_of)
    if not page.work.estimate_minutes:
        used = Figure(hours_said(page.work.at(as_of).used), "#outside")
        return [Sentence(_("%(used)s are used, and nothing is estimated: there is no value to earn."), {"used": used})]
    return [_cost(values), *_time(page, values, as_of), *_end(page, values, as_of)]


def _cost(values: EarnedValue) -> Sentence:
    assert values.ev is not None
    assert values.ac is not None
    named = {"earned": Figure(hours_said(values.ev), "#ev"), "used": Figure(hours_said(values.ac), "#ac")}
    cpi = values.cost_performance_index.value
    if cpi is None:
        return Sentence(_("Nothing is used yet on the estimated work, and %(earned)s are earned."), named)
    named["cpi"] = Figure(two(cpi), "#cpi")
    text = _("Work estimated at %(earned)s took %(used)s: each hour earns %(cpi)s of an estimated one.")
    return Sentence(text, named, "bad" if cpi < LOW_INDEX else "")


def _time(page: EarnedPage, values: EarnedValue, as_of: dt.date) -> Iterator[Sentence]:
    completed_on = page.work.completed_on(as_of)
    if completed_on is not None:
        done = {"day": Figure(_day(completed_on))}
        yield Sentence(_("All of it is done since %(day)s."), done, "good")
        return
    late = page.work.schedule(as_of).schedule_variance.value
    if values.pv is None or late is None:
        return
    named = {"planned": Figure(hours_said(values.pv), "#pv"), "late": Figure(_length(abs(late)), "#sv_t")}
    if late <= -LATE_FROM_DAYS:
        yield Sentence(_("%(planned)s were planned by now: the work is %(late)s late."), named, "bad")
    elif late >= LATE_FROM_DAYS:
        yield Sentence(_("%(planned)s were planned by now: the work is %(late)s early."), named, "good")
    else:
        yield Sentence(_("%(planned)s were planned by now: the work is in time."), named)


def _end(page: EarnedPage, values: EarnedValue, as_of: dt.date) -> Iterator[Sentence]:
    ends_at = values.estimate_at_completion(CostForecast.CPI).value
    if ends_at is None or values.work_remaining.value == 0:
        return
    named = {
        "likely": Figure(hours_said(ends_at), "#eac_cpi"),
        "estimated": Figure(hours_said(page.work.estimate_minutes), "#bac"),
    }
    finish_on = page.work.finish_on(as_of, TimeForecast.EARNED_PACE)
    if finish_on is None:
        yield Sentence(_("If the rest goes as so far, all takes %(likely)s instead of %(estimated)s."), named)
        yield from _item_by_item(values)
        return
    named |= {
        "finish": Figure(_day(finish_on), "#ieac_earned_pace"),
        "planned": Figure(_day(page.work.points[-1].on), "#pd"),
    }
    text = _(
        "If the rest goes as so far, all takes %(likely)s instead of %(estimated)s "
        "and is done about %(finish)s; planned is %(planned)s."
    )
    yield Sentence(text, named)
    yield from _item_by_item(values)


def _item_by_item(values: EarnedValue) -> Iterator[Sentence]:
    """The other forecast, on which the status page's is built: nobody shall wonder which of the two holds."""
    ends_at = values.estimate_at_completion(CostForecast.BOTTOM_UP).value
    if ends_at is not None:
        text = _("Item by item, as the status page reckons, it is %(likely)s.")
        yield Sentence(text, {"likely": Figure(hours_said(ends_at), "#eac_bottom_up")})


def _day(on: dt.date) -> str:
    return day(on).replace(" ", NO_BREAK)


def _length(days: Decimal) -> str:
    """Days under two weeks, else whole weeks."""
    whole = int(days.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if whole < 14:
        return ngettext("%(count)s day", "%(count)s days", whole) % {"count": whole}
    return ngettext("%(count)s week", "%(count)s weeks", whole // 7) % {"count": whole // 7}
