"""Two tabs with one person's week, saved at the same moment."""

import datetime as dt
import threading

from django.db import connection

from budget.models import TimeEntry
from budget.week_actions import CellChange, CellsMoved, save_week
from projects.actions import add_person
from projects.audience import Side
from projects.models import Project

MONDAY = dt.date(2026, 9, 14)


def test_two_sheets_of_one_week_sent_at_once_count_once(fresh_database: object, project: Project) -> None:
    actor = project.created_by
    person = add_person(actor=actor, project=project, name="Dana Developer", side=Side.VENDOR).person
    both_ready = threading.Barrier(2)
    outcomes: list[object] = []

    def send() -> None:
        both_ready.wait(10)
        try:
            saved = save_week(
                actor=actor,
                project=project,
                person=person,
                changes=[CellChange(None, MONDAY, 0, 60)],
                today=MONDAY,
            )
            outcomes.append((saved.added_minutes, saved.taken_back_minutes))
        except CellsMoved as error:
            outcomes.append(error.cells)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes, key=str) == [(60, 0), {(None, MONDAY): 60}]
    assert list(TimeEntry.objects.filter(project=project).values_list("minutes", flat=True)) == [60]
