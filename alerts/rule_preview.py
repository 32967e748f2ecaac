"""What would stand now with other thresholds: asked of the rules, and written nowhere."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.levels import rank
from alerts.models import Level
from alerts.registry import JUDGES, Scales, Words, words_of
from projects.access import Standing


@dataclass(frozen=True)
class Preview:
    """One subject of a rule as it would stand."""

    level: str
    words: Words

    @property
    def level_name(self) -> str:
        return str(Level(self.level).label)

    @property
    def speaks(self) -> bool:
        return self.level != Level.NONE


def what_would_stand(standing: Standing, scales: Scales, now: dt.datetime) -> Sequence[Preview]:
    """What the rules would find in the reader's project with ``scales`` alone, the worst first; in the reader's words.

    Amounts only for who may see them. As if nothing had stood before: no margin keeps a level.
    """
    project = standing.project
    found = [
        judgement
        for judge in JUDGES
        for judgement in judge([project], now, {project.pk: {}}, {project.pk: scales}).get(project.pk, ())
        if not judgement.shows_money or standing.can("view_money")
    ]
    found.sort(key=lambda one: -rank(one.level))
    return [Preview(one.level, words_of(one.rule, one.numbers, standing.side)) for one in found]
