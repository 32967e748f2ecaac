"""The rules that the machine knows. A rule lives with the data it reads and registers here when its app is ready."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from alerts.levels import Held, Thresholds
from projects.audience import Audience
from projects.models import Project


class Unit(StrEnum):
    """What the thresholds of a scale count, as people write them."""

    PERCENT = "percent"  # 0.80 is 80 %
    POINTS = "points"  # 0.05 are 5 points
    INDEX = "index"  # 0.95
    FACTOR = "factor"  # 1.15 times
    WEEKS = "weeks"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Scale:
    """One set of thresholds, switched on and off as one: mostly that of a rule, of B1 two.

    ``is_on_for``: the cooperation and billing models for which it is on unless somebody says otherwise.
    """

    name: str
    code: str
    label: str | Promise
    # What is compared with what, for whoever chooses thresholds.
    compares: str | Promise
    unit: Unit
    thresholds: Thresholds
    is_on_for: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Words:
    """What a rule says to one side: its code, what it is about, what was compared, what would clear it, one act."""

    code: str
    title: str
    compared: str
    clears: str
    suggestion: str


@dataclass(frozen=True)
class Rule:
    """A rule, or a family of rules that speaks with one voice. ``say`` words the numbers for a side.

    ``name`` tells nothing of the numbers, so that it may stand where not everybody may see them.
    """

    code: str
    name: str | Promise
    say: Callable[[Mapping[str, Any], str], Words]
    scales: tuple[Scale, ...]


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


# Where each rule of a project has stood so far, by (rule, subject).
HeldByRule = Mapping[tuple[str, str], Held]
# The thresholds of what is on in a project, by the scale's name.
Scales = Mapping[str, Thresholds]
# Judges all rules of one kind of data for many projects at once, reading them together: judgements by project's key.
Judge = Callable[
    [Sequence[Project], dt.datetime, Mapping[int, HeldByRule], Mapping[int, Scales]],
    Mapping[int, Iterable[Judgement]],
]
# Brings stored figures up to what changed, before anything is judged by them; changes by project's key.
Upkeep = Callable[[Sequence[Project], Mapping[int, Sequence[Change]]], None]

RULES: dict[str, Rule] = {}
SCALES: dict[str, Scale] = {}
JUDGES: list[Judge] = []
UPKEEPS: list[Upkeep] = []


def register_rules(judge: Judge, *rules: Rule) -> None:
    """Add a judge and the rules it speaks for. A code and a scale's name are registered once."""
    for rule in rules:
        if rule.code in RULES:
            raise ValueError(f"rule {rule.code} is registered twice")
        RULES[rule.code] = rule
        for scale in rule.scales:
            if scale.name in SCALES:
                raise ValueError(f"scale {scale.name} is registered twice")
            SCALES[scale.name] = scale
    JUDGES.append(judge)


def register_upkeep(upkeep: Upkeep) -> None:
    """Add what keeps stored figures current. It runs for paused and closed projects too: their pages stay true."""
    UPKEEPS.append(upkeep)


def words_of(rule: str, numbers: Mapping[str, Any], side: str) -> Words:
    """What ``rule`` says of ``numbers`` to ``side``."""
    return RULES[rule].say(numbers, side)
