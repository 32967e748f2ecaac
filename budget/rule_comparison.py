"""What each rule of progress counts for the same hours and reports, without changing what is kept."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from budget.earned_queries import known_through
from budget.earned_value import EarnedValue
from core.templatetags.figures import hours, percent
from projects.access import Standing
from projects.models import Project, Terms
from projects.rule_effects import RuleEffect
from requirements_app.progress import ItemProgress, earned_minutes

# Each estimated item as it stood at the end of a day: its hours then, and those at the end of its newest report's day.
STATES: Final = """
    SELECT item.estimate_minutes,
        coalesce(item.used_minutes[width_bucket(%(day)s::date, item."on")], 0),
        report.id IS NOT NULL, coalesce(report.is_done, false), report.remaining_minutes,
        coalesce(item.used_minutes[width_bucket(report."on", item."on")], 0)
    FROM budget_itemseries item
    LEFT JOIN LATERAL (
        SELECT id, "on", is_done, remaining_minutes FROM requirements_progressreport
        WHERE work_item_id = item.work_item_id AND "on" <= %(day)s ORDER BY "on" DESC, id DESC LIMIT 1
    ) AS report ON true
    WHERE item.project_id = %(project)s AND item.estimate_minutes IS NOT NULL
"""


def earned_by_rule(project: Project, day: dt.date) -> dict[str, EarnedValue]:
    """What the whole project has earned at the end of ``day`` by each rule, held against the same hours. One query."""
    with connection.cursor() as cursor:
        cursor.execute(STATES, {"project": project.pk, "day": day})
        items = [
            ItemProgress(
                estimate=estimate,
                spent=used,
                is_done=is_done,
                is_reported=is_reported,
                reported_remaining=None if is_done else remaining,
                spent_since_report=used - used_when_reported if is_reported else 0,
            )
            for estimate, used, is_reported, is_done, remaining, used_when_reported in cursor.fetchall()
        ]
    budget, actual = sum(item.estimate for item in items), sum(item.spent for item in items)
    return {
        rule: EarnedValue(
            bac=Decimal(budget),
            pv=None,
            ev=sum((earned_minutes(rule, item) for item in items), Decimal(0)),
            ac=Decimal(actual),
        )
        for rule in Terms.ProgressRule.values
    }


def effects_of_rules(standing: Standing, project_keys: Sequence[int]) -> Mapping[int, Sequence[RuleEffect]]:
    """The slot on the page that changes the terms. Three queries."""
    project = standing.project
    day = known_through(project) if standing.can("view_hours") else None
    if day is None:
        return {}
    agreed = project.terms.progress_rule
    return {
        project.pk: [
            RuleEffect(rule, str(Terms.ProgressRule(rule).label), _sentence(values), is_agreed=rule == agreed)
            for rule, values in earned_by_rule(project, day).items()
        ]
    }


def _sentence(values: EarnedValue) -> str:
    share, index = values.complete_ratio.value, values.cost_performance_index.value
    if share is None:
        return _("Nothing is estimated, so nothing is earned by any rule.")
    named = {"earned": hours(values.ev), "share": percent(share), "used": hours(values.ac)}
    if index is None:
        return _("%(earned)s h earned, %(share)s of the estimates.") % named
    rounded = index.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    named["cpi"] = number_format(rounded, decimal_pos=2, use_l10n=True)
    text = _("%(earned)s h earned, %(share)s of the estimates, for %(used)s h: cost index %(cpi)s.")
    return text % named
