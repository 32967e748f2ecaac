"""Which rules are on in a project, and where their levels begin."""

from collections.abc import Sequence

from alerts.registry import SCALES, Scales
from projects.models import Project


def scales_of(projects: Sequence[Project]) -> dict[int, Scales]:
    """The thresholds of what is on in each project, by the project's key; ``terms`` loaded beforehand."""
    return {
        project.pk: {
            name: scale.thresholds
            for name, scale in SCALES.items()
            if (project.terms.cooperation_model, project.terms.billing_model) in scale.is_on_for
        }
        for project in projects
    }
