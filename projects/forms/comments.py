"""The form of a comment: what is said, to whom, and files."""

from typing import Any

from django import forms
from django.core.files.base import File
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.access import Standing
from projects.actions.attachments import LARGEST_FILE
from projects.actions.comments import LONGEST_COMMENT
from projects.audience import Audience
from projects.models import Comment, ObjectRef


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; sizes are a rule and checked where they are kept."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[File[Any]]":
        return [super(FilesField, self).clean(one, initial) for one in data or []]


class CommentForm(forms.Form):
    """Write something, or add files without a word."""

    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Markdown: **bold**, - list, [text](address). Write @ and a name to tell somebody."),
    )
    audience = forms.ChoiceField(label=gettext_lazy("Who reads it"), widget=forms.RadioSelect)
    attached = FilesField(
        label=gettext_lazy("Files"),
        required=False,
        allow_empty_file=True,
        max_length=None,
        help_text=gettext_lazy("Up to 25 MB each. You can also drop files here, or paste a screenshot into the text."),
    )

    largest_file = LARGEST_FILE

    def __init__(
        self, data: Any = None, files: Any = None, *, standing: Standing, ref: ObjectRef | None = None
    ) -> None:
        super().__init__(data, files, auto_id="comment_%s")
        project = standing.project
        own, other = (
            str(project.organisation_of(side) or _("the vendor"))
            for side in (("client", "vendor") if standing.is_client else ("vendor", "client"))
        )
        internal = (standing.side, _("Internal note: only %(own)s reads it") % {"own": own})
        both = (Audience.BOTH.value, _("Both sides: %(own)s and %(other)s read it") % {"own": own, "other": other})
        field = self.fields["audience"]
        assert isinstance(field, forms.ChoiceField)
        is_internal_thing = ref is not None and ref.audience != Audience.BOTH
        field.choices = [internal] if is_internal_thing else [both, internal]
        field.initial = field.choices[0][0]
        self.fields["text"].widget.attrs |= {
            "data-mentions": reverse("projects:comment_mentions", args=[project.slug]),
            # Whose words about what the browser keeps until they are sent.
            "data-draft": f"{standing.user.uuid} {ref.uuid if ref else project.uuid}",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("text") and not cleaned.get("attached"):
            self.add_error("text", _("Write something, or choose a file."))
        return cleaned


class CommentChangeForm(forms.Form):
    """Change one's own words; for whom they are stays."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Your comment"), max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 6})
    )

    @classmethod
    def of(cls, comment: Comment, data: Any = None) -> "CommentChangeForm":
        form = cls(data, initial={"version": comment.version, "text": comment.text})
        form.fields["text"].widget.attrs["data-mentions"] = reverse(
            "projects:comment_mentions", args=[comment.project.slug]
        )
        return form
