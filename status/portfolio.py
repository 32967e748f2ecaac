"""The portfolio: its answer, its rows in their order and groups, drawn to one scale, and the sums under them."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.addresses import address
from projects.models import Project
from status.lights import ACT, UNKNOWN, WORST_FIRST
from status.queries import ProjectOverview
from status.sentences import Figure, Sentence
from status.sparkline import Bar, Meter, bars, meter, meter_scale

# More projects than these are counted and not named in the answer.
NAMED_AT_MOST = 3


@dataclass(frozen=True)
class PortfolioRow:
    """A project's line; its marks share the page's scale."""

    overview: ProjectOverview
    group: str
    meter: Meter | None
    weeks: tuple[Bar, ...]
    # The last day of its hours, where it is not that of most of the others.
    own_day: dt.date | None = None

    @property
    def limit_minutes(self) -> int | None:
        """What may not be exceeded: the cap, else the budget."""
        figures = self.overview.figures
        return figures.cap_minutes if figures.cap_minutes is not None else figures.budget_minutes

    @property
    def is_over(self) -> bool:
        """More is likely than allowed."""
        likely = self.overview.figures.likely_minutes
        return likely is not None and self.limit_minutes is not None and likely > self.limit_minutes


@dataclass(frozen=True)
class CurrencyTotal:
    """Money used and agreed over the projects of one currency whose amounts the reader may see.

    ``used_of_agreed`` was used where something is agreed: nothing else can be held against ``agreed``.
    """

    currency: str
    projects: int
    used: Decimal
    agreed: Decimal
    used_of_agreed: Decimal

    @property
    def used_beside(self) -> Decimal:
        """What was used where no amount is agreed."""
        return self.used - self.used_of_agreed

    @property
    def ratio(self) -> Decimal | None:
        return self.used_of_agreed / self.agreed if self.agreed else None


def in_order(overviews: Iterable[ProjectOverview], group: str) -> list[ProjectOverview]:
    """The worst first, within their groups where there are any; equals by name."""

    def urgency(overview: ProjectOverview) -> tuple[str, int, str, int]:
        state = overview.light.state if overview.light else UNKNOWN
        project = overview.project
        return _group_of(project, group).casefold(), WORST_FIRST.index(state), project.name.casefold(), project.pk

    return sorted(overviews, key=urgency)


def rows_of(overviews: Sequence[ProjectOverview], group: str) -> list[tuple[str, list[PortfolioRow]]]:
    """The rows of one page by group; without groups there is one, without a name."""
    scale = meter_scale(overview.figures.used_ratio for overview in overviews)
    largest = max((minutes for overview in overviews for _on, minutes in overview.figures.weekly_minutes), default=0)
    usual = usual_day(overviews)
    rows = [
        PortfolioRow(
            overview=overview,
            own_day=None if overview.figures.hours_through == usual else overview.figures.hours_through,
            group=_group_of(overview.project, group),
            meter=meter(overview.figures.used_ratio, overview.figures.earned_ratio, scale)
            if overview.figures.used_ratio is not None
            else None,
            weeks=bars([minutes for _on, minutes in overview.figures.weekly_minutes], largest),
        )
        for overview in overviews
    ]
    return [(name, list(members)) for name, members in groupby(rows, key=lambda row: row.group)]


def usual_day(overviews: Iterable[ProjectOverview]) -> dt.date | None:
    """The day to which the hours of most projects reach; of two that are as common the later one."""
    days = Counter(overview.figures.hours_through for overview in overviews if overview.figures.hours_through)
    return max(days, key=lambda day: (days[day], day), default=None)


def totals_of(overviews: Iterable[ProjectOverview]) -> list[CurrencyTotal]:
    """One line a currency; amounts of different currencies are never added."""
    by_currency: dict[str, list[ProjectOverview]] = defaultdict(list)
    for overview in overviews:
        if overview.standing.can("view_money"):
            by_currency[overview.project.currency].append(overview)
    return [_total(currency, members) for currency, members in sorted(by_currency.items())]


def _total(currency: str, members: Sequence[ProjectOverview]) -> CurrencyTotal:
    with_agreed = [member for member in members if _agreed_amount(member)]
    return CurrencyTotal(
        currency=currency,
        projects=len(members),
        used=sum((member.figures.used_amount for member in members), Decimal(0)),
        agreed=sum((_agreed_amount(member) for member in members), Decimal(0)),
        used_of_agreed=sum((member.figures.used_amount for member in with_agreed), Decimal(0)),
    )


def _agreed_amount(overview: ProjectOverview) -> Decimal:
    """The cap in money, else the agreed amount: the same limit that the project's own answer names."""
    figures = overview.figures
    limit = figures.cap_amount if figures.cap_amount is not None else figures.budget_amount
    return limit if limit is not None else Decimal(0)


def _group_of(project: Project, group: str) -> str:
    if group == "vendor":
        return project.vendor.name if project.vendor else _("no vendor yet")
    if group == "model":
        return str(project.terms.get_cooperation_model_display())
    return ""


def portfolio_answer(overviews: Sequence[ProjectOverview]) -> list[Sentence]:
    """How many of the projects need somebody, which ones, and how much waits for whom."""
    acting = [overview for overview in overviews if overview.light and overview.light.state == ACT]
    total = Figure(number_format(len(overviews), force_grouping=True))
    sentences = []
    if not acting:
        sentences.append(
            Sentence(
                ngettext(
                    "Your one project does not need you to act.",
                    "None of %(total)s projects needs you to act.",
                    len(overviews),
                ),
                {"total": total},
            )
        )
    elif len(acting) <= NAMED_AT_MOST:
        for overview in acting:
            project = Figure(overview.project.name, overview.project.get_absolute_url())
            assert overview.light is not None
            reason = Figure(overview.light.reason, address("alerts:alert_list", overview.project.slug))
            sentences.append(
                Sentence(_("%(project)s needs you to act: %(reason)s."), {"project": project, "reason": reason})
            )
    else:
        count = Figure(number_format(len(acting), force_grouping=True), "?light=act")
        said = ngettext(
            "%(count)s of %(total)s projects needs you to act.",
            "%(count)s of %(total)s projects need you to act.",
            len(acting),
        )
        sentences.append(Sentence(said, {"count": count, "total": total}))
    return [*sentences, *_waiting(overviews)]


def _waiting(overviews: Sequence[ProjectOverview]) -> Iterator[Sentence]:
    ours = sum(overview.waits_for_us for overview in overviews)
    theirs = sum(overview.waits_for_them for overview in overviews)
    if ours:
        text = ngettext("%(count)s thing waits for us.", "%(count)s things wait for us.", ours)
        yield Sentence(text, {"count": Figure(number_format(ours, force_grouping=True), address("status:my_work"))})
    if theirs:
        text = ngettext("%(count)s waits for the other side.", "%(count)s wait for the other side.", theirs)
        yield Sentence(text, {"count": Figure(number_format(theirs, force_grouping=True))})
