"""Comments and internal notes: who reads them, who changes them, and what nobody learns."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.errors import DomainError, StaleVersion
from projects.actions import add_comment, change_comment, restore_comment, withdraw_comment
from projects.discussions import wordings_of
from projects.models import Activity, Comment, ObjectRef, OutboxMessage, Project, SearchDocument, TopicVersion
from projects.outbox import word
from projects.search import reindex
from requirements_app.actions import add_work_item

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
SECRET = "Only between us: Zanzibar"


@pytest.fixture
def ref(project: Project, client_manager: User) -> ObjectRef:
    return add_work_item(actor=client_manager, project=project, title="Berth plan").ref


def page(sign_in: SignIn, user: User, project: Project, ref: ObjectRef | None = None) -> str:
    where = (
        reverse("requirements:work_item_detail", args=[project.slug, ref.number])
        if ref
        else reverse("status:project_detail", args=[project.slug])
    )
    return sign_in(user).get(where).content.decode()


def post(sign_in: SignIn, user: User, project: Project, ref: ObjectRef | None = None, **data: object) -> int:
    where = (
        reverse("projects:comment_list_on", args=[project.slug, ref.uuid])
        if ref
        else reverse("projects:comment_list", args=[project.slug])
    )
    return sign_in(user).post(where, data).status_code


def activity(project: Project, side: str) -> list[tuple[str, str]]:
    seen = Activity.objects.filter(project=project).seen_by(("both", side))
    return list(seen.filter(verb__contains="comment").order_by("pk").values_list("verb", "audience")) + list(
        seen.filter(verb="noted").values_list("verb", "audience")
    )


def test_comment_for_both_is_read_by_the_other_side(
    project: Project, client_manager: User, vendor_manager: User, ref: ObjectRef, sign_in: SignIn
) -> None:
    assert post(sign_in, client_manager, project, ref, text="**Ready** by Friday?", audience="both") == 302
    assert "<strong>Ready</strong> by Friday?" in page(sign_in, vendor_manager, project, ref)
    assert activity(project, "vendor") == [("commented", "both")]


def test_comment_on_the_project_stands_on_its_status_page(
    project: Project, vendor_manager: User, client_manager: User, sign_in: SignIn
) -> None:
    assert post(sign_in, vendor_manager, project, text="We start on Monday.", audience="both") == 302
    assert "We start on Monday." in page(sign_in, client_manager, project)


@pytest.mark.parametrize("side", ["client", "vendor"])
def test_other_side_learns_nothing_of_an_internal_note(
    side: str,
    project: Project,
    client_manager: User,
    client_member: User,
    vendor_manager: User,
    vendor_viewer: User,
    ref: ObjectRef,
    sign_in: SignIn,
) -> None:
    writer, colleague, stranger = (
        (client_manager, client_member, vendor_manager)
        if side == "client"
        else (vendor_manager, vendor_viewer, client_manager)
    )
    other = "vendor" if side == "client" else "client"

    def learnt() -> list[object]:
        return [
            without_tokens(page(sign_in, stranger, project, ref)),
            without_tokens(page(sign_in, stranger, project)),
            activity(project, other),
            list(TopicVersion.objects.filter(audience__in=("both", other)).order_by("pk").values_list("version")),
            list(SearchDocument.objects.filter(audience__in=("both", other)).order_by("pk").values_list("body")),
            OutboxMessage.objects.filter(recipient=stranger).count(),
        ]

    before = learnt()
    note = add_comment(actor=writer, project=project, side=side, text=SECRET, audience=side, ref=ref)
    change_comment(actor=writer, comment=note, text=f"{SECRET} @{colleague.name}", expected_version=1)
    assert learnt() == before
    assert SECRET in page(sign_in, colleague, project, ref)
    assert f"internal: only {project.organisation_of(side)}" in page(sign_in, colleague, project, ref)
    assert activity(project, side) == [("comment_changed", side), ("noted", side)]
    for name in ("comment_edit", "comment_withdraw", "comment_restore"):
        answer = sign_in(stranger).post(reverse(f"projects:{name}", args=[project.slug, note.uuid]))
        assert answer.status_code == 404


def without_tokens(html: str) -> str:
    return "".join(line for line in html.splitlines() if "csrf" not in line.lower())


def test_form_cannot_write_a_note_of_the_other_side(
    project: Project, client_manager: User, ref: ObjectRef, sign_in: SignIn
) -> None:
    assert post(sign_in, client_manager, project, ref, text="Hello", audience="vendor") == 422
    with pytest.raises(DomainError) as refused:
        add_comment(actor=client_manager, project=project, side="client", text="Hello", audience="vendor")
    assert refused.value.code == "not_ones_own_side"
    assert Comment.objects.count() == 0


def test_what_is_said_about_an_internal_thing_stays_internal(
    project: Project, client_manager: User, ref: ObjectRef
) -> None:
    ObjectRef.objects.filter(pk=ref.pk).update(audience="client")
    ref.refresh_from_db()
    comment = add_comment(actor=client_manager, project=project, side="client", text="Hello", audience="both", ref=ref)
    assert (comment.audience, activity(project, "client")) == ("client", [("noted", "client")])


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("client_manager", 302),
        ("client_approver", 302),
        ("client_team_lead", 302),
        ("client_member", 302),
        ("client_viewer", 403),
        ("client_finance", 403),
        ("vendor_manager", 302),
        ("vendor_analyst", 302),
        ("vendor_member", 302),
        ("vendor_viewer", 403),
        ("portfolio_viewer", 403),
        ("organisation_admin", 404),
        ("revoked_member", 404),
        ("other_client", 404),
        ("other_vendor", 404),
    ],
)
def test_who_may_comment(
    part: str, status: int, project: Project, ref: ObjectRef, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(part)
    assert post(sign_in, user, project, ref, text="Hello", audience="both") == status
    assert Comment.objects.count() == (1 if status == 302 else 0)


def test_reader_without_the_right_gets_no_form(
    project: Project, client_viewer: User, ref: ObjectRef, sign_in: SignIn
) -> None:
    assert 'class="form write' not in page(sign_in, client_viewer, project, ref)


@pytest.mark.parametrize(("text", "code"), [("", "empty"), (" \n ", "empty"), ("x" * 20_001, "too_long")])
def test_comment_has_words_and_an_end(text: str, code: str, project: Project, client_manager: User) -> None:
    add_comment(actor=client_manager, project=project, side="client", text="x" * 20_000)
    with pytest.raises(DomainError) as refused:
        add_comment(actor=client_manager, project=project, side="client", text=text)
    assert (refused.value.code, Comment.objects.count()) == (code, 1)


def test_of_two_edits_the_second_sees_both_texts(
    project: Project, client_manager: User, ref: ObjectRef, sign_in: SignIn
) -> None:
    comment = add_comment(actor=client_manager, project=project, side="client", text="First", ref=ref)
    change_comment(actor=client_manager, comment=comment, text="From the other window", expected_version=1)
    answer = sign_in(client_manager).post(
        reverse("projects:comment_edit", args=[project.slug, comment.uuid]), {"text": "Mine", "version": 1}
    )
    html = answer.content.decode()
    assert (answer.status_code, "From the other window" in html, "Mine" in html) == (409, True, True)
    with pytest.raises(StaleVersion):
        change_comment(actor=client_manager, comment=comment, text="Late", expected_version=1)
    comment.refresh_from_db()
    assert (comment.text, comment.version) == ("From the other window", 2)


def test_only_its_author_changes_a_comment(
    project: Project, client_manager: User, client_member: User, ref: ObjectRef, sign_in: SignIn
) -> None:
    comment = add_comment(actor=client_member, project=project, side="client", text="Mine", ref=ref)
    browser = sign_in(client_manager)
    for name, data in (
        ("comment_edit", {"text": "Yours", "version": 1}),
        ("comment_withdraw", {}),
        ("comment_restore", {}),
    ):
        answer = browser.post(reverse(f"projects:{name}", args=[project.slug, comment.uuid]), data)
        assert answer.status_code in (409, 422)
    comment.refresh_from_db()
    assert (comment.text, comment.withdrawn_at) == ("Mine", None)


def test_withdrawn_comment_leaves_its_place_and_comes_back(
    project: Project, client_manager: User, vendor_manager: User, ref: ObjectRef, sign_in: SignIn
) -> None:
    comment = add_comment(actor=client_manager, project=project, side="client", text=SECRET, ref=ref)
    browser = sign_in(client_manager)
    undo = reverse("projects:comment_restore", args=[project.slug, comment.uuid])
    answer = browser.post(reverse("projects:comment_withdraw", args=[project.slug, comment.uuid]), follow=True)
    assert f'action="{undo}"' in answer.content.decode()
    html = page(sign_in, vendor_manager, project, ref)
    assert (SECRET in html, "This comment was withdrawn." in html) == (False, True)
    assert SearchDocument.objects.filter(target=comment.uuid).count() == 0
    reindex(project)
    assert SearchDocument.objects.filter(target=comment.uuid).count() == 0
    browser.post(undo)
    assert SECRET in page(sign_in, vendor_manager, project, ref)
    assert SearchDocument.objects.filter(target=comment.uuid).count() == 1


def test_every_earlier_wording_can_be_read(
    project: Project, client_manager: User, vendor_member: User, sign_in: SignIn
) -> None:
    comment = add_comment(actor=client_manager, project=project, side="client", text="The crane at nine")
    for version, text in enumerate(("The crane at ten", "The big crane at ten"), start=1):
        change_comment(actor=client_manager, comment=comment, text=text, expected_version=version)
    assert [wording.text for wording in wordings_of(comment)] == [
        "The big crane at ten",
        "The crane at ten",
        "The crane at nine",
    ]
    address = reverse("projects:comment_history", args=[project.slug, comment.uuid])
    browser = sign_in(vendor_member)
    assert address in browser.get(reverse("projects:comment_list", args=[project.slug])).content.decode()
    html = browser.get(address).content.decode()
    assert ["<ins>big </ins>" in html, "<del>nine</del><ins>ten</ins>" in html] == [True, True]
    withdraw_comment(actor=client_manager, comment=comment)
    assert browser.get(address).status_code == 404


def test_change_of_nothing_leaves_no_earlier_wording(project: Project, client_manager: User) -> None:
    comment = add_comment(actor=client_manager, project=project, side="client", text="As it is")
    change_comment(actor=client_manager, comment=comment, text=" As it is ", expected_version=1)
    withdraw_comment(actor=client_manager, comment=comment)
    restore_comment(actor=client_manager, comment=comment)
    assert [wording.text for wording in wordings_of(comment)] == ["As it is"]


def test_withdrawing_twice_is_one_deed(project: Project, client_manager: User) -> None:
    comment = add_comment(actor=client_manager, project=project, side="client", text="Hello")
    for act in (withdraw_comment, withdraw_comment, restore_comment, restore_comment):
        act(actor=client_manager, comment=comment)
    verbs = [verb for verb, _audience in activity(project, "client")]
    assert verbs == ["commented", "comment_withdrawn", "comment_restored"]


def test_closed_project_is_read_and_no_longer_commented(
    project: Project, client_manager: User, ref: ObjectRef, sign_in: SignIn
) -> None:
    add_comment(actor=client_manager, project=project, side="client", text="Before the end", ref=ref)
    Project.objects.filter(pk=project.pk).update(status=Project.Status.CLOSED)
    html = page(sign_in, client_manager, project, ref)
    assert ("Before the end" in html, 'class="form write' in html) == (True, False)
    assert post(sign_in, client_manager, project, ref, text="After", audience="both") == 409


# ── Names ───────────────────────────────────────────────────────────────────────────────────────────
def test_who_is_named_is_told_once(project: Project, client_manager: User, vendor_manager: User) -> None:
    comment = add_comment(
        actor=client_manager, project=project, side="client", text="@Vera Manager, and @Clara Manager: **look**"
    )
    change_comment(actor=client_manager, comment=comment, text="@vera manager: look again", expected_version=1)
    messages = OutboxMessage.objects.filter(kind="mentioned").order_by("channel")
    assert [(one.recipient, one.channel) for one in messages] == [(vendor_manager, "in_app"), (vendor_manager, "mail")]
    assert list(comment.mentions.all()) == [vendor_manager]
    wording = word(messages[1])
    assert wording is not None
    assert wording.subject == "Clara Manager named you on Berth booking"
    assert "look again" in wording.text
    withdraw_comment(actor=client_manager, comment=comment)
    assert word(messages[1]) is None


def test_name_that_cannot_read_the_note_is_refused(
    project: Project, client_manager: User, vendor_manager: User, sign_in: SignIn
) -> None:
    assert post(sign_in, client_manager, project, text="@Vera Manager is late", audience="client") == 422
    assert (Comment.objects.count(), OutboxMessage.objects.filter(kind="mentioned").count()) == (0, 0)


def test_names_offered_are_of_those_who_would_read_it(
    project: Project,
    client_manager: User,
    client_finance: User,
    client_member: User,
    vendor_manager: User,
    sign_in: SignIn,
) -> None:
    where = reverse("projects:comment_mentions", args=[project.slug])

    def offered(user: User, **asked: str) -> str:
        return sign_in(user).get(where, asked).content.decode().strip()

    every = "".join(f'<option value="{name}"></option>' for name in ("Clara Manager", "Cyril Member", "Vera Manager"))
    assert offered(client_manager) == every
    assert offered(client_manager, q="ver", audience="both") == '<option value="Vera Manager"></option>'
    assert offered(client_manager, q="ver", audience="client") == ""
    assert offered(client_manager, audience="vendor") == every  # another side's audience is not asked for


# ── Cost ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [3, 30])
def test_cost_does_not_grow_with_the_comments(
    count: int, project: Project, client_manager: User, vendor_manager: User, ref: ObjectRef, sign_in: SignIn
) -> None:
    for number in range(count):
        add_comment(actor=vendor_manager, project=project, side="vendor", text=f"Number {number}", ref=ref)
    browser = sign_in(client_manager)
    where = reverse("projects:comment_list_on", args=[project.slug, ref.uuid])
    browser.get(where)
    with CaptureQueriesContext(connection) as asked:
        html = browser.get(where).content.decode()
    assert html.count('class="comment"') == count
    assert len(asked) == 12
