"""The demo's projects: what was agreed, who works on them, and how their burn went."""

from dataclasses import dataclass, field
from decimal import Decimal

from status.demo.accounts import INSURER, LUMEN, NORDHAVEN, TRADER


@dataclass(frozen=True)
class DemoPerson:
    """Somebody whose hours are booked, with the role of the rate card and usual hours a week."""

    name: str
    job_role: str
    weekly_hours: int


@dataclass(frozen=True)
class DemoProject:
    """One project. ``overrun`` is how many hours an item really takes, as a multiple of its estimate.

    ``weeks`` is how long work has been going on; ``weeks_planned`` the whole plan. ``reports_lag_days`` is how old
    the newest progress is. Without ``people`` nothing has happened yet. Alerts of ``kept_rules`` the client keeps from
    the vendor.
    """

    name: str
    client: str
    vendor: str
    subject: tuple[str, ...]
    budget_hours: int
    cap_hours: int | None
    weeks: int
    weeks_planned: int
    overrun: float
    rates: dict[str, Decimal] = field(default_factory=dict)
    people: tuple[DemoPerson, ...] = ()
    cooperation_model: str = "project"
    vendor_takes_part: bool = True
    is_closed: bool = False
    seed: int = 1
    with_cap_amount: bool = False
    kept_rules: tuple[str, ...] = ()


CARD = {
    "Senior developer": Decimal(112),
    "Developer": Decimal(92),
    "Tester": Decimal(78),
    "Analyst": Decimal(98),
}

PROJECTS = (
    DemoProject(
        name="Claims portal",
        client=INSURER,
        vendor=NORDHAVEN,
        subject=(
            "Claim intake",
            "Documents",
            "Claim search",
            "Letters",
            "Payments",
            "Fraud checks",
            "Access rights",
            "Import of legacy claims",
        ),
        budget_hours=1616,
        cap_hours=1780,
        weeks=12,
        weeks_planned=20,
        overrun=1.5,
        rates=CARD,
        people=(
            DemoPerson("Piotr Zieliński", "Senior developer", 30),
            DemoPerson("Anneli Saar", "Developer", 34),
            DemoPerson("Mikkel Thorsen", "Developer", 28),
            DemoPerson("Elif Demir", "Analyst", 12),
        ),
        seed=11,
        with_cap_amount=True,
    ),
    DemoProject(
        name="Agent desk",
        client=INSURER,
        vendor=NORDHAVEN,
        subject=("Customer view", "Calls", "Tasks", "Offers", "Reporting"),
        budget_hours=900,
        cap_hours=1000,
        weeks=9,
        weeks_planned=14,
        overrun=1.0,
        rates=CARD,
        people=(
            DemoPerson("Oskar Nyström", "Senior developer", 32),
            DemoPerson("Tuuli Rebane", "Developer", 30),
        ),
        cooperation_model="dedicated",
        seed=5,
    ),
    DemoProject(
        name="Partner data exchange",
        client=INSURER,
        vendor="Brandt & Söhne Datentechnik",
        subject=("Contract feed", "Commission feed", "Monitoring", "Error handling"),
        budget_hours=520,
        cap_hours=560,
        weeks=7,
        weeks_planned=9,
        overrun=1.18,
        rates={"Developer": Decimal(105)},
        people=(DemoPerson("Katrin Brandt", "Developer", 36), DemoPerson("Sven Ohlsen", "Developer", 20)),
        vendor_takes_part=False,
        kept_rules=("B2",),
        seed=8,
    ),
    DemoProject(
        name="Billing rewrite",
        client=INSURER,
        vendor="",
        subject=(),
        budget_hours=0,
        cap_hours=None,
        weeks=0,
        weeks_planned=26,
        overrun=1.0,
    ),
    DemoProject(
        name="Intranet relaunch",
        client=INSURER,
        vendor=LUMEN,
        subject=("Content model", "Editing", "Search", "Migration"),
        budget_hours=340,
        cap_hours=None,
        weeks=10,
        weeks_planned=9,
        overrun=0.97,
        rates={"Developer": Decimal(88)},
        people=(DemoPerson("Duarte Nunes", "Developer", 34),),
        is_closed=True,
        seed=3,
    ),
    DemoProject(
        name="Warehouse scanner app",
        client=TRADER,
        vendor=NORDHAVEN,
        subject=("Goods in", "Picking", "Stocktaking", "Offline use", "Device management"),
        budget_hours=760,
        cap_hours=None,
        weeks=8,
        weeks_planned=15,
        overrun=1.08,
        rates=CARD,
        people=(DemoPerson("Hanna Virtanen", "Developer", 30), DemoPerson("Mikkel Thorsen", "Developer", 8)),
        seed=21,
    ),
)

# What each subject is broken down into: title, category, and its weight in the subject's hours.
BREAKDOWN = (
    ("rules agreed with the department", "analysis", 2),
    ("data model and migration", "back_end", 3),
    ("service and checks", "back_end", 6),
    ("list and search screen", "front_end", 4),
    ("entry form with validation", "front_end", 5),
    ("notifications", "full_stack", 2),
    ("rights and audit trail", "back_end", 3),
    ("tests with real cases", "test", 3),
    ("corrections after review", "full_stack", 2),
)
