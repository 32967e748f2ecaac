"""How being named in a comment reads in the inbox and in a mail."""

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, UUIDField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.audience import is_seen_by
from projects.discussions import discussion_path
from projects.messages import ByMail, Telling, Wording, register_message
from projects.models import Comment


def word_mentioned(tellings: Sequence[Telling]) -> list[Wording | None]:
    """Who named the reader, and in which words. None once the comment is withdrawn or no longer for the reader."""
    return _all_worded(tellings, _mentioned)


def word_replied(tellings: Sequence[Telling]) -> list[Wording | None]:
    """Who went on where the reader had spoken, with the same care."""
    return _all_worded(tellings, _replied)


def _mentioned(said: Mapping[str, str]) -> str:
    return _("%(name)s named you on %(about)s") % said


def _replied(said: Mapping[str, str]) -> str:
    return _("%(name)s also wrote on %(about)s") % said


def _all_worded(tellings: Sequence[Telling], say: Callable[[Mapping[str, str]], str]) -> list[Wording | None]:
    uuids = {telling.data["comment"] for telling in tellings}
    comments = {
        (comment.project_id, str(comment.uuid)): comment
        for comment in Comment.objects.filter(uuid__in=uuids, withdrawn_at=None).select_related("author", "ref")
    }
    return [_worded(telling, comments.get((telling.project.pk, telling.data["comment"])), say) for telling in tellings]


def _worded(telling: Telling, comment: Comment | None, say: Callable[[Mapping[str, str]], str]) -> Wording | None:
    standing, project = telling.standing, telling.project
    if comment is None or not is_seen_by(comment.audience, standing.side):
        return None
    about = f"{comment.ref.label} {comment.ref.title}" if comment.ref is not None else project.name
    path = f"{discussion_path(project, comment.ref)}#c-{comment.uuid}"
    sentence = say({"name": comment.author.name, "about": about})
    context = {
        "sentence": _("%(sentence)s in %(project)s:") % {"sentence": sentence, "project": project.name},
        "reader": standing.user,
        "project": project,
        "comment": comment,
        "about": about,
        "only": project.organisation_of(standing.side) if comment.audience == standing.side else None,
        "address": settings.SITE_URL + path,
    }
    return Wording(
        subject=sentence[:300],
        text=render_to_string("projects/mail/mentioned.txt", context),
        html=render_to_string("projects/mail/mentioned.html", context),
        path=path,
    )


def _comment_stands() -> Q:
    told_of = Cast(KeyTextTransform("comment", OuterRef("data")), UUIDField())
    return Q(Exists(Comment.objects.filter(uuid=told_of, withdrawn_at=None)))


register_message(
    "mentioned",
    word_mentioned,
    by_mail=ByMail.ON,
    name=gettext_lazy("somebody names you in a comment"),
    stands=_comment_stands,
)
register_message(
    "replied",
    word_replied,
    by_mail=ByMail.OFF,
    name=gettext_lazy("somebody goes on where you wrote a comment"),
    stands=_comment_stands,
)
