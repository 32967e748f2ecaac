"""What this app shows in the style guide: the burn-up, what stands still, the frame of the first steps."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from core.style_guide import EARNED_HOURS, FIRST_WEEK, USED_HOURS, register_samples
from projects.audience import Side
from status.burn_up import BurnUpRow, BurnUpView, day_tick, hour_tick, month_tick
from status.burn_up_chart import NARROW, WIDE, BurnUpFigures, Plan, Texts, draw
from status.context_processors import Navigation
from status.set_up import SetUpFrame, Step

LABELS = {
    "today": "today",
    "hours": "used 412",
    "earned": "earned 355",
    "plan": "plan 560",
    "cap": "cap 600",
    "likely": "likely 585",
    "gap": "9.5 points ahead",
}


def _samples(request: HttpRequest) -> Mapping[str, Any]:
    people = Step(
        "people", "Say who works on it", "Hours and rates are of people.", Side.CLIENT, "#frame", is_done=True
    )
    onward = Step(
        "rates", "Agree the rates", "Without them hours have no amount.", Side.CLIENT, "#frame", is_done=False
    )
    return {
        "chart": _burn_up(),
        "trouble": Navigation(demo=True, late_minutes=7, mail_minutes=1, failing_count=2, drift_count=1),
        "frame": SetUpFrame(3, 7, people, onward),
    }


def _burn_up() -> BurnUpView:
    days = [FIRST_WEEK + dt.timedelta(weeks=number) for number in range(len(USED_HOURS))]
    used = [hours * 60 for hours in USED_HOURS]
    earned = [Decimal(hours * 60) for hours in EARNED_HOURS]
    plan = Plan(days[0], dt.date(2026, 4, 12), 560 * 60)
    drawn = BurnUpFigures(
        days, used, earned, days[-1], plan, 600 * 60, (dt.date(2026, 4, 20), 585 * 60), days[-1], days[-1]
    )
    texts = Texts(hours=hour_tick, month=month_tick, day=day_tick, labels=LABELS)
    wide = draw(drawn, WIDE, texts)
    rows = tuple(
        BurnUpRow(day, minutes, value, plan.at(day), wide.x_of(day))
        for day, minutes, value in zip(days, used, earned, strict=True)
    )
    said = "From 4 Jan to 8 Mar 2026 hours used rise to 412 h, work earned to 355 h. Planned are 560 h by 12 Apr 2026."
    return BurnUpView(wide, draw(drawn, NARROW, texts), said, rows, has_plan=True)


register_samples("status/style_samples.html", _samples)
