"""What a project's page says first, in each state that a project can be in."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from projects.audience import Side
from status.answer import answer_of
from status.sentences import Figure, Sentence, hours_said
from tests.status.figures import BEFORE_HOURS, overview

H = 60


def said(*args: Any, **kwargs: Any) -> str:
    """The whole answer, with plain spaces."""
    return " ".join(str(sentence) for sentence in sentences(*args, **kwargs)).replace("\u00a0", " ")


def sentences(*args: Any, **kwargs: Any) -> list[Sentence]:
    found = answer_of(overview(*args, **kwargs))
    return [*found.headline, *found.further]


def test_where_it_stands_comes_first_and_what_follows_from_it_after() -> None:
    found = answer_of(overview())
    assert (len(found.headline), len(found.further)) == (2, 1)
    assert str(found.further[0]).startswith("Likely")


def test_burn_ahead_of_progress_is_the_alarm() -> None:
    answer = sentences()
    assert said() == (
        "412 h of 600 h are used for work worth 355 h. Burn is 9.5 points ahead of progress. "
        "Likely 585 h in the end, inside the 600 h planned."
    )
    assert [sentence.tone for sentence in answer] == ["", "bad", ""]


def test_hours_newer_than_the_progress_are_named_apart() -> None:
    newer = {"hours_through": dt.date(2026, 9, 18), "used_minutes": 430 * H}
    assert said(**newer).startswith(
        "430 h of 600 h are used; the 412 h up to 17 Sep 2026 went into work worth 355 h. Burn is 9.5 points ahead"
    )


def test_on_course_burn_and_progress_keep_step() -> None:
    assert said(earned_minutes_at_compared=Decimal(410 * H)) == (
        "412 h of 600 h are used for work worth 410 h. Burn and progress keep step. "
        "Likely 585 h in the end, inside the 600 h planned."
    )


def test_progress_ahead_is_good_news() -> None:
    answer = sentences(earned_minutes_at_compared=Decimal(472 * H))
    assert str(answer[1]).replace("\u00a0", " ") == "Progress is 10.0 points ahead of burn."
    assert answer[1].tone == "good"


def test_likely_more_than_planned_without_a_cap() -> None:
    assert said(remaining_minutes=250 * H).endswith("Likely 662 h in the end, 62 h more than planned.")


def test_cap_that_will_not_hold_names_the_day_and_how_early_it_is() -> None:
    """440 h of cap, 412 used, 35 a week: 28 h last six days from 17 September, two weeks before the finish."""
    early = {"planned_finish_on": dt.date(2026, 10, 8)}
    assert said(cap_minutes=440 * H, project=early).endswith(
        "At this pace the cap of 440 h is reached about 23 Sep 2026, 2 weeks before the planned finish; "
        "likely 585 h in the end, 145 h above it."
    )


def test_cap_that_will_not_hold_without_a_planned_finish() -> None:
    assert said(cap_minutes=440 * H).endswith(
        "At this pace the cap of 440 h is reached about 23 Sep 2026; likely 585 h in the end, 145 h above it."
    )


def test_cap_that_will_not_hold_without_a_pace_names_no_day() -> None:
    assert said(cap_minutes=440 * H, weekly_minutes=()).endswith(
        "Likely 585 h in the end, 145 h above the cap of 440 h."
    )


def test_cap_that_is_exceeded_says_by_how_much() -> None:
    answer = sentences(cap_minutes=400 * H)
    assert str(answer[-1]).replace("\u00a0", " ") == "The cap of 400 h is exceeded by 12 h; likely 585 h in the end."
    assert answer[-1].tone == "bad"


def test_hours_on_work_that_nobody_estimated_are_named() -> None:
    outside = {"used_minutes_at_compared": 412 * H, "matched_minutes_at_compared": 372 * H}
    assert "355 h. 40 h of them went into work that nobody estimated. Burn " in said(**outside)
    few = {"used_minutes_at_compared": 412 * H, "matched_minutes_at_compared": 407 * H}
    assert "estimated" not in said(**few)


def test_cap_that_holds_is_said_plainly() -> None:
    assert said(cap_minutes=700 * H).endswith("Likely 585 h in the end, inside the cap of 700 h.")


def test_done_inside_the_budget() -> None:
    assert said(done_item_count=40) == "All 40 work items are done for 412 h, inside the 600 h planned."


def test_done_for_more_than_planned() -> None:
    assert said(done_item_count=40, used_minutes=650 * H) == (
        "All 40 work items are done for 650 h, 50 h more than the 600 h planned."
    )


def test_no_vendor_and_nothing_yet() -> None:
    nothing = {**BEFORE_HOURS, "budget_minutes": None, "estimated_item_count": 0, "item_count": 0}
    assert said(project={"vendor": None}, **nothing) == (
        "No vendor is named yet. Nothing is estimated and no hours are recorded yet: there is nothing to compare."
    )


def test_no_hours_yet() -> None:
    assert said(**BEFORE_HOURS) == "600 h are agreed, and no hours are recorded yet."
    assert said(**BEFORE_HOURS, budget_source="estimates") == "600 h are estimated, and no hours are recorded yet."


def test_hours_without_an_estimate() -> None:
    assert said(budget_minutes=None, estimated_item_count=0) == (
        "412 h are used, and there is no estimate or agreed budget to compare them with."
    )


def test_hours_that_the_worker_has_not_seen_yet() -> None:
    assert said(earned_minutes_at_compared=None, estimated_item_count=0) == (
        "412 h of 600 h are used; what they earned is being worked out."
    )


@pytest.mark.parametrize(
    ("side", "sentence"),
    [
        (Side.CLIENT, "Nobody has reported progress yet, so what was earned is assumed from the estimates."),
        (Side.VENDOR, "You have reported no progress yet, so what was earned is assumed from the estimates."),
    ],
)
def test_without_a_progress_report_the_answer_says_what_is_assumed(side: str, sentence: str) -> None:
    assert str(sentences(side, progress_through=None)[1]) == sentence


@pytest.mark.parametrize(
    ("status", "sentence"),
    [("closed", "This project is closed."), ("paused", "This project is paused: its rules stand still.")],
)
def test_standstill_is_said_first(status: str, sentence: str) -> None:
    assert str(sentences(project={"status": status})[0]) == sentence


def test_money_is_told_only_to_those_who_may_see_it() -> None:
    spent = {"used_amount": Decimal("39140.00"), "cap_amount": Decimal("57000.00")}
    assert said(**spent).endswith(" EUR 39,140.00 of the EUR 57,000.00 agreed are spent so far.")
    assert "EUR" not in said(role="team_lead", **spent)
    assert said(used_amount=Decimal("60000.00"), cap_amount=Decimal("57000.00")).endswith(
        " EUR 60,000.00 are spent so far, more than the EUR 57,000.00 agreed."
    )
    assert said(used_amount=Decimal("39140.00")).endswith(" EUR 39,140.00 are spent so far.")


def test_each_figure_leads_to_what_it_is_made_of() -> None:
    links = {
        piece.text.replace("\u00a0", " "): piece.url
        for sentence in sentences(cap_minutes=700 * H)
        for piece in sentence.pieces
        if piece.is_figure
    }
    assert links == {
        "412 h": "/p/claims-portal/time/",
        "600 h": "/p/claims-portal/terms/",
        "355 h": "/p/claims-portal/work-items/",
        "9.5 points": "/p/claims-portal/alerts/",
        "585 h": "#likely",
        "700 h": "/p/claims-portal/terms/",
    }


def test_points_lead_to_the_indices_for_a_reader_without_alerts() -> None:
    ahead = sentences(role="member")[1]
    assert ahead.figures["points"].url == "#indices"


def test_sentence_keeps_the_order_of_its_language() -> None:
    """A translation may name the figures in another order; none is lost and no words are glued."""
    sentence = Sentence("Von %(budget)s sind %(used)s verbraucht.", {"used": Figure("4 h"), "budget": Figure("9 h")})
    assert str(sentence) == "Von 9 h sind 4 h verbraucht."
    assert [piece.is_figure for piece in sentence.pieces] == [False, True, False, True, False]


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 h"),
        (750, "12.5 h"),
        (600, "10 h"),
        (5999, "100.0 h"),
        (73_890, "1,232 h"),
        (Decimal("73829.99"), "1,230 h"),
    ],
)
def test_hours_are_said_shortly(minutes: int | Decimal, text: str) -> None:
    assert hours_said(minutes).replace("\u00a0", " ") == text
