"""What was agreed, in sentences; weekdays and places in words."""

from decimal import Decimal

import pytest

from projects.models import Project, Terms
from projects.places import place_in_words, subdivisions
from projects.terms_words import clauses_of, terms_in_one_sentence
from projects.week import weekdays_in_words


@pytest.mark.parametrize(
    ("weekdays", "words"),
    [
        ([1, 2, 3, 4, 5], "Mon–Fri"),
        ([7, 1], "Mon, Sun"),
        ([1, 2], "Mon, Tue"),
        ([1, 3, 4, 5, 7], "Mon, Wed–Fri, Sun"),
        ([], ""),
    ],
)
def test_weekdays_are_drawn_together_from_three_on(weekdays: list[int], words: str) -> None:
    assert weekdays_in_words(weekdays) == words


@pytest.mark.parametrize(
    ("country", "subdivision", "words"),
    [("DE", "BY", "Germany, Bayern"), ("US", "", "United States"), ("", "", ""), ("ZZ", "", "ZZ")],
)
def test_place_is_named(country: str, subdivision: str, words: str) -> None:
    assert place_in_words(country, subdivision) == words


def test_unknown_country_has_no_parts() -> None:
    assert subdivisions("ZZ") == ()


def test_every_term_stands_in_a_clause(project: Project) -> None:
    said = [name for clause in clauses_of(project, with_money=True) for name in clause.fields]
    # What was recorded from where is no term.
    not_agreed = ("project", "version", "recorded_from")
    agreed = [field.name for field in Terms._meta.concrete_fields if field.name not in not_agreed]
    assert sorted(said) == sorted(agreed)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Hours are paid as they are worked, up to a cap of 480.0 h."),
        ({"cap_minutes": None}, "Hours are paid as they are worked, and nothing caps them."),
        (
            {"billing_model": "fixed_price"},
            "A fixed price is agreed: milestones are paid, whatever hours they took.",
        ),
        (
            {"billing_model": "monthly_fee"},
            "A monthly fee is agreed: the capacity is paid, whether it is loaded or not.",
        ),
    ],
)
def test_terms_in_one_sentence(changes: dict[str, object], sentence: str, project: Project) -> None:
    for name, value in changes.items():
        setattr(project.terms, name, value)
    assert terms_in_one_sentence(project) == sentence


def test_clauses_leave_amounts_out_for_who_may_not_see_them(project: Project) -> None:
    project.terms.cap_amount = Decimal(50_000)
    project.terms.cap_minutes = None

    def cap(*, with_money: bool) -> str:
        clauses = clauses_of(project, with_money=with_money)
        return next(clause.sentence for clause in clauses if "cap_amount" in clause.fields)

    assert cap(with_money=True) == "Not to be exceeded without a new agreement: EUR\u00a050,000.00."
    assert cap(with_money=False) == "No cap in hours is agreed."
