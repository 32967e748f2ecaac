"""The panel with comments that any page of a thing can show.

A view adds ``panel_of(standing, ref)`` to its context as ``discussion`` and the template includes
``components/discussion.html``.
"""

from dataclasses import dataclass

from projects.access import Standing
from projects.discussions import Discussion, latest_of
from projects.forms.comments import CommentForm
from projects.models import ObjectRef


@dataclass(frozen=True)
class DiscussionPanel:
    """What was said lately, and the form to say more where the reader may."""

    discussion: Discussion
    standing: Standing
    form: CommentForm | None


def panel_of(standing: Standing, ref: ObjectRef | None = None) -> DiscussionPanel:
    """The panel of the thing that ``ref`` names, or without one of the project."""
    return DiscussionPanel(latest_of(standing, ref), standing, comment_form(standing, ref))


def comment_form(standing: Standing, ref: ObjectRef | None) -> CommentForm | None:
    """An empty form; None for who may only read, and in a closed project."""
    if not standing.can("comment") or standing.project.is_read_only:
        return None
    return CommentForm(standing=standing, ref=ref)
