"""What people say and the files they add: for both sides, or internal to one."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.entity_tags import version_to_change
from projects import actions
from projects.actions.attachments import MOST_FILES
from projects.actions.comments import LONGEST_COMMENT
from projects.api_views import ProjectViewSet
from projects.audience import Audience, Side
from projects.discussions import comments_of, files_of, refs_seen_by, wordings_of
from projects.downloads import handed_out
from projects.filters import CommentFilter, FileFilter
from projects.models import Attachment, Comment, ObjectRef


@extend_schema_field({"type": "string", "maxLength": 20, "examples": ["W-40"]})
class AboutField(serializers.CharField):
    """A numbered thing of the project by its number. One that the caller may not know of is as unknown as none."""

    default_error_messages = {"unknown": gettext_lazy("The project has nothing with this number.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, allow_null=True, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> ObjectRef:
        series, _dash, number = super().to_internal_value(data).upper().partition("-")
        known = number.isascii() and number.isdecimal() and len(number) < 10
        found = refs_seen_by(self.context["standing"]).filter(series=series, number=int(number)).first() if known else 0
        if not found:
            self.fail("unknown")
        return found

    def run_validators(self, value: Any) -> None:
        """Done on the text, before it became the thing."""


class FileSerializer(serializers.Serializer[Attachment]):
    """A file that somebody added; its content has an address of its own."""

    uuid = serializers.UUIDField()
    filename = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    content_type = serializers.CharField(help_text="By the name's ending.")
    sha256 = serializers.CharField()
    about = serializers.CharField(source="ref.label", allow_null=True, default=None, help_text="Such as W-40.")
    comment = serializers.UUIDField(source="comment.uuid", allow_null=True, default=None)
    side = serializers.ChoiceField(Side.choices, help_text="Of whoever added it.")
    audience = serializers.ChoiceField(Audience.choices, help_text="Who may learn of it.")
    uploaded_by = serializers.CharField(source="uploaded_by.name")
    uploaded_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class CommentSerializer(serializers.Serializer[Comment]):
    """Markdown that somebody wrote. What was withdrawn has neither text nor files any more."""

    uuid = serializers.UUIDField()
    about = serializers.CharField(source="ref.label", allow_null=True, default=None, help_text="Null: the project.")
    author = serializers.CharField(source="author.name")
    side = serializers.ChoiceField(Side.choices, help_text="Of the author.")
    audience = serializers.ChoiceField(Audience.choices, help_text="Who reads it; one side alone: an internal note.")
    text = serializers.SerializerMethodField(help_text="Markdown.")
    files = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)

    def get_text(self, comment: Comment) -> str:
        return "" if comment.withdrawn_at else comment.text

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, comment: Comment) -> Any:
        return FileSerializer([] if comment.withdrawn_at else comment.files, many=True).data


class NewWordsSerializer(serializers.Serializer[Any]):
    """What comments and files have in common: the thing they are about, and who may learn of them."""

    about = AboutField(source="ref", help_text="Such as W-40; empty: the project itself.")
    audience = serializers.ChoiceField(Audience.choices, required=False, help_text="`both`, or your own side alone.")
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=None),
        required=False,
        max_length=MOST_FILES,
        help_text="As multipart/form-data, a part for each.",
    )


class NewFilesSerializer(NewWordsSerializer):
    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["files"].required, fields["files"].min_length = True, 1
        return fields


class NewCommentSerializer(NewWordsSerializer):
    text = serializers.CharField(max_length=LONGEST_COMMENT, help_text="Markdown; @ and a name tells somebody.")


class CommentChangeSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_COMMENT)


class WordingSerializer(serializers.Serializer[Any]):
    """How a comment read at a time."""

    text = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="Null: it reads so now.")


class WordingsSerializer(serializers.Serializer[Any]):
    results = WordingSerializer(many=True)


class CommentViewSet(ProjectViewSet):
    """What people said."""

    capabilities = {
        "list": "view_project",
        "retrieve": "view_project",
        "history": "view_project",
        "create": "comment",
        "partial_update": "comment",
        "withdraw": "comment",
        "restore": "comment",
    }
    parser_classes = [JSONParser, MultiPartParser]
    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    input_serializers = {"create": NewCommentSerializer, "partial_update": CommentChangeSerializer}
    filterset_class = CommentFilter
    url_parameter = "comment_uuid"

    def get_queryset(self) -> QuerySet[Comment]:
        return comments_of(self.standing).order_by("created_at", "pk")

    def list(self, request: Request, slug: str) -> Response:
        """Everything said in the project that your side reads, the oldest first."""
        return self.listed(self.get_queryset())

    def retrieve(self, request: Request, slug: str, comment_uuid: str) -> Response:
        """One comment."""
        return self.answer(self.get_object())

    def create(self, request: Request, slug: str) -> Response:
        """Say something, with files as multipart/form-data if there are any.

        Without `audience` both sides read it; about an internal thing its own side does.
        """
        standing = self.standing
        said = actions.add_comment(actor=request.user, project=standing.project, side=standing.side, **self.sent())
        found = self.get_queryset().get(pk=said.pk)
        return self.address(self.answer(found, 201), "comment_detail", slug=slug, comment_uuid=said.uuid)

    def partial_update(self, request: Request, slug: str, comment_uuid: str) -> Response:
        """Change your own words; who reads them stays."""
        comment = self.get_object()
        version = version_to_change(request, comment)
        actions.change_comment(actor=request.user, comment=comment, expected_version=version, **self.sent())
        return self.answer(self.get_object())

    def withdraw(self, request: Request, slug: str, comment_uuid: str) -> Response:
        """Take your own comment back, with its files. Doing it twice changes nothing."""
        return self._done(actions.withdraw_comment)

    def restore(self, request: Request, slug: str, comment_uuid: str) -> Response:
        """Put your own withdrawn comment back as it was."""
        return self._done(actions.restore_comment)

    @extend_schema(responses=WordingsSerializer)
    def history(self, request: Request, slug: str, comment_uuid: str) -> Response:
        """How a comment read before it was changed, the newest first; nothing of what was withdrawn."""
        comment = self.get_object()
        wordings = [] if comment.withdrawn_at else wordings_of(comment)
        return Response(WordingsSerializer({"results": wordings}).data)

    def _done(self, act: Callable[..., None]) -> Response:
        act(actor=self.request.user, comment=self.get_object())
        return self.answer(self.get_object())


# ── Files ───────────────────────────────────────────────────────────────────────────────────────────
class AsItIs(BaseRenderer):
    """Whatever is asked for: what is handed out has its own type already."""

    media_type, format = "*/*", "file"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> Any:
        return data


class FilesSerializer(serializers.Serializer[Any]):
    results = FileSerializer(many=True)


class FileViewSet(ProjectViewSet):
    """Files that people added."""

    capabilities = {
        "list": "view_project",
        "retrieve": "view_project",
        "content": "view_project",
        "create": "comment",
        "withdraw": "comment",
        "restore": "comment",
    }
    parser_classes = [MultiPartParser]
    queryset = Attachment.objects.none()
    serializer_class = FileSerializer
    input_serializers = {"create": NewFilesSerializer}
    filterset_class = FileFilter
    url_parameter = "attachment_uuid"

    def get_queryset(self) -> QuerySet[Attachment]:
        files = files_of(self.standing).order_by("uploaded_at", "pk")
        # Only its act of putting back finds what was taken back.
        return files if self.action in ("withdraw", "restore") else files.filter(withdrawn_at=None)

    def get_renderers(self) -> list[BaseRenderer]:
        return [JSONRenderer(), AsItIs()] if self.action == "content" else super().get_renderers()

    def list(self, request: Request, slug: str) -> Response:
        """Files that your side may have, with those of comments, the oldest first."""
        return self.listed(self.get_queryset())

    def retrieve(self, request: Request, slug: str, attachment_uuid: str) -> Response:
        """One file, without its content."""
        return self.answer(self.get_object())

    @extend_schema(responses=FilesSerializer)
    def create(self, request: Request, slug: str) -> Response:
        """Add files, all of them or none."""
        standing = self.standing
        added = actions.add_files(actor=request.user, project=standing.project, side=standing.side, **self.sent())
        return Response(FilesSerializer({"results": added}).data, 201)

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    def content(self, request: Request, slug: str, attachment_uuid: str) -> FileResponse:
        """The file itself, of the type that its name's ending says."""
        return handed_out(self.get_object())

    def withdraw(self, request: Request, slug: str, attachment_uuid: str) -> Response:
        """Take your own file back: nobody gets it any more. Doing it twice changes nothing."""
        found = self.get_object()
        actions.withdraw_file(actor=request.user, attachment=found)
        return self._as_it_stands(found)

    def restore(self, request: Request, slug: str, attachment_uuid: str) -> Response:
        """Put your own withdrawn file back."""
        found = self.get_object()
        actions.restore_file(actor=request.user, attachment=found)
        return self._as_it_stands(found)

    def _as_it_stands(self, found: Attachment) -> Response:
        found.refresh_from_db(fields=["withdrawn_at"])
        return self.answer(found)
