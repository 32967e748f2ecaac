"""The rules that the machine knows. A rule lives with the data it reads and registers here when its app is ready."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from alerts.models import Level
from projects.audience import Audience
from projects.models import Project

LEVELS = (Level.NONE, Level.NOTICE, Level.WARNING, Level.CRITICAL)


def rank(level: str) -> int:
    """0 for none to 3 for critical."""
    return LEVELS.index(Level(level))


@dataclass(frozen=True)
class Rule:
    """How a rule is called and how it speaks. The texts get the numbers that were compared."""

    code: str
    title: str | Promise
    # What was compared with what, as a sentence; for example "76 % used, 52 % earned: 24 points ahead".
    explain: Callable[[Mapping[str, Any]], str]
    # What would clear it.
    clears: Callable[[Mapping[str, Any]], str]
    # One act that helps, for each side in its own words.
    suggestions: Mapping[str, str | Promise]


@dataclass(frozen=True)
class Judgement:
    """What a rule finds for one subject of a project right now. ``numbers`` are JSON: numbers, strings, None.

    ``shows_money``: the numbers are amounts, told only to those who may see them.
    """

    rule: str
    level: str
    numbers: Mapping[str, Any]
    subject: str = ""
    period: str = ""
    audience: str = Audience.BOTH
    shows_money: bool = False
    recheck_at: dt.datetime | None = field(default=None)


# Reads a project once and judges all rules of one kind of data. ``held`` maps (rule, subject) to the level so far.
Judge = Callable[[Project, dt.datetime, Mapping[tuple[str, str], str]], Iterable[Judgement]]

RULES: dict[str, Rule] = {}
JUDGES: list[Judge] = []


def register_rules(judge: Judge, *rules: Rule) -> None:
    """Add a judge and the rules it speaks for. A code is registered once."""
    for rule in rules:
        if rule.code in RULES:
            raise ValueError(f"rule {rule.code} is registered twice")
        RULES[rule.code] = rule
    JUDGES.append(judge)
