"""What people say: comments for both sides, and internal notes of one."""

from collections.abc import Sequence
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import DomainError
from core.versions import save_version
from projects.access import recipients
from projects.actions.attachments import add_files, audience_of_words, files_removed_on_failure
from projects.activity import record, register_sentences
from projects.audience import Audience, Side
from projects.mentions import mentioned_in, readers_of
from projects.models import Comment, Membership, ObjectRef, OutboxMessage, Project
from projects.outbox import put_in_outbox
from projects.searched import index_comment, unindex_comment
from projects.telling_programs import tell_programs
from projects.topics import touch

LONGEST_COMMENT = 20_000

register_sentences(
    {
        "commented": gettext_lazy("commented on %(about)s"),
        "noted": gettext_lazy("wrote an internal note on %(about)s"),
        "comment_changed": gettext_lazy("changed a comment on %(about)s"),
        "comment_withdrawn": gettext_lazy("withdrew a comment on %(about)s"),
        "comment_restored": gettext_lazy("put a comment on %(about)s back"),
    },
    seen_with="view_project",
)


@files_removed_on_failure()
@transaction.atomic
def add_comment(
    *,
    actor: User,
    project: Project,
    side: str,
    text: str,
    audience: str = Audience.BOTH,
    ref: ObjectRef | None = None,
    files: Sequence["File[Any]"] = (),
) -> Comment:
    """Say something about the project or a thing of it. ``side`` is where the actor stands."""
    audience = audience_of_words(audience, side=side, ref=ref)
    touch(project, "comments", audience)
    comment = Comment(project=project, ref=ref, author=actor, side=side, audience=audience, text=_checked(text))
    comment.save()
    record(
        project,
        "commented" if audience == Audience.BOTH else "noted",
        actor=actor,
        ref=ref,
        audience=audience,
        about=_about(comment),
    )
    if files:
        add_files(actor=actor, project=project, side=side, audience=audience, ref=ref, comment=comment, files=files)
    _mention(comment)
    _tell_others(comment)
    index_comment(comment)
    return comment


@transaction.atomic
def change_comment(*, actor: User, comment: Comment, text: str, expected_version: int) -> None:
    """Change one's own words. For whom they are stays: what was said to one side is never opened by an edit."""
    touch(comment.project, "comments", comment.audience)
    _refuse_others(actor, comment)
    if comment.withdrawn_at is not None:
        raise DomainError(_("This comment was withdrawn. Put it back first."), code="withdrawn")
    text = _checked(text)
    is_changed = text != comment.text
    comment.text = text
    comment.edited_at = timezone.now()
    save_version(comment, expected_version=expected_version, fields=["text", "edited_at"] if is_changed else [])
    if is_changed:
        _record(comment, "comment_changed", actor)
        _mention(comment)
        index_comment(comment)


@transaction.atomic
def withdraw_comment(*, actor: User, comment: Comment) -> None:
    """Take one's own comment back: its place stays, its text and its files are seen no more. Twice changes nothing."""
    touch(comment.project, "comments", comment.audience)
    _refuse_others(actor, comment)
    if Comment.objects.filter(pk=comment.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        _record(comment, "comment_withdrawn", actor)
        unindex_comment(comment)


@transaction.atomic
def restore_comment(*, actor: User, comment: Comment) -> None:
    """Put one's own withdrawn comment back as it was."""
    touch(comment.project, "comments", comment.audience)
    _refuse_others(actor, comment)
    if Comment.objects.filter(pk=comment.pk, withdrawn_at__isnull=False).update(withdrawn_at=None):
        comment.withdrawn_at = None
        _record(comment, "comment_restored", actor)
        index_comment(comment)


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise DomainError(_("Write something first."), code="empty", field="text")
    if len(text) > LONGEST_COMMENT:
        said = {"limit": f"{LONGEST_COMMENT:,}", "length": f"{len(text):,}"}
        raise DomainError(
            _("A comment has at most %(limit)s characters; this one has %(length)s.") % said,
            code="too_long",
            field="text",
        )
    return text


def _refuse_others(actor: User, comment: Comment) -> None:
    if comment.author_id != actor.pk:
        raise DomainError(_("Only who wrote a comment can change it."), code="not_the_author")


def _about(comment: Comment) -> str:
    """What a comment is about, in the words of its activity."""
    return f"{comment.ref.label} {comment.ref.title}" if comment.ref is not None else comment.project.name


def _record(comment: Comment, verb: str, actor: User) -> None:
    record(comment.project, verb, actor=actor, ref=comment.ref, audience=comment.audience, about=_about(comment))


def _tell_others(comment: Comment) -> None:
    """Who said something about the same thing before learns that it goes on; the managers who are meant to read it
    learn that it was said. Whoever is named is told that instead, and nobody is told twice.
    """
    readers = readers_of(comment.project, comment.audience).exclude(pk=comment.author_id)
    readers = readers.exclude(pk__in=comment.mentions.values("pk"))
    spoke = Comment.objects.filter(project=comment.project, ref=comment.ref, withdrawn_at=None).values("author")
    side = Side(comment.side)
    told = side.other if comment.audience == Audience.BOTH else side
    managers = recipients(comment.project, told, (Membership.Role.MANAGER,))
    event = {"by": comment.author.name, "events": [{"key": str(comment.uuid), "comment": str(comment.uuid)}]}
    tell_programs(project=comment.project, side=told, kind="commented", data=event, dedupe=str(comment.uuid))
    for kind, people in {
        "replied": readers.filter(pk__in=spoke),
        "commented": readers.filter(pk__in=managers).exclude(pk__in=spoke),
    }.items():
        put_in_outbox(
            project=comment.project,
            ref=comment.ref,
            recipients=people,
            kind=kind,
            data=event,
            channels=[OutboxMessage.Channel.IN_APP, OutboxMessage.Channel.MAIL],
            audience=comment.audience,
            dedupe=f"{kind}:{comment.uuid}",
        )


def _mention(comment: Comment) -> None:
    """Note who is named and tell those who were not told of this comment before.

    A name that cannot read an internal note is refused: its writer believes to be heard.
    """
    if "@" not in comment.text:
        comment.mentions.clear()
        return
    named = mentioned_in(comment.text, readers_of(comment.project, comment.audience))
    if comment.audience != Audience.BOTH:
        deaf = set(mentioned_in(comment.text, readers_of(comment.project, Side(comment.audience).other))) - set(named)
        if deaf:
            raise DomainError(
                _("%(name)s cannot read an internal note of your side. Take the name out, or write to both.")
                % {"name": min(person.name for person in deaf)},
                code="cannot_read",
                field="text",
            )
    comment.mentions.set(named)
    put_in_outbox(
        project=comment.project,
        ref=comment.ref,
        recipients=[person for person in named if person.pk != comment.author_id],
        kind="mentioned",
        data={"comment": str(comment.uuid)},
        channels=[OutboxMessage.Channel.IN_APP, OutboxMessage.Channel.MAIL],
        audience=comment.audience,
        dedupe=f"mentioned:{comment.uuid}",
    )
