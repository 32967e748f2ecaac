"""Hours and money used: time entries, and the sums that the database keeps over them."""

from budget.models.burn import Burn, DayBurn, ItemBurn, PersonWeekBurn
from budget.models.confirmations import RecordConfirmation, RecordConfirmationQuerySet
from budget.models.mails import MailAddress, MailedMessage
from budget.models.series import BranchSeries, DaySeries, ItemSeries, KeptFigures
from budget.models.staging import StagedEntry, StagedName, UnmatchedItem
from budget.models.time_entries import TimeEntry

__all__ = [
    "BranchSeries",
    "Burn",
    "DayBurn",
    "DaySeries",
    "ItemBurn",
    "ItemSeries",
    "KeptFigures",
    "MailAddress",
    "MailedMessage",
    "PersonWeekBurn",
    "RecordConfirmation",
    "RecordConfirmationQuerySet",
    "StagedEntry",
    "StagedName",
    "TimeEntry",
    "UnmatchedItem",
]
