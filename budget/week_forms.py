"""The week's sheet as a form: a cell for each work item and day, and empty rows for further items."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budget.models import TimeEntry
from budget.week_actions import CellChange
from budget.week_queries import DAYS, Cell, Week, WeekRow
from core.conflicts import Conflict, ConflictRow
from core.forms import DurationField, needed_when, written_hours
from requirements_app.models import WorkItem
from requirements_app.work_item_field import WorkItemField

DAY_MINUTES: Final = 1440
ROWS_AT_LEAST: Final = 4


@dataclass(frozen=True)
class SheetRow:
    """A row as drawn: what stands, or the field that names the work item, and the seven cells with their days."""

    row: WeekRow | None
    item: forms.BoundField | None
    cells: list[tuple[forms.BoundField, dt.date]]


class WeekForm(forms.Form):
    """Hours of a person's week by work item and day. ``today`` is the last day that takes any.

    ``seen`` carries what the cells held when the sheet was drawn: only what differs from it is a change.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = needed_when(
        forms.CharField(
            label=gettext_lazy("Reason for fewer hours"),
            required=False,
            max_length=500,
            help_text=gettext_lazy("Both sides read it."),
        ),
        gettext_lazy("needed where a cell now holds less than before"),
    )
    note = forms.CharField(label=gettext_lazy("Note for new hours"), required=False, max_length=500)
    billable = forms.ChoiceField(
        label=gettext_lazy("New hours are"), choices=TimeEntry.Billable, initial=TimeEntry.Billable.YES
    )
    recorded_from = forms.CharField(
        label=gettext_lazy("Recorded from"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("If you pass on what the vendor claims: the mail or file in which it does."),
    )

    conflict: Conflict | None = None

    def __init__(self, *args: Any, week: Week, project: Any, is_client: bool, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.week = week
        self.today = today
        self.initial["seen"] = json.dumps({str(row.number): row.minutes for row in week.rows}, separators=(",", ":"))
        self.new_rows = range(max(1, ROWS_AT_LEAST - len(week.rows)))
        if not is_client:
            del self.fields["recorded_from"]
        for name, row, day in self._cells():
            held = row.minutes[day] if row else 0
            on = week.days[day]
            self.fields[name] = DurationField(
                label=_("%(item)s on %(day)s") % {"item": _item_words(row), "day": date_format(on, "D j M")},
                required=False,
                max_minutes=max(DAY_MINUTES, held),
                initial=held or None,
                disabled=on > today,
            )
        for place in self.new_rows:
            item = WorkItemField(label=_("Work item"), required=False)
            item.project = project
            item.widget.attrs |= {"placeholder": _("Number or title"), "aria-label": _("Work item")}
            self.fields[f"new-{place}"] = item

    def _cells(self) -> Iterator[tuple[str, WeekRow | None, int]]:
        for row in self.week.rows:
            yield from ((f"w{row.number}-{day}", row, day) for day in range(DAYS))
        for place in self.new_rows:
            yield from ((f"new-{place}-{day}", None, day) for day in range(DAYS))

    @property
    def sheet(self) -> list[SheetRow]:
        """The rows to draw, the empty ones last."""
        rows = [SheetRow(row, None, self._drawn(f"w{row.number}")) for row in self.week.rows]
        return rows + [SheetRow(None, self[f"new-{place}"], self._drawn(f"new-{place}")) for place in self.new_rows]

    def _drawn(self, row: str) -> list[tuple[forms.BoundField, dt.date]]:
        return [(self[f"{row}-{day}"], on) for day, on in enumerate(self.week.days)]

    @property
    def around(self) -> list[forms.BoundField]:
        """The fields that are no cells."""
        return [self[name] for name in ("note", "billable", "recorded_from", "reason") if name in self.fields]

    @property
    def by_day(self) -> list[dict[str, Any]]:
        """The columns: the day, whether hours can be recorded on it yet, and what stands on it."""
        return [
            {"on": on, "minutes": minutes, "is_weekend": on.isoweekday() > 5, "is_today": on == self.today}
            for on, minutes in zip(self.week.days, self.week.day_totals, strict=True)
        ]

    def clean(self) -> dict[str, Any]:
        """Rows for new items name an item of their own; fewer hours come with the reason."""
        data: dict[str, Any] = self.cleaned_data
        known = {row.work_item.pk if row.work_item else None for row in self.week.rows}
        for place in self.new_rows:
            if f"new-{place}" not in data or not any(data.get(f"new-{place}-{day}") for day in range(DAYS)):
                continue
            item: WorkItem | None = data[f"new-{place}"]
            if (item.pk if item else None) in known:
                self.add_error(f"new-{place}", _("This has a row of its own above: write the hours there."))
            known.add(item.pk if item else None)
        if not self.errors and not data.get("reason") and any(change.takes_back for change in self.changes()):
            self.add_error("reason", _("Say why hours are taken back: both sides read it."))
        return data

    def changes(self) -> list[CellChange]:
        """Every cell that is to hold something else than was seen."""
        seen = _seen(self.cleaned_data.get("seen", ""))
        changes = []
        for name, row, day in self._cells():
            if name not in self.cleaned_data or self.fields[name].disabled:
                continue
            item = row.work_item if row else self.cleaned_data.get(name.rpartition("-")[0])
            before = seen.get(row.number, [0] * DAYS)[day] if row else 0
            wanted = self.cleaned_data[name] or 0
            if wanted != before:
                changes.append(CellChange(item.pk if item else None, self.week.days[day], before, wanted))
        return changes

    def act(self) -> dict[str, Any]:
        """What ``save_week`` takes beside the changes."""
        names = ("reason", "note", "billable", "recorded_from")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def against(self, fresh: "WeekForm", moved: Mapping[Cell, int]) -> "WeekForm":
        """``fresh`` shows the week as it stands now; it keeps what was typed here and says which cells moved."""
        mine = {change.cell: change for change in self.changes()}
        sent: Any = self.data
        data = sent.copy()
        data["seen"] = fresh.initial["seen"]
        rows = []
        for name, row, day in fresh._cells():
            if row is None:
                continue
            cell = (row.work_item.pk if row.work_item else None, fresh.week.days[day])
            now = written_hours(row.minutes[day]) if row.minutes[day] else ""
            if cell not in mine:
                data[name] = now
            elif cell in moved:
                field = fresh[name]
                rows.append(ConflictRow(str(field.label), str(data.get(name, "")), now, now, field.id_for_label))
        fresh.data, fresh.is_bound = data, True
        fresh.conflict = Conflict(
            _("Somebody else changed these hours in the meantime. Nothing of yours was saved yet."), tuple(rows)
        )
        return fresh


def numbers_in(data: Mapping[str, Any]) -> list[int]:
    """The numbers of the rows that a sent sheet had: they are drawn again, whatever has become of them."""
    return list(_seen(data.get("seen", "")))


def _seen(text: str) -> dict[int, list[int]]:
    """What the cells held by the item's number; nothing where the text is not ours, which then reads as moved."""
    try:
        rows = json.loads(text)
        return {int(number): [int(rows[number][day]) for day in range(DAYS)] for number in list(rows)[:1000]}
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return {}


def _item_words(row: WeekRow | None) -> str:
    if row is None:
        return _("New row")
    return row.work_item.ref.label if row.work_item else _("No work item")
