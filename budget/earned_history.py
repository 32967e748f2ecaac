"""Keeps the series of used and earned hours: rewritten by the worker whenever what it is made of has changed."""

from django.db import connection

from budget.earned_series import Item, Report, Spent, earned_series
from budget.models import EarnedDay
from projects.models import Project
from requirements_app.models import ProgressReport, WorkItem
from requirements_app.progress import ProgressRule

SPENT = """
    SELECT work_item_id, worked_on, sum(minutes)
    FROM budget_timeentry WHERE project_id = %s
    GROUP BY work_item_id, worked_on ORDER BY worked_on
"""
ls_placeholder = None
