from projects.models.imports import ImportBatch
from projects.models.messages import OutboxMessage
from projects.models.objects import Activity, NumberSeries, ObjectRef
from projects.models.people import Membership, ProjectPerson
from projects.models.project import DayOff, Project, SideCalendar, Terms
from projects.models.rates import Rate

__all__ = [
    "Activity",
    "DayOff",
    "ImportBatch",
    "Membership",
    "NumberSeries",
    "ObjectRef",
    "OutboxMessage",
    "Project",
    "ProjectPerson",
    "Rate",
    "SideCalendar",
    "Terms",
]
