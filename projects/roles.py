"""Who may do what: side × role × capability, as data. ``projects.access`` is the only code that decides with it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from projects.audience import Side

# What each capability allows. A page, an action of the API and a button name one of these.
CAPABILITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "view_project": "read the project's status, work items, terms and activity",
        "view_hours": "read time entries and hours by item",
        "view_money": "read amounts: budget, cap and burn in money",
        "view_rates": "read rates per hour",
        "view_people": "read who takes part",
        "view_alerts": "read alerts of one's own side or of both",
        "edit_project": "change name, dates and status",
        "edit_terms": "change what was agreed, and the calendars",
        "edit_rates": "add and end rates",
        "view_webhooks": "see to which programs one's own side has its messages posted, and how that goes",
        "edit_webhooks": "have messages posted to programs of one's own side",
        "resend_messages": "see which mails to one's own side did not get through, and send them again or discard them",
        "edit_people": "add and end people and memberships of one's own side",
        "edit_work_items": "add, change and import work items and estimates",
        "report_progress": "say how far a work item is",
        "record_time": "record time entries of the people of the project",
        "import_time": "bring in timesheet files",
        "ask_confirmation": "ask the vendor to confirm recorded estimates and hours",
        "answer_confirmation": "confirm for the vendor what the client recorded, or object to it",
        "comment": "write comments and internal notes, and add files",
        "view_alert_replay": "see what alert rules would have said of the project's past",
        "edit_alert_rules": "say which alert rules are on and where their levels begin",
        "acknowledge_alert": "say that an alert has been seen, or ask for silence",
        "tell_vendor": "tell the vendor of an alert at once, or keep it from them",
    }
)

READING = frozenset({"view_project", "view_hours", "view_people"})

CLIENT_MANAGER = frozenset(CAPABILITIES) - {"answer_confirmation"}
VENDOR_MANAGER = frozenset(CAPABILITIES) - {
    "edit_terms",
    "edit_project",
    "edit_rates",
    "ask_confirmation",
    "tell_vendor",
    "edit_alert_rules",
    "view_alert_replay",
}

ROLES: Final[Mapping[tuple[str, str], frozenset[str]]] = MappingProxyType(
    {
        (Side.CLIENT, "manager"): CLIENT_MANAGER,
        (Side.CLIENT, "approver"): READING
        | {"view_money", "view_rates", "view_alerts", "view_alert_replay", "acknowledge_alert", "comment"},
        (Side.CLIENT, "team_lead"): READING
        | {"view_alerts", "edit_work_items", "report_progress", "record_time", "comment"},
        # Approved invoices and payments only, and there are none yet.
        (Side.CLIENT, "finance"): frozenset(),
        (Side.CLIENT, "member"): READING | {"comment"},
        (Side.CLIENT, "viewer"): READING | {"view_money", "view_alerts"},
        (Side.VENDOR, "manager"): VENDOR_MANAGER,
        (Side.VENDOR, "analyst"): READING | {"edit_work_items", "comment"},
        (Side.VENDOR, "member"): READING | {"report_progress", "record_time", "comment"},
        (Side.VENDOR, "viewer"): READING,
    }
)

# An organisation's role reads every project of the organisation as this role of its side does.
ORGANISATION_ROLES: Final[Mapping[str, str]] = MappingProxyType({"portfolio_viewer": "viewer"})

# Capabilities that change something: a closed project takes none of them.
WRITING: Final = frozenset(name for name in CAPABILITIES if not name.startswith("view_"))


def capabilities_of(side: str, role: str) -> frozenset[str]:
    """What ``role`` may do on ``side``; nothing where there is no such role."""
    return ROLES.get((Side(side), role), frozenset())
