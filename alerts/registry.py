"""The rules that the machine knows. A rule lives with the data it reads and registers here when its app is ready."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
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

    ``basis`` names the agreed budget or cap that was compared against: when it moves, a rule that still stands is
    armed anew and alerts again. ``shows_money``: the numbers are amounts, told only to those who may see them.
    """

    rule: str
    level: str
    numbers: Mapping[str, Any]
    subject: str = ""
    period: str = ""
    basis: str = ""
    audience: str = Audience.BOTH
    shows_money: bool = False
    recheck_at: dt.datetime | None = field(default=None)


@dataclass(frozen=True)
class Change:
    """That ``cause`` (a table) changed, from the day ``since_on`` on; None: figures of every day may have moved."""

    cause: str
    since_on: dt.date | None


# The level at which each rule of a project has stood so far, by (rule, subject).
Held = Mapping[tuple[str, str], str]
# Judges all rules of one kind of data for many projects at once, reading them together: judgements by project's key.
Judge = Callable[[Sequence[Project], dt.datetime, Mapping[int, Held]], Mapping[int, Iterable[Judgement]]]
# Brings stored figures up to what changed, before anything is judged by them; changes by project's key.
Upkeep = Callable[[Sequence[Project], Mapping[int, Sequence[Change]]], None]

RULES: dict[str, Rule] = {}
JUDGES: list[Judge] = []
UPKEEPS: list[Upkeep] = []


def register_rules(judge: Judge, *rules: Rule) -> None:
    """Add a judge and the rules it speaks for. A code is registered once."""
    for rule in rules:
        if rule.code in RULES:
            raise ValueError(f"rule {rule.code} is registered twice")
        RULES[rule.code] = rule
    JUDGES.append(judge)


def register_upkeep(upkeep: Upkeep) -> None:
    """Add what keeps stored figures current. It runs for paused and closed projects too: their pages stay true."""
    UPKEEPS.append(upkeep)
