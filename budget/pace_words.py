"""How B6, B9, B10 and B11 speak, to each side in its own words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.registry import Words
from budget.reporting_rules import PROGRESS
from budget.rule_figures import CAP_AMOUNT, LATE, PACE, PEOPLE, RUNWAY, STALLED
from budget.rule_figures_said import Numbers, cents, date, hours, index, plain
from projects.audience import Side


def say_runway(numbers: Numbers, side: str) -> Words:
    """B6."""
    in_money = numbers.get("subject") == CAP_AMOUNT
    write = cents if in_money else hours
    # A part of a week is some weeks; only a single one stands in the singular.
    weeks = 1 if plain(numbers, "weeks") == "1" else 2
    named = {
        "left": write(numbers, "left"),
        "weekly": write(numbers, "weekly"),
        "weeks": plain(numbers, "weeks"),
        "ends": date(numbers, "ends_on"),
        "finish": date(numbers, "finish_on"),
        "day": date(numbers, "hours_through"),
        "enough": write(numbers, "enough"),
        "begins": plain(numbers, "from"),
        "bound": plain(numbers, "clears_at"),
    }
    finish = (
        _("the planned end on %(finish)s")
        if numbers.get("finish_is_planned")
        else _("the open work is done (%(finish)s)")
    ) % named
    if in_money:
        compared = ngettext(
            "%(left)s of the cap are left. At the %(weekly)s a week of the last four weeks it is used up in %(weeks)s "
            "week, on %(ends)s, before %(until)s. Hours to %(day)s.",
            "%(left)s of the cap are left. At the %(weekly)s a week of the last four weeks it is used up in %(weeks)s "
            "weeks, on %(ends)s, before %(until)s. Hours to %(day)s.",
            weeks,
        )
        clears = _(
            "Begins at %(begins)s weeks. Clears above %(bound)s weeks: with a cap above %(enough)s at this pace."
        )
    else:
        compared = ngettext(
            "%(left)s h of the cap are left. At the %(weekly)s h a week of the last four weeks it is used up in "
            "%(weeks)s week, on %(ends)s, before %(until)s. Hours to %(day)s.",
            "%(left)s h of the cap are left. At the %(weekly)s h a week of the last four weeks it is used up in "
            "%(weeks)s weeks, on %(ends)s, before %(until)s. Hours to %(day)s.",
            weeks,
        )
        clears = _(
            "Begins at %(begins)s weeks. Clears above %(bound)s weeks: with a cap above %(enough)s h at this pace."
        )
    return Words(
        code=RUNWAY,
        title=_("Cap in money reached before the work ends")
        if in_money
        else _("Cap in hours reached before the work ends"),
        compared=compared % {**named, "until": finish},
        clears=clears % named if numbers.get("clears_at") else "",
        suggestion=_("Decide now: agree a higher cap, fewer people, or less work.")
        if side == Side.CLIENT
        else _("Tell the client which work will not fit under the cap, and what a lower pace would mean."),
    )


def say_stalled(numbers: Numbers, side: str) -> Words:
    """B9."""
    weeks = numbers.get("weeks") or 0
    named = {
        "hours": hours(numbers, "minutes"),
        "from": date(numbers, "stalled_from"),
        "weeks": weeks,
        "progressed": date(numbers, "progressed_on"),
        "day": date(numbers, "hours_through"),
    }
    last = _("The last progress was reported for %(progressed)s.") if numbers.get("progressed_on") else ""
    return Words(
        code=STALLED,
        title=_("Hours, and no progress"),
        compared=ngettext(
            "%(hours)s h were booked since %(from)s and no report showed progress: %(weeks)s week. Hours to %(day)s.",
            "%(hours)s h were booked since %(from)s and no report showed progress: %(weeks)s weeks. Hours to %(day)s.",
            weeks,
        )
        % named
        + (f" {last % named}" if last else ""),
        clears=_("Clears with the next report that finishes an item or leaves less to do.")
        if numbers.get("clears_at")
        else "",
        suggestion=_("Ask the vendor what the hours went into and what holds the items up.")
        if side == Side.CLIENT
        else _("Report what is done and what remains on each item in work, or say what holds it up."),
    )


def say_late(numbers: Numbers, side: str) -> Words:
    """B10: hours or progress of the project, or people who are assigned."""
    if numbers.get("subject") == PEOPLE:
        return _say_silent(numbers, side)
    return _say_late_progress(numbers, side) if numbers.get("what") == PROGRESS else _say_late_hours(numbers, side)


def _say_late_hours(numbers: Numbers, side: str) -> Words:
    days = numbers.get("days") or 0
    if numbers.get("hours_through"):
        sentence = ngettext(
            "No hours for %(days)s working day: the newest are of %(day)s, and work is open.",
            "No hours for %(days)s working days: the newest are of %(day)s, and work is open.",
            days,
        )
    elif numbers.get("opened_on"):
        sentence = ngettext(
            "No hours yet, %(days)s working day after the project was opened on %(opened)s.",
            "No hours yet, %(days)s working days after the project was opened on %(opened)s.",
            days,
        )
    else:
        sentence = ngettext(
            "No hours yet, %(days)s working day after the planned start on %(start)s.",
            "No hours yet, %(days)s working days after the planned start on %(start)s.",
            days,
        )
    named = {"days": days, "day": date(numbers, "hours_through"), "start": date(numbers, "starts_on")}
    named["opened"] = date(numbers, "opened_on")
    return Words(
        code=LATE,
        title=_("Hours are late"),
        compared=sentence % named,
        clears=_("Clears as soon as newer hours are here. Until then every other figure is as old as they are.")
        if numbers.get("clears_at")
        else "",
        suggestion=_("Ask the vendor for the hours, bring in the newest timesheet, or pause the project.")
        if side == Side.CLIENT
        else _("Enter or send the hours of these days, or tell the client that nobody worked."),
    )


def _say_late_progress(numbers: Numbers, side: str) -> Words:
    days = numbers.get("days") or 0
    if numbers.get("reported_on"):
        sentence = ngettext(
            "Hours on %(days)s day since progress was last reported, for %(reported)s. Hours to %(day)s.",
            "Hours on %(days)s days since progress was last reported, for %(reported)s. Hours to %(day)s.",
            days,
        )
    else:
        sentence = ngettext(
            "Hours on %(days)s day, from %(first)s, and nobody has reported progress yet. Hours to %(day)s.",
            "Hours on %(days)s days, from %(first)s, and nobody has reported progress yet. Hours to %(day)s.",
            days,
        )
    named = {
        "days": days,
        "reported": date(numbers, "reported_on"),
        "first": date(numbers, "first_unreported_on"),
        "day": date(numbers, "hours_through"),
    }
    return Words(
        code=LATE,
        title=_("Progress reports are late"),
        compared=sentence % named,
        clears=_("Clears with the next report of progress.") if numbers.get("clears_at") else "",
        suggestion=_("Ask the vendor how far the items in work are, or record what you know yourself.")
        if side == Side.CLIENT
        else _("Report what is done and what remains on each item in work."),
    )


def _say_silent(numbers: Numbers, side: str) -> Words:
    people = numbers.get("people") or 0
    return Words(
        code=LATE,
        title=_("Assigned people without hours"),
        compared=ngettext(
            "%(people)s of the people assigned by date has no hours, for up to %(days)s working days, while others "
            "have. Hours to %(day)s.",
            "%(people)s of the people assigned by date have no hours, for up to %(days)s working days, while others "
            "have. Hours to %(day)s.",
            people,
        )
        % {"people": people, "days": numbers.get("days") or 0, "day": date(numbers, "hours_through")},
        clears=_("Clears once they have hours, or their last day on the project is set.")
        if numbers.get("clears_at")
        else "",
        suggestion=_("Ask the vendor whether they still work on this project.")
        if side == Side.CLIENT
        else _("Enter their hours, or set their last day on the project."),
    )


def say_pace(numbers: Numbers, side: str) -> Words:
    """B11."""
    weeks = numbers.get("weeks") or 0
    return Words(
        code=PACE,
        title=_("Weekly burn over plan"),
        compared=ngettext(
            "%(weekly)s h in the last complete week, where the plan gives %(planned)s h: %(ratio)s times as much. "
            "Hours to %(day)s.",
            "%(weekly)s h a week in the last %(weeks)s complete weeks, where the plan gives %(planned)s h: %(ratio)s "
            "times as much. Hours to %(day)s.",
            weeks,
        )
        % {
            "weekly": hours(numbers, "weekly"),
            "planned": hours(numbers, "planned_weekly"),
            "weeks": weeks,
            "ratio": index(numbers, "ratio"),
            "day": date(numbers, "hours_through"),
        },
        clears=_("Begins at %(begins)s times the plan. Clears below %(bound)s times: under %(enough)s h a week.")
        % {
            "begins": index(numbers, "from"),
            "bound": index(numbers, "clears_at"),
            "enough": hours(numbers, "enough_weekly"),
        }
        if numbers.get("clears_at")
        else "",
        suggestion=_("Agree with the vendor whether to go on faster and end earlier, or to come back to the plan.")
        if side == Side.CLIENT
        else _("Tell the client why more hours than planned are needed, and until when."),
    )
