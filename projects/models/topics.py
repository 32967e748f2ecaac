"""What has moved: a version for each topic of a project, so that an open page knows when to ask again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.audience import Audience
from projects.models.project import Project


class TopicVersion(models.Model):
    """How often a topic (status, work items, time, comments …) of a project has moved, for one audience."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    audience = models.CharField(max_length=6, choices=Audience)
    topic = models.CharField(max_length=40)
    version = models.PositiveBigIntegerField(default=1)
    moved_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("topic version")
        verbose_name_plural = _("topic versions")
        constraints = [models.UniqueConstraint(fields=["project", "audience", "topic"], name="one_version_per_topic")]

    def __str__(self) -> str:
        return f"{self.topic} {self.version}"
