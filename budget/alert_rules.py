"""The rules on burn in the machine: their scales, and the judge that asks them for many projects at once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from alerts.registry import HeldByRule, Judgement, Rule, Scale, Scales, Unit, register_rules, register_upkeep
from budget.alert_figures import rule_figures_of
from budget.burn_rules import USED_OF_BUDGET, USED_OF_CAP
from budget.burn_words import say_over, say_unestimated, say_used
from budget.earned_history import keep_earned_series
from budget.kept_figures import keep_figures
from budget.pace_words import say_late, say_pace, say_runway, say_stalled
from budget.progress_words import say_ahead
from budget.rule_figures import AHEAD, COST_INDEX, LATE, OVER, PACE, RUNWAY, STALLED, TO_COMPLETE, UNESTIMATED, USED
from budget.rule_findings import DEFAULTS, findings_of
from projects.models import Project, Terms

# Only where hours are paid do all of these have something to say; elsewhere somebody has to switch them on.
TIME_AND_MATERIAL: Final = frozenset(
    (cooperation, Terms.BillingModel.TIME_AND_MATERIAL.value) for cooperation in Terms.CooperationModel.values
)
NOWHERE: Final[frozenset[tuple[str, str]]] = frozenset()


def judge_burn(
    projects: Sequence[Project],
    now: dt.datetime,
    held: Mapping[int, HeldByRule],
    scales: Mapping[int, Scales],
) -> dict[int, list[Judgement]]:
    """What the rules that are on find in each of the projects."""
    watched = [project for project in projects if scales[project.pk]]
    figures = rule_figures_of(watched, now)
    return {
        project.pk: [
            Judgement(
                rule=found.rule,
                subject=found.subject,
                level=found.level,
                numbers=found.numbers,
                basis=found.basis,
                shows_money=found.shows_money,
                recheck_at=found.recheck_at,
            )
            for found in findings_of(figures[project.pk], scales[project.pk], held.get(project.pk, {}))
        ]
        for project in watched
    }


def _scale(
    name: str, label: object, compares: object, unit: Unit, is_on_for: frozenset[tuple[str, str]] = TIME_AND_MATERIAL
) -> Scale:
    code = name.partition("_")[0]
    return Scale(name, code, label, compares, unit, DEFAULTS[name], is_on_for)  # type: ignore[arg-type]


register_upkeep(keep_earned_series)
register_upkeep(keep_figures)
register_rules(
    judge_burn,
    Rule(
        code=USED,
        name=_("Budget or cap used up"),
        say=say_used,
        scales=(
            _scale(
                USED_OF_BUDGET,
                _("Used share of the budget"),
                _("Hours, and money, as a share of what was agreed."),
                Unit.PERCENT,
            ),
            _scale(
                USED_OF_CAP,
                _("Used share of the cap"),
                _("Hours, and money, as a share of what may not be exceeded."),
                Unit.PERCENT,
            ),
        ),
    ),
    Rule(
        code=AHEAD,
        name=_("Burn ahead of progress"),
        say=say_ahead,
        scales=(
            _scale(
                AHEAD,
                _("Burn ahead of progress"),
                _("Used share of the budget less earned share, once 5 % is used."),
                Unit.POINTS,
            ),
            _scale(
                COST_INDEX,
                _("Work takes more hours than estimated"),
                _("Cost index: earned hours for each hour used, once 20 % is earned and beyond what chance explains."),
                Unit.INDEX,
            ),
            _scale(
                TO_COMPLETE,
                _("The rest has to go faster than estimated"),
                _("To-complete index: work left for each hour left of the budget, from 20 % earned to 85 % used."),
                Unit.INDEX,
                NOWHERE,
            ),
        ),
    ),
    Rule(
        code=RUNWAY,
        name=_("Cap reached before the work ends"),
        say=say_runway,
        scales=(
            _scale(
                RUNWAY,
                _("Cap reached before the work ends"),
                _("Weeks until the cap at the burn of the last four weeks, if that is before the planned finish."),
                Unit.WEEKS,
            ),
        ),
    ),
    Rule(
        code=OVER,
        name=_("Work items over their estimate"),
        say=say_over,
        scales=(
            _scale(
                OVER,
                _("Work items over their estimate"),
                _("Hours over on open items that are over by 4 h or more, as a share of the budget."),
                Unit.PERCENT,
            ),
        ),
    ),
    Rule(
        code=UNESTIMATED,
        name=_("Hours on work without an estimate"),
        say=say_unestimated,
        scales=(
            _scale(
                UNESTIMATED,
                _("Hours on work without an estimate"),
                _("As a share of the hours of four weeks; agreed overhead needs no estimate."),
                Unit.PERCENT,
            ),
        ),
    ),
    Rule(
        code=STALLED,
        name=_("Hours, and no progress"),
        say=say_stalled,
        scales=(
            _scale(
                STALLED,
                _("Hours, and no progress"),
                _("Weeks with hours since a report last finished something or left less to do."),
                Unit.WEEKS,
            ),
        ),
    ),
    Rule(
        code=LATE,
        name=_("Data late"),
        say=say_late,
        scales=(
            _scale(
                LATE,
                _("Hours or progress late"),
                _("Working days without hours, of the project or of assigned people, or with hours and no report."),
                Unit.WORKING_DAYS,
            ),
        ),
    ),
    Rule(
        code=PACE,
        name=_("Weekly burn over plan"),
        say=say_pace,
        scales=(
            _scale(
                PACE,
                _("Weekly burn over plan"),
                _("Hours a week in the last four complete weeks against an even spread of the budget."),
                Unit.FACTOR,
            ),
        ),
    ),
)
