"""How being named in a comment, and what others say, reads in the inbox and in a mail."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Exists, Func, JSONField, OuterRef, Q, TextField, UUIDField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from projects.audience import is_seen_by
from projects.discussions import discussion_path
from projects.gathering import events_of
from projects.messages import ByMail, Reader, Telling, Wording, Writer, register_message
from projects.models import Comment

Say = Callable[[Mapping[str, Any]], str]


def _mentioned(said: Mapping[str, Any]) -> str:
    return _("%(name)s named you on %(about)s") % said


def _replied(said: Mapping[str, Any]) -> str:
    text = ngettext(
        "%(name)s also wrote on %(about)s", "%(name)s also wrote %(count)s comments on %(about)s", said["count"]
    )
    return text % said


def _commented(said: Mapping[str, Any]) -> str:
    text = ngettext("%(name)s wrote on %(about)s", "%(name)s wrote %(count)s comments on %(about)s", said["count"])
    return text % said


def _in_words(say: Say) -> Writer:
    """A writer of who said what. None once nothing of it stands any more, or for whom it is not meant any more."""

    def write(tellings: Sequence[Telling]) -> list[Wording | None]:
        uuids = {uuid for telling in tellings for uuid in _comments_told(telling)}
        comments = {
            (comment.project_id, str(comment.uuid)): comment
            for comment in Comment.objects.filter(uuid__in=uuids, withdrawn_at=None).select_related("author", "ref")
        }
        return [_worded(telling, list(_standing_of(telling, comments)), say) for telling in tellings]

    return write


def _comments_told(telling: Telling) -> list[str]:
    return [event["comment"] for event in events_of(telling.data)]


def _standing_of(telling: Telling, comments: Mapping[tuple[int, str], Comment]) -> Iterator[Comment]:
    """Of what is told those that stand and that the reader may still read."""
    for uuid in _comments_told(telling):
        comment = comments.get((telling.project.pk, uuid))
        if comment is not None and is_seen_by(comment.audience, telling.standing.side):
            yield comment


def _worded(telling: Telling, comments: list[Comment], say: Say) -> Wording | None:
    if not comments:
        return None
    standing, project, first = telling.standing, telling.project, comments[0]
    about = f"{first.ref.label} {first.ref.title}" if first.ref is not None else project.name
    path = f"{discussion_path(project, first.ref)}#c-{first.uuid}"
    sentence = say({"name": first.author.name, "about": about, "count": len(comments)})
    context = {
        "sentence": _("%(sentence)s in %(project)s:") % {"sentence": sentence, "project": project.name},
        "reader": standing.user,
        "project": project,
        "comments": comments,
        "only": project.organisation_of(standing.side) if first.audience == standing.side else None,
        "address": settings.SITE_URL + path,
    }
    return Wording(
        subject=sentence[:300],
        text=render_to_string("projects/mail/mentioned.txt", context),
        html=render_to_string("projects/mail/mentioned.html", context),
        path=path,
    )


def _comment_stands(_reader: Reader) -> Q:
    told_of = Cast(KeyTextTransform("comment", OuterRef("data")), UUIDField())
    return Q(Exists(Comment.objects.filter(uuid=told_of, withdrawn_at=None)))


def _a_comment_stands(_reader: Reader) -> Q:
    """Of those that the message gathers."""
    event = Func(Value("comment"), Cast("uuid", TextField()), function="jsonb_build_object", output_field=JSONField())
    told_of = Func(
        KeyTransform("events", OuterRef("data")),
        Func(event, function="jsonb_build_array", output_field=JSONField()),
        function="jsonb_contains",
        output_field=BooleanField(),
    )
    # Only those of the message's project are looked at, by the index that they have.
    return Q(Exists(Comment.objects.filter(told_of, project=OuterRef("project"), withdrawn_at=None)))


register_message(
    "mentioned",
    _in_words(_mentioned),
    by_mail=ByMail.ON,
    name=gettext_lazy("somebody names you in a comment"),
    stands=_comment_stands,
    is_personal=True,
)
register_message(
    "replied",
    _in_words(_replied),
    by_mail=ByMail.OFF,
    name=gettext_lazy("somebody goes on where you wrote a comment"),
    stands=_a_comment_stands,
    is_personal=True,
)
register_message(
    "commented",
    _in_words(_commented),
    by_mail=ByMail.OFF,
    name=gettext_lazy("the other side writes a comment, or your side an internal note, and you manage the project"),
    stands=_a_comment_stands,
)
