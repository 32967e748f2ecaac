"""Which rules are on in a project and where their levels begin: set for the project, by its client, or as built in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Organisation
from alerts.levels import Thresholds
from alerts.models import OrganisationRule, ProjectRule, RuleSetting
from alerts.registry import SCALES, Scale, Scales
from projects.models import Project, Terms

Model = tuple[str, str]
MODELS: tuple[Model, ...] = tuple(
    (cooperation, billing) for billing in Terms.BillingModel.values for cooperation in Terms.CooperationModel.values
)


@dataclass(frozen=True)
class Setting:
    """What holds for one scale. ``usual`` is what would hold without ``own``, what was set for the very thing."""

    scale: Scale
    usual_is_on: bool
    usual: Thresholds
    own: RuleSetting | None = None

    @property
    def is_on(self) -> bool:
        return self.usual_is_on if self.own is None or self.own.is_on is None else self.own.is_on

    @property
    def thresholds(self) -> Thresholds:
        bounds = self.own.bounds if self.own else None
        return self.usual.at(*bounds) if bounds else self.usual

    @property
    def is_own(self) -> bool:
        """Somebody said something for the very thing."""
        return self.own is not None and self.own.says_something


def scales_of(projects: Sequence[Project]) -> dict[int, Scales]:
    """The thresholds of what is on in each project, by the project's key. Two queries; ``terms`` loaded beforehand."""
    return {
        key: {setting.scale.name: setting.thresholds for setting in settings if setting.is_on}
        for key, settings in settings_of(projects).items()
    }


def settings_of(projects: Sequence[Project]) -> dict[int, list[Setting]]:
    """What holds in each project, scale by scale, by the project's key. Two queries; ``terms`` loaded beforehand."""
    if not projects:
        return {}
    by_client: dict[tuple[int, Model], dict[str, RuleSetting]] = {}
    for rule in OrganisationRule.objects.filter(organisation__in={project.client_id for project in projects}):
        key = rule.organisation_id, (rule.cooperation_model, rule.billing_model)
        by_client.setdefault(key, {})[rule.scale] = rule
    own: dict[int, dict[str, ProjectRule]] = {}
    for one in ProjectRule.objects.filter(project__in=projects).select_related("changed_by"):
        own.setdefault(one.project_id, {})[one.scale] = one
    return {
        project.pk: [
            setting_of(scale, model, by_client.get((project.client_id, model), {}), own.get(project.pk, {}))
            for model in [(project.terms.cooperation_model, project.terms.billing_model)]
            for scale in SCALES.values()
        ]
        for project in projects
    }


def setting_of(
    scale: Scale, model: Model, by_client: Mapping[str, RuleSetting], own: Mapping[str, RuleSetting]
) -> Setting:
    """What holds for ``scale`` once the client's usual setting and the project's own are laid over what is built in."""
    usual = Setting(scale, model in scale.is_on_for, scale.thresholds, by_client.get(scale.name))
    return Setting(scale, usual.is_on, usual.thresholds, own.get(scale.name))


def settings_by_model(organisation: Organisation) -> dict[Model, list[Setting]]:
    """What an organisation usually wants, scale by scale, for each pair of models. One query."""
    own: dict[Model, dict[str, OrganisationRule]] = {}
    for rule in OrganisationRule.objects.filter(organisation=organisation).select_related("changed_by"):
        own.setdefault((rule.cooperation_model, rule.billing_model), {})[rule.scale] = rule
    return {model: [setting_of(scale, model, {}, own.get(model, {})) for scale in SCALES.values()] for model in MODELS}


def projects_that_follow(organisation: Organisation, model: Model) -> QuerySet[Project]:
    """The organisation's open projects of these models, for which its usual settings hold."""
    cooperation, billing = model
    open_ones = Project.objects.filter(client=organisation).exclude(status=Project.Status.CLOSED)
    return open_ones.filter(terms__cooperation_model=cooperation, terms__billing_model=billing)
