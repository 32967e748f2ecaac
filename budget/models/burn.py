"""The sums over time entries that the database keeps."""

from decimal import Decimal

from django.db import models

from accounts.models import Person
from projects.models import Project
from requirements_app.models import WorkItem


class Burn(models.Model):
    """What every sum over time entries holds. Triggers keep it; the app role may only read it.

    ``amount`` leaves out the minutes for which no rate held; ``unrated_minutes`` says how many those are.
    ``entry_count`` counts entries, also those that take others back.
    """

    app_role_privileges = ("SELECT",)

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_constraint=False)
    minutes = models.BigIntegerField(default=0)
    billable_minutes = models.BigIntegerField(default=0)
    unrated_minutes = models.BigIntegerField(default=0)
    amount = models.DecimalField(max_digits=16, decimal_places=2, default=Decimal(0))
    entry_count = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class ItemBurn(Burn):
    """Burn by work item; without one, of the hours that nobody ordered."""

    work_item = models.ForeignKey(WorkItem, models.CASCADE, null=True, related_name="burns", db_constraint=False)
    first_worked_on = models.DateField(null=True, help_text="a bound: taking entries back does not move it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "work_item"], nulls_distinct=False, name="one_burn_per_item")
        ]

    def __str__(self) -> str:
        return f"{self.work_item_id}: {self.minutes}"


class DayBurn(Burn):
    """Burn by project and day."""

    worked_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "worked_on"], name="one_burn_per_day")]

    def __str__(self) -> str:
        return f"{self.worked_on}: {self.minutes}"


class PersonWeekBurn(Burn):
    """Burn by person and ISO week, named by its Monday."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_constraint=False)
    week_starts_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "person", "week_starts_on"], name="one_burn_per_person_week")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.week_starts_on}: {self.minutes}"
