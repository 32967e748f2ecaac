"""A neutral data set, the same bytes for the same seed: projects, people, work items and two years of hours.

The files are CSV in UTF-8 with a header line, an empty field for what is not known, ISO dates, ids dense from 1. Two
fifths of the projects take more hours than estimated, some far more; most keep to their estimate within a tenth.
"""

import csv
import datetime as dt
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

FIRST_DAY, LAST_DAY = dt.date(2023, 11, 1), dt.date(2025, 10, 31)
IMPORTED_ROWS: Final = 10_000
SEED: Final = 11

COLUMNS: Final = {
    "projects": "id key name vendor contract start_date end_date budget_hours budget_amount bias",
    "people": "id login first_name last_name email vendor role rate",
    "memberships": "project_id person_id role",
    "milestones": "id project_id name due_date",
    "work_items": "id project_id parent_id milestone_id kind status priority subject description author_id assignee_id"
    " estimate_hours done_percent start_date due_date created_at closed_at",
    "time_entries": "id project_id work_item_id person_id spent_on hours activity rate comment",
    "import10k": "project user_login issue_id spent_on hours activity comment",
}
WORDS: Final = (
    "account archive audit backup basket booking calendar claim client contract delivery device document domain export "
    "feed filter form gateway import index invoice letter limit login mail map message order partner payment plan "
    "price profile queue rate record region report role route rule schedule search session share sign step stock table "
    "task tax template test ticket track transfer unit upload user vendor view voucher window"
).split()
FIRST_NAMES: Final = "Ada Bela Cleo Dora Emil Fine Gero Hanna Ivo Jule Kaya Lars Mona Noah Ole Pia Rosa Sami".split()
LAST_NAMES: Final = "Ahrens Brandt Cordes Diehl Ebert Faber Gross Hesse Ilic Jung Kraft Lorenz Meier Nagel".split()
ROLES: Final = {"developer": (60, 72), "tester": (18, 54), "analyst": (12, 88), "manager": (10, 104)}
ACTIVITIES: Final = ("development", "development", "testing", "design", "development", "management")
# A quarter of an hour to a day, and how often each length comes.
LENGTHS: Final = {0.25: 9, 0.5: 19, 1.0: 26, 1.5: 15, 2.0: 14, 3.0: 9, 4.0: 5, 6.0: 2, 8.0: 1}


@dataclass(frozen=True)
class Size:
    projects: int
    people: int
    items: int
    entries: int


SIZES: Final = {"small": Size(20, 40, 2_000, 50_000), "large": Size(200, 400, 20_000, 1_000_000)}


@dataclass
class Item:
    """A work item while its hours are made up; ``days`` are places in the list of working days."""

    number: int
    project: int
    parent: int | None
    days: tuple[int, int]
    workers: list[int]
    has_children: bool = False
    hours: float = 0.0


@dataclass
class Project:
    number: int
    name: str
    vendor: str
    days: tuple[int, int]
    overrun: float
    members: list[int]
    items: list[Item] = field(default_factory=list)
    estimate: float = 0.0


