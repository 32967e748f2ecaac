"""The key of an entry says what it is: the same again, another one, and the order in which they came."""

import datetime as dt
import hashlib
import importlib
import uuid

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from budget.entry_identity import identity_of_content, identity_of_correction, identity_of_name, new_identity

DAY = dt.date(2026, 9, 14)
BY_MIGRATION = """
    SELECT {identity} FROM (VALUES (%s::uuid, %s::bigint, %s::text, %s::date))
    AS entry (uuid, project_id, source_id, worked_on)
"""
SAID = hashlib.sha256(b"said").digest()


def test_the_same_name_in_the_same_project_is_the_same_entry() -> None:
    assert identity_of_name(1, "id:7") == identity_of_name(1, "id:7")
    assert len({identity_of_name(project, name) for project in (1, 12) for name in ("id:7", "id:8", "7", "x")}) == 8


def test_content_counts_by_day_and_project_and_leaves_room_for_its_like() -> None:
    key = identity_of_content(1, DAY, SAID)
    assert key == identity_of_content(1, DAY, SAID)
    assert key[-4:] == "0000"
    assert len({key, identity_of_content(2, DAY, SAID), identity_of_content(1, DAY, SAID[::-1])}) == 3


def test_keys_stand_in_the_order_in_which_entries_come() -> None:
    made = [new_identity() for _ in range(50)]
    assert made == sorted(made)
    numbered = [identity_of_name(1, f"id:{number}") for number in (9, 10, 123_456, 99_999_999_999_999)]
    assert numbered == sorted(numbered)
    by_day = [identity_of_content(1, DAY + dt.timedelta(days=after), SAID) for after in range(50)]
    assert by_day == sorted(by_day)


def test_a_correction_has_a_key_of_its_own_each_time() -> None:
    first = identity_of_name(1, "id:7")
    second = identity_of_correction(first)
    assert len({first, second, identity_of_correction(second)}) == 3


@pytest.mark.parametrize("name", ["id:1_0", "id:٣", "id:", "123456789012345", "12 3", "-3"])
def test_what_is_no_number_is_a_name_like_any_other(name: str) -> None:
    assert identity_of_name(1, name) == identity_of_name(1, name) != identity_of_name(2, name)


@pytest.mark.django_db
@given(
    project=st.integers(1, 2**40),
    source_id=st.one_of(
        st.none(),
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
        st.from_regex(r"\A(id:)?[0-9]{1,15}\Z"),
        st.integers(1, 65_536).map(lambda number: f"row:{SAID.hex()}#{number}"),
    ),
    worked_on=st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)),
)
def test_files_taken_before_this_shape_keep_their_identity(
    project: int, source_id: str | None, worked_on: dt.date
) -> None:
    """The migration gives each entry the key that its row would get today."""
    migration = importlib.import_module("budget.migrations.0006_entries_by_identity")
    own = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(BY_MIGRATION.format(identity=migration.IDENTITY), [own, project, source_id, worked_on])
        (key,) = cursor.fetchone()
    if source_id is None:
        assert key == own
    elif source_id.startswith("row:"):
        first = identity_of_content(project, worked_on, SAID)
        assert key == uuid.UUID(f"{first[:28]}{int(source_id.partition('#')[2]) - 1:04x}")
    else:
        assert key == identity_of_name(project, source_id)
