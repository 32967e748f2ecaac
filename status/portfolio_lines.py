"""The lines of the portfolio as their template takes them: what it decides by, and what it writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from core.templatetags.figures import NOTHING, day, hours, percent
from projects.models import Terms
from status.portfolio import PortfolioRow
from status.sparkline import Bar


class LineShape(NamedTuple):
    """``light`` is its state, empty for who may not see alerts; ``side`` and ``is_mine`` are of the first turn."""

    light: str
    has_meter: bool
    has_limit: bool
    has_weeks: bool
    has_own_day: bool
    is_over: bool
    has_turn: bool
    side: str
    is_mine: bool
    has_when: bool


class LineTexts(NamedTuple):
    url: str
    name: str
    other_side: str
    model: str
    reason: str
    used_width: str
    earned_width: str
    limit_x: str
    used: str
    earned: str
    bars: str
    own_day: str
    likely: str
    limit: str
    ours: str
    theirs: str
    title: str
    when: str


@dataclass(frozen=True)
class PortfolioLine:
    shape: LineShape
    texts: LineTexts


def portfolio_lines(
    groups: Sequence[tuple[str, Sequence[PortfolioRow]]],
) -> list[tuple[str, list[PortfolioLine]]]:
    """A line a project, in the groups of ``rows_of``."""
    models = {model.value: str(model.label) for model in Terms.BillingModel}
    return [
        (name, [_line(row, models[row.overview.project.terms.billing_model]) for row in rows]) for name, rows in groups
    ]


def _line(row: PortfolioRow, model: str) -> PortfolioLine:
    overview, figures, project = row.overview, row.overview.figures, row.overview.project
    turn = overview.turns[0] if overview.turns else None
    other_side = project.vendor if overview.standing.is_client else project.client
    shape = LineShape(
        light=overview.light.state if overview.light else "",
        has_meter=row.meter is not None,
        has_limit=row.meter is not None and row.meter.limit is not None,
        has_weeks=bool(row.weeks),
        has_own_day=row.own_day is not None,
        is_over=row.is_over,
        has_turn=turn is not None,
        side=turn.side if turn else "",
        is_mine=turn is not None and turn.mine,
        has_when=turn is not None and bool(turn.when),
    )
    texts = LineTexts(
        url=project.get_absolute_url(),
        name=project.name,
        other_side=other_side.name if other_side else _("no vendor yet"),
        model=model,
        reason=overview.light.reason if overview.light else "",
        used_width=str(row.meter.used) if row.meter else "",
        earned_width=str(row.meter.earned) if row.meter else "",
        limit_x=str(row.meter.limit) if row.meter else "",
        used=percent(figures.used_ratio) or NOTHING,
        earned=percent(figures.earned_ratio) or NOTHING,
        bars=_path(row.weeks),
        own_day=day(row.own_day),
        likely=hours(figures.likely_minutes) or NOTHING,
        limit=hours(row.limit_minutes) or NOTHING,
        ours=str(overview.waits_for_us),
        theirs=str(overview.waits_for_them),
        title=str(turn.title) if turn else "",
        when=turn.when if turn else "",
    )
    return PortfolioLine(shape, texts)


def _path(bars: Sequence[Bar]) -> str:
    """The bars as one path, which a browser draws and a page carries more lightly than a rectangle each."""
    return "".join(f"M{bar.x} {bar.y}h{bar.width}v{bar.height}h-{bar.width}z" for bar in bars if bar.height)