def write_dataset(folder: Path, size: Size, seed: int = SEED) -> None:
    """Write the seven files of ``size`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    _Maker(folder, size, seed).make()


class _Maker:
    def __init__(self, folder: Path, size: Size, seed: int) -> None:
        self.folder, self.size = folder, size
        self.chance = random.Random(seed)  # noqa: S311  (a data set, not a secret)
        span = (FIRST_DAY + dt.timedelta(days) for days in range((LAST_DAY - FIRST_DAY).days + 1))
        self.days = [day.isoformat() for day in span if day.isoweekday() <= 5]
        self.rates: dict[int, int] = {}

    def make(self) -> None:
        vendors = [f"Vendor {number:02d}" for number in range(1, max(3, self.size.projects // 10) + 1)]
        people = self._people(vendors)
        projects = self._projects(vendors)
        weights = [self.chance.lognormvariate(0, 0.75) for _ in projects]
        numbers = iter(range(1, self.size.items + 1))
        for project, count in zip(projects, _apportion(weights, self.size.items, least=10), strict=True):
            project.items = [self._item(project, next(numbers)) for _ in range(count)]
        self._hours([item for project in projects for item in project.items])
        self._write("people", people)
        self._write("memberships", self._memberships(projects, people))
        self._write("milestones", self._milestones(projects))
        self._write("work_items", self._work_items(projects))
        self._write("projects", self._project_rows(projects))
        self._write("import10k", self._month(max(projects, key=lambda project: len(project.items)), people))

    def _write(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
        with (self.folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS[name].split())
            writer.writerows(rows)

    def _people(self, vendors: Sequence[str]) -> list[tuple[Any, ...]]:
        shares = [share for share, _rate in ROLES.values()]
        found = []
        for number in range(1, self.size.people + 1):
            role = self.chance.choices(list(ROLES), shares)[0]
            self.rates[number] = round(ROLES[role][1] * self.chance.uniform(0.6, 1.5))
            login, first, last = f"user{number:04d}", self.chance.choice(FIRST_NAMES), self.chance.choice(LAST_NAMES)
            vendor = vendors[number % len(vendors)]
            mail = f"{login}@example.test"
            found.append((number, login, first, f"{last} {number}", mail, vendor, role, self.rates[number]))
        return found

    def _projects(self, vendors: Sequence[str]) -> list[Project]:
        found = []
        last, most = len(self.days) - 1, min(20, self.size.people)
        for number in range(1, self.size.projects + 1):
            start = self.chance.randrange(last // 2)
            end = min(last, start + self.chance.randrange(last // 4, last))
            bounds = self.chance.choices([(0.9, 1.1), (1.15, 1.5), (1.5, 2.2)], [60, 25, 15])[0]
            found.append(
                Project(
                    number=number,
                    name=f"{self.chance.choice(WORDS).title()} {self.chance.choice(WORDS)} {number}",
                    vendor=vendors[number % len(vendors)],
                    days=(start, end),
                    overrun=self.chance.uniform(*bounds),
                    members=self.chance.sample(range(1, self.size.people + 1), self.chance.randint(6, most)),
                )
            )
        return found

    def _item(self, project: Project, number: int) -> Item:
        """One item; a quarter of them stand below an earlier one of the same project, never deeper."""
        first, last = project.days
        start = self.chance.randrange(first, max(first + 1, last - 3))
        tops = [item for item in project.items[:40] if item.parent is None and item.number % 8 == 0]
        parent = self.chance.choice(tops) if tops and self.chance.random() < 0.25 else None
        if parent:
            parent.has_children = True
        return Item(
            number=number,
            project=project.number,
            parent=parent.number if parent else None,
            days=(start, min(last, start + self.chance.randrange(4, 60))),
            workers=self.chance.sample(project.members, self.chance.randint(1, 3)),
        )

    def _hours(self, items: Sequence[Item]) -> None:
        """Time entries, in the order in which they would have arrived."""
        counts = _apportion([self.chance.lognormvariate(0, 1) for _ in items], self.size.entries)
        lengths = iter(self.chance.choices(list(LENGTHS), list(LENGTHS.values()), k=self.size.entries))
        random_share = self.chance.random
        entries = []
        for item, count in zip(items, counts, strict=True):
            first, last = item.days
            for _ in range(count):
                hours = next(lengths)
                item.hours += hours
                day = first + int(random_share() * (last - first + 1))
                worker = item.workers[int(random_share() * len(item.workers))]
                entries.append((day, item.number, item.project, worker, hours, ACTIVITIES[int(random_share() * 6)]))
        entries.sort(key=lambda entry: entry[0])
        half = len(self.days) // 2
        self._write(
            "time_entries",
            (
                (
                    number,
                    project,
                    item,
                    worker,
                    self.days[day],
                    hours,
                    activity,
                    f"{self.rates[worker] * (1.05 if day >= half else 1):.2f}",
                    f"{activity} on item {item}",
                )
                for number, (day, item, project, worker, hours, activity) in enumerate(entries, 1)
            ),
        )

    def _work_items(self, projects: Sequence[Project]) -> Iterable[tuple[Any, ...]]:
        """Estimates follow from what the items took, by the project's overrun: groups carry none of their own."""
        recent = len(self.days) - 25
        for project in projects:
            for item in project.items:
                status = self._status(is_over=item.days[1] < recent)
                done = {"closed": 100, "resolved": 100, "new": 0}.get(status, self.chance.randrange(10, 100, 10))
                whole = item.hours / max(0.3, done / 100) if done else item.hours + self.chance.uniform(4, 40)
                estimate = max(1, round(whole / (project.overrun * self.chance.lognormvariate(0, 0.3)) * 2) / 2)
                if not item.has_children:
                    project.estimate += estimate
                start, end = (self.days[day] for day in item.days)
                yield (
                    item.number,
                    project.number,
                    item.parent or "",
                    5 * (project.number - 1) + self.chance.randint(1, 5),
                    self.chance.choices(["feature", "bug", "support"], [60, 30, 10])[0],
                    status,
                    self.chance.choices(["low", "normal", "high", "urgent"], [15, 60, 20, 5])[0],
                    self._text(3, 7),
                    self._text(15, 60) + ".",
                    project.members[0],
                    item.workers[0],
                    "" if item.has_children else estimate,
                    done,
                    start,
                    end,
                    f"{start}T08:00:00",
                    f"{end}T17:00:00" if status == "closed" else "",
                )

    def _status(self, *, is_over: bool) -> str:
        words, shares = (
            (["closed", "resolved", "in_progress"], [80, 10, 10])
            if is_over
            else (["in_progress", "new", "resolved"], [60, 15, 25])
        )
        return self.chance.choices(words, shares)[0]

    def _text(self, least: int, most: int) -> str:
        return " ".join(self.chance.choices(WORDS, k=self.chance.randint(least, most))).capitalize()

    def _project_rows(self, projects: Sequence[Project]) -> Iterable[tuple[Any, ...]]:
        for project in projects:
            budget = round(project.estimate * 1.1)
            contract = "tm" if self.chance.random() < 0.6 else "fixed"
            start, end = (self.days[day] for day in project.days)
            key = f"p{project.number:04d}"
            overrun = round(project.overrun, 3)
            yield project.number, key, project.name, project.vendor, contract, start, end, budget, budget * 75, overrun

    def _memberships(self, projects: Sequence[Project], people: Sequence[Sequence[Any]]) -> Iterable[tuple[Any, ...]]:
        for project in projects:
            for place, person in enumerate(project.members):
                yield project.number, person, people[person - 1][6] if place else "manager"

    def _milestones(self, projects: Sequence[Project]) -> Iterable[tuple[Any, ...]]:
        for project in projects:
            first, last = project.days
            for step in range(1, 6):
                due = self.days[min(len(self.days) - 1, first + (last - first) * step // 5)]
                yield 5 * (project.number - 1) + step, project.number, f"Release {step}", due

    def _month(self, project: Project, people: Sequence[Sequence[Any]]) -> Iterable[tuple[Any, ...]]:
        """Further hours of the largest project, as a vendor's sheet brings them."""
        lengths = self.chance.choices(list(LENGTHS), list(LENGTHS.values()), k=IMPORTED_ROWS)
        for number, hours in enumerate(lengths):
            item = self.chance.choice(project.items)
            login = people[self.chance.choice(item.workers) - 1][1]
            day = self.days[self.chance.randint(*item.days)]
            activity = self.chance.choice(ACTIVITIES)
            yield project.name, login, item.number, day, hours, activity, f"imported row {number}"


def _apportion(weights: Sequence[float], total: int, least: int = 0) -> list[int]:
    """Whole numbers in the proportions of ``weights``, each ``least`` or more, that add up to ``total``."""
    scale = (total - least * len(weights)) / sum(weights)
    exact = [weight * scale for weight in weights]
    counts = [least + int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: int(exact[place]) - exact[place])
    for place in by_remainder[: total - sum(counts)]:
        counts[place] += 1
    return counts
