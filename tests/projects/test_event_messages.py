"""The other side learns what was changed or taken in: in the inbox, and by mail as each chooses."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import NotificationPreference, User
from projects.actions import add_member, agree_rate, change_terms, end_membership, set_status
from projects.actions.comments import add_comment, withdraw_comment
from projects.audience import Side
from projects.inbox import inbox_lines, mark_read, messages_of, unread_of
from projects.models import Comment, Membership, OutboxMessage, Project
from projects.notifications import tell_other_side
from projects.outbox import claim_due, put_in_outbox, send_due, word
from projects.preferences import (
    Channels,
    channels_wanted_by,
    choosable_kinds,
    choose_channels,
    mail_preferences_of,
)
from tests.api_client import Program

pytestmark = pytest.mark.django_db

FIRST_DAY = dt.date(2026, 9, 1)


def change(project: Project, actor: User, **changes: Any) -> None:
    terms = project.terms
    change_terms(
        actor=actor,
        terms=terms,
        expected_version=terms.version,
        **(changes or {"cap_minutes": 500 * 60, "review_days": 7}),
    )


def told(kind: str) -> list[tuple[str, str]]:
    """Who is told, and how."""
    found = OutboxMessage.objects.filter(kind=kind).order_by("recipient__name", "channel")
    return list(found.values_list("recipient__name", "channel"))


def subjects(user: User) -> list[str]:
    return [line.wording.subject for line in inbox_lines(user, list(messages_of(user)))]


def in_a_minute() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=61)


# ── Who is told ─────────────────────────────────────────────────────────────────────────────────────


def test_changed_terms_are_told_to_the_other_sides_manager(
    project: Project, client_manager: User, client_approver: User, vendor_manager: User, vendor_viewer: User
) -> None:
    change(project, client_manager)
    assert told("terms_changed") == [("Vera Manager", "in_app"), ("Vera Manager", "mail")]
    assert subjects(vendor_manager) == ["Berth booking: Clara Manager changed the terms"]


def test_terms_saved_without_a_change_are_not_told(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    change(project, client_manager, review_days=project.terms.review_days)
    assert told("terms_changed") == []


def test_rates_of_one_card_are_told_once_in_the_inbox(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    for role in ("Tester", "Developer"):
        agree_rate(actor=client_manager, project=project, hourly_rate=80, first_day=FIRST_DAY, job_role=role)
    assert told("rates_changed") == [("Vera Manager", "in_app")]


def test_the_vendors_act_is_told_to_the_client(project: Project, client_manager: User, vendor_manager: User) -> None:
    tell_other_side(
        project=project,
        actor=vendor_manager,
        kind="timesheet_taken",
        data={"filename": "march.csv", "path": "/p/"},
        dedupe="1",
    )
    assert subjects(client_manager) == ["Berth booking: Vera Manager took in “march.csv”"]
    assert subjects(vendor_manager) == []


def test_whoever_lost_the_right_to_read_rates_reads_nothing_of_them(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    agree_rate(actor=client_manager, project=project, hourly_rate=80, first_day=FIRST_DAY)
    assert subjects(vendor_manager) == ["Berth booking: Clara Manager changed the rates"]
    Membership.objects.filter(user=vendor_manager).update(role="viewer")
    assert subjects(vendor_manager) == []


def test_a_mail_is_in_its_readers_words_and_names_what_changed(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    change(project, client_manager)
    assert send_due() == 0  # a minute in which more may follow
    send_due(in_a_minute())
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([vendor_manager.email], "Berth booking: Clara Manager changed the terms")
    assert "Hello Vera Manager," in sent.body
    assert "Clara Manager changed the terms.\nChanged: " in sent.body
    assert reverse("projects:terms_detail", args=[project.slug]) in sent.body


def test_a_pause_is_told_with_its_reason(project: Project, client_manager: User, vendor_manager: User) -> None:
    set_status(actor=client_manager, project=project, status="paused", reason="No budget before January.")
    assert told("status_changed") == [("Vera Manager", "in_app"), ("Vera Manager", "mail")]
    send_due(in_a_minute())
    (sent,) = mail.outbox
    assert sent.subject == "Berth booking: Clara Manager set the project to paused"
    assert "No budget before January." in sent.body


# ── Several within a short while ────────────────────────────────────────────────────────────────────


def agree(project: Project, actor: User, *roles: str) -> None:
    for role in roles:
        agree_rate(actor=actor, project=project, hourly_rate=80, first_day=FIRST_DAY, job_role=role)


def test_what_somebody_does_in_a_row_is_one_message_and_one_mail(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    change(project, client_manager, cap_minutes=500 * 60)
    change(project, client_manager, review_days=7)
    change(project, client_manager, cap_minutes=510 * 60)
    assert subjects(vendor_manager) == ["Berth booking: Clara Manager changed the terms"]
    assert send_due() == 0
    assert send_due(in_a_minute()) == 1
    assert "Changed: cap in hours, days to review a delivery." in mail.outbox[0].body


def test_what_comes_after_the_mail_has_left_is_another_one(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    change(project, client_manager, cap_minutes=500 * 60)
    send_due(in_a_minute())
    change(project, client_manager, review_days=7)
    assert send_due(in_a_minute()) == 1
    assert ["cap in hours" in sent.body for sent in mail.outbox] == [True, False]


def test_a_mail_that_a_worker_holds_takes_nothing_in_any_more(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    change(project, client_manager, cap_minutes=500 * 60)
    (held,) = claim_due(now=in_a_minute())
    change(project, client_manager, review_days=7)
    held.refresh_from_db()
    assert len(held.data["events"]) == 1
    assert OutboxMessage.objects.filter(channel="mail", kind="terms_changed").count() == 2


def test_what_was_read_or_is_stale_takes_nothing_in_any_more(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    agree(project, client_manager, "Tester", "Developer")
    (message,) = messages_of(vendor_manager)
    mark_read(message)
    agree(project, client_manager, "Analyst")
    assert len(subjects(vendor_manager)) == 2
    OutboxMessage.objects.update(due_at=timezone.now() - dt.timedelta(minutes=11))
    agree(project, client_manager, "Designer")
    assert len(subjects(vendor_manager)) == 3


def test_each_who_does_something_is_named(
    project: Project, client_manager: User, client_member: User, vendor_manager: User
) -> None:
    Membership.objects.filter(user=client_member).update(role="manager")
    for actor in (client_manager, client_member):
        change(project, actor, review_days=project.terms.review_days + 1)
    assert sorted(subjects(vendor_manager)) == [
        "Berth booking: Clara Manager changed the terms",
        "Berth booking: Cyril Member changed the terms",
    ]


def test_files_taken_in_a_row_are_counted(project: Project, client_manager: User, vendor_manager: User) -> None:
    for name in ("march.csv", "april.csv", "april.csv"):
        data = {"filename": name, "path": "/p/"}
        tell_other_side(project=project, actor=vendor_manager, kind="timesheet_taken", data=data, dedupe=name)
    assert subjects(client_manager) == ["Berth booking: Vera Manager took in 2 files"]


def test_a_row_of_comments_is_one_message_as_long_as_one_of_them_stands(
    project: Project, client_manager: User, vendor_manager: User, sign_in: Callable[[Any], Client]
) -> None:
    for text in ("One", "Two", "Three"):
        say(project, client_manager, "client", text)
    say(project, client_manager, "client", "Between us", audience="client")
    assert subjects(vendor_manager) == ["Clara Manager wrote 3 comments on Berth booking"]
    (message,) = messages_of(vendor_manager)
    assert [text in word(message).text for text in ("One", "Two", "Three", "Between us")] == [True, True, True, False]
    first, second, third = Comment.objects.filter(audience="both").order_by("pk")
    for comment, said in ((first, "wrote 2 comments"), (third, "wrote on")):
        withdraw_comment(actor=client_manager, comment=comment)
        assert said in subjects(vendor_manager)[0]
    assert unread_of(vendor_manager).count() == 1
    withdraw_comment(actor=client_manager, comment=second)
    assert (subjects(vendor_manager), unread_of(vendor_manager).count()) == ([], 0)


def test_an_internal_note_is_told_to_ones_own_manager_alone(
    project: Project, client_manager: User, client_member: User, vendor_manager: User
) -> None:
    say(project, client_member, "client", "Between us", audience="client")
    assert told("commented") == [("Clara Manager", "in_app")]


# ── Whoever left ────────────────────────────────────────────────────────────────────────────────────


def test_whoever_was_shown_out_is_told_by_mail(project: Project, client_manager: User, vendor_viewer: User) -> None:
    end_membership(actor=client_manager, membership=Membership.objects.get(project=project, user=vendor_viewer))
    send_due()
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        ([vendor_viewer.email], "Berth booking: Clara Manager ended your part in this project")
    ]
    assert subjects(vendor_viewer) == []


def test_whoever_leaves_by_themselves_is_not_told(project: Project, vendor_viewer: User) -> None:
    end_membership(actor=vendor_viewer, membership=Membership.objects.get(project=project, user=vendor_viewer))
    assert told("membership_ended") == []


def test_whoever_has_come_back_is_not_told_that_they_left(
    project: Project, client_manager: User, vendor_viewer: User
) -> None:
    end_membership(actor=client_manager, membership=Membership.objects.get(project=project, user=vendor_viewer))
    add_member(actor=client_manager, project=project, user=vendor_viewer, side=Side.VENDOR, role="viewer")
    assert send_due() == 0
    assert OutboxMessage.objects.get(kind="membership_ended").state == OutboxMessage.State.WITHHELD


def test_whoever_left_is_told_nothing_else(project: Project, client_manager: User, vendor_manager: User) -> None:
    change(project, client_manager)
    end_membership(actor=client_manager, membership=Membership.objects.get(project=project, user=vendor_manager))
    assert [word(message) for message in OutboxMessage.objects.filter(kind="terms_changed")] == [None, None]


# ── What comes by mail ──────────────────────────────────────────────────────────────────────────────


def test_each_chooses_what_comes_by_mail(project: Project, client_manager: User, vendor_manager: User) -> None:
    choose_channels(
        user=vendor_manager,
        wanted={"terms_changed": Channels(in_app=True, by_mail=False), "rates_changed": Channels(True, True)},
    )
    change(project, client_manager)
    agree_rate(actor=client_manager, project=project, hourly_rate=80, first_day=FIRST_DAY)
    assert told("terms_changed") == [("Vera Manager", "in_app")]
    assert told("rates_changed") == [("Vera Manager", "in_app"), ("Vera Manager", "mail")]


def test_what_is_as_usual_is_not_kept(vendor_manager: User) -> None:
    choose_channels(user=vendor_manager, wanted=channels_wanted_by(vendor_manager))
    assert NotificationPreference.objects.count() == 0


def test_alerts_cannot_be_switched_off(project: Project, client_manager: User) -> None:
    NotificationPreference.objects.create(user=client_manager, kind="alerts_raised", by_mail=False)
    assert "alerts_raised" not in choosable_kinds()
    put_in_outbox(
        project=project,
        recipients=[client_manager],
        kind="alerts_raised",
        data={"alerts": []},
        channels=["mail"],
        audience="client",
        dedupe="alerts",
    )
    assert told("alerts_raised") == [("Clara Manager", "mail")]


def test_every_choosable_kind_has_a_name() -> None:
    assert [kind for kind, known in choosable_kinds().items() if not known.name] == []


def test_the_page_keeps_what_was_chosen(vendor_manager: User, sign_in: Callable[[Any], Client]) -> None:
    client = sign_in(vendor_manager)
    url = reverse("projects:notification_preferences")
    assert client.get(url).context["form"].usual["terms_changed"] == Channels(in_app=True, by_mail=True)
    chosen = {"in_app": ["terms_changed"], "by_mail": ["rates_changed"], "alert_mails": "daily", "quiet_hours": "all"}
    assert client.post(url, chosen)["Location"] == url
    wanted = channels_wanted_by(vendor_manager)
    assert [kind for kind, channels in wanted.items() if channels.in_app] == ["terms_changed"]
    assert [kind for kind, channels in wanted.items() if channels.by_mail] == ["rates_changed"]
    kept = mail_preferences_of([vendor_manager])[vendor_manager]
    assert (kept.alert_mails, kept.quiet_hours, kept.weekly_summary) == ("daily", "all", False)
    assert client.post(url, {"in_app": ["weather"], "alert_mails": "daily", "quiet_hours": "all"}).status_code == 422
    assert client.post(url, {"alert_mails": "never", "quiet_hours": "all"}).status_code == 422


def test_choosing_is_ones_own(client_manager: User, vendor_manager: User) -> None:
    choose_channels(user=vendor_manager, wanted={"terms_changed": Channels(in_app=False, by_mail=False)})
    assert channels_wanted_by(client_manager)["terms_changed"] == Channels(in_app=True, by_mail=True)


def test_telling_many_costs_no_more(
    project: Project, client_manager: User, vendor_manager: User, vendor_viewer: User, django_assert_num_queries: Any
) -> None:
    for people in ([vendor_manager], [vendor_manager, vendor_viewer]):
        with django_assert_num_queries(3):  # who wants mail, what was told before, the messages
            put_in_outbox(
                project=project,
                recipients=people,
                kind="terms_changed",
                data={"fields": [], "by": "Clara"},
                channels=["in_app", "mail"],
                audience="both",
                dedupe=f"many:{len(people)}",
            )


def test_who_wants_a_kind_by_no_channel_is_not_told(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    choose_channels(user=vendor_manager, wanted={"terms_changed": Channels(in_app=False, by_mail=False)})
    change(project, client_manager)
    assert told("terms_changed") == []
    choose_channels(user=vendor_manager, wanted={"terms_changed": Channels(in_app=False, by_mail=True)})
    change(project, client_manager, review_days=9)
    assert told("terms_changed") == [("Vera Manager", "mail")]


def test_programs_choose_as_the_page_does(vendor_manager: User, program: Program) -> None:
    api = program(vendor_manager)
    answer = api.get("notification-preferences/")
    known = {one["kind"]: one for one in answer.json()["kinds"]}
    assert (known["terms_changed"]["in_app"], known["terms_changed"]["by_mail"]) == (True, True)
    body = {"kinds": [{"kind": "terms_changed", "in_app": False}], "quiet_hours": "none"}
    assert api.patch("notification-preferences/", body).status_code == 428
    changed = api.patch("notification-preferences/", body, If_Match=answer["ETag"])
    assert (changed.status_code, changed["ETag"] == answer["ETag"]) == (200, False)
    assert channels_wanted_by(vendor_manager)["terms_changed"] == Channels(in_app=False, by_mail=True)
    kept = mail_preferences_of([vendor_manager])[vendor_manager]
    assert (kept.quiet_hours, kept.weekly_summary) == ("none", True)
    assert api.patch("notification-preferences/", body, If_Match=answer["ETag"]).status_code == 412
    wrong = {"kinds": [{"kind": "alerts_raised", "by_mail": False}]}
    assert api.patch("notification-preferences/", wrong, If_Match=changed["ETag"]).status_code == 422


# ── Comments ────────────────────────────────────────────────────────────────────────────────────────


def say(project: Project, actor: User, side: str, text: str, **fields: Any) -> None:
    add_comment(actor=actor, project=project, side=side, text=text, **fields)


def test_who_spoke_before_learns_that_it_goes_on(
    project: Project, client_manager: User, client_member: User, vendor_manager: User, vendor_viewer: User
) -> None:
    say(project, client_manager, "client", "Which berth?")
    say(project, client_member, "client", "Between us: the north one.", audience="client")
    say(project, vendor_manager, "vendor", "The south one. @Cyril Member agrees.")
    assert told("replied") == [("Clara Manager", "in_app"), ("Clara Manager", "in_app")]
    assert told("mentioned") == [("Cyril Member", "in_app"), ("Cyril Member", "mail")]
    assert subjects(client_manager) == [
        "Vera Manager also wrote on Berth booking",
        "Cyril Member also wrote on Berth booking",
    ]
    # As the vendor's manager: of what the client says to both.
    assert subjects(vendor_manager) == ["Clara Manager wrote on Berth booking"]


def test_an_internal_note_is_no_reply_to_the_other_side(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    say(project, vendor_manager, "vendor", "Which berth?")
    say(project, client_manager, "client", "Let us wait.", audience="client")
    assert told("replied") == []


def test_a_withdrawn_comment_is_told_no_more(project: Project, client_manager: User, vendor_manager: User) -> None:
    say(project, vendor_manager, "vendor", "Which berth?")
    say(project, client_manager, "client", "The harbour's.")
    assert subjects(vendor_manager) == ["Clara Manager also wrote on Berth booking"]
    withdraw_comment(actor=client_manager, comment=Comment.objects.get(author=client_manager))
    assert subjects(vendor_manager) == []


def test_being_named_can_be_kept_out_of_the_mail(project: Project, client_manager: User, vendor_manager: User) -> None:
    choose_channels(user=vendor_manager, wanted={"mentioned": Channels(in_app=True, by_mail=False)})
    say(project, client_manager, "client", "@Vera Manager, which berth?")
    assert told("mentioned") == [("Vera Manager", "in_app")]
