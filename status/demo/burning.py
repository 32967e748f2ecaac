"""How the demo's hours come about: people take one item after the other, day by day. Pure and seeded."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

QUARTER = 15
MEETING = 30


@dataclass
class WorkedItem:
    """An item on the way: ``needs`` are the minutes it really takes, which nobody knows beforehand."""

    estimate: int
    needs: int
    spent: int = 0

    @property
    def is_done(self) -> bool:
        return self.spent >= self.needs


@dataclass(frozen=True)
class Day:
    """What was worked on a day: (person, item or None, minutes), and what was reported at its end.

    A report is (item, whether done, minutes left).
    """

    on: dt.date
    worked: tuple[tuple[int, int | None, int], ...]
    reported: tuple[tuple[int, bool, int], ...]


def items_to_work(estimates: Sequence[int], overrun: float, seed: int) -> list[WorkedItem]:
    """Items with what they will really take: spread around the overrun, more for some than for others."""
    chance = random.Random(seed)  # noqa: S311  (a story, not a secret)
    return [
        WorkedItem(
            estimate, max(QUARTER, round(estimate * overrun * chance.lognormvariate(-0.06, 0.35) / QUARTER) * QUARTER)
        )
        for estimate in estimates
    ]


def days_of_work(
    *, items: list[WorkedItem], weekly_minutes: Sequence[int], first_day: dt.date, last_day: dt.date, seed: int
) -> Iterator[Day]:
    """Each working day from first to last; progress is reported on Fridays and when an item is done."""
    team = _Team(items, weekly_minutes, random.Random(seed + 1))  # noqa: S311
    day = first_day
    while day <= last_day:
        if day.isoweekday() <= 5:
            yield team.work(day)
        day += dt.timedelta(days=1)


class _Team:
    """People with the item each has on the desk; the next one is taken from the top of the list."""

    def __init__(self, items: list[WorkedItem], weekly_minutes: Sequence[int], chance: random.Random) -> None:
        self.items = items
        self.weekly_minutes = weekly_minutes
        self.chance = chance
        self.waiting = list(range(len(items)))
        self.on_desk: list[int | None] = [None] * len(weekly_minutes)
        self.begun: set[int] = set()

    def work(self, day: dt.date) -> Day:
        worked: list[tuple[int, int | None, int]] = []
        for person, minutes_a_week in enumerate(self.weekly_minutes):
            left = round(minutes_a_week / 5 * self.chance.uniform(0.7, 1.25) / QUARTER) * QUARTER
            if self.chance.random() < 0.06:
                continue
            if day.isoweekday() == 1:
                worked.append((person, None, MEETING))
                left -= MEETING
            worked += self._work_on_items(person, left)
        finished = sorted(number for number in self.begun if self.items[number].is_done)
        self.begun.difference_update(finished)
        reported = [(number, True, 0) for number in finished]
        if day.isoweekday() == 5:
            reported += [(number, False, self._seen_to_be_left(number)) for number in sorted(self.begun)]
        return Day(day, tuple(worked), tuple(reported))

    def _work_on_items(self, person: int, left: int) -> Iterator[tuple[int, int | None, int]]:
        while left > 0:
            number = self.on_desk[person]
            if number is None or self.items[number].is_done:
                if not self.waiting:
                    return
                number = self.on_desk[person] = self.waiting.pop(0)
                self.begun.add(number)
            item = self.items[number]
            share = min(left, item.needs - item.spent)
            item.spent += share
            left -= share
            yield person, number, share

    def _seen_to_be_left(self, number: int) -> int:
        """People see about two thirds of what is still to come."""
        item = self.items[number]
        return max(round((item.needs - item.spent) * self.chance.uniform(0.5, 0.9) / QUARTER), 1) * QUARTER
