import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core.forms import DurationField, written_hours


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("12.5", 750),
        ("12,5", 750),
        ("12:30", 750),
        ("0:05", 5),
        (" 8 h", 480),
        ("7.25 hours", 435),
        (".5", 30),
        ("0,125", 8),
        ("1,780", 106_800),
        ("1,780.5", 106_830),
        ("1.780,5", 106_830),
        ("1 780", 106_800),
        ("0", 0),
        ("0.3333", 20),
    ],
)
def test_duration_field_reads_hours_as_people_type_them(typed: str, minutes: int) -> None:
    assert DurationField().clean(typed) == minutes


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        ("  ", "required"),
        ("twelve", "unreadable"),
        ("-3", "negative"),
        ("−4:30", "negative"),
        ("-", "unreadable"),
        ("1e9", "unreadable"),
        ("nan", "unreadable"),
        (".", "unreadable"),
        ("٣", "unreadable"),
        ("12:60", "minutes"),
        ("1.250", "ambiguous"),
        ("0:14", "too_little"),
        ("24:01", "too_much"),
    ],
)
def test_duration_field_says_what_is_wrong(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DurationField(min_minutes=15, max_minutes=1440).clean(typed)
    assert [error.code for error in caught.value.error_list] == [code]


def test_duration_field_reads_nothing_as_unknown_when_optional() -> None:
    assert DurationField(required=False).clean("") is None


@given(st.integers(min_value=0, max_value=6_000_000))
def test_duration_field_reads_back_what_it_wrote(minutes: int) -> None:
    assert DurationField().clean(DurationField().prepare_value(minutes)) == minutes


def test_written_hours_rounds_nothing_away() -> None:
    assert [written_hours(minutes) for minutes in (0, 30, 600, 750, 735, 755)] == [
        "0",
        "0.5",
        "10",
        "12.5",
        "12.25",
        "12:35",
    ]


def test_duration_field_has_not_changed_when_the_same_minutes_are_written_otherwise() -> None:
    field = DurationField()
    assert [field.has_changed(750, typed) for typed in ("12:30", "12,5", "12.6", "x")] == [False, False, True, True]
