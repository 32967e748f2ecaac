from projects.models.act_links import ActLink
from projects.models.comments import Attachment, Comment
from projects.models.imports import ImportBatch, ImportWork
from projects.models.invitations import Invitation
from projects.models.messages import MailPreference, OutboxMessage
from projects.models.objects import Activity, NumberSeries, ObjectRef
from projects.models.people import Membership, ProjectPerson
from projects.models.project import DayOff, Project, SideCalendar, Terms
from projects.models.rates import Rate
from projects.models.search import SearchDocument
from projects.models.topics import TopicVersion
from projects.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "ActLink",
    "Activity",
    "Attachment",
    "Comment",
    "DayOff",
    "ImportBatch",
    "ImportWork",
    "Invitation",
    "MailPreference",
    "Membership",
    "NumberSeries",
    "ObjectRef",
    "OutboxMessage",
    "Project",
    "ProjectPerson",
    "Rate",
    "SearchDocument",
    "SideCalendar",
    "Terms",
    "TopicVersion",
    "Webhook",
    "WebhookDelivery",
]
