"""What the pages of alert rules show."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from alerts.levels import SPEAKING
from alerts.models import OrganisationRule, ProjectRule, RuleSetting
from alerts.registry import SCALES, Scale
from alerts.rule_settings import Model, Setting, settings_by_model, settings_of
from alerts.scale_words import levels_in_words, unit_in_words, written
from projects.access import Standing
from projects.history import Change, Writer, by_label, history_of
from projects.models import Terms


@dataclass(frozen=True)
class RuleLine:
    """A rule as one side reads it. The vendor is never told a notice, so it is not told from where one would begin."""

    setting: Setting
    notice: str
    warning: str
    critical: str
    unit: str

    @classmethod
    def of(cls, setting: Setting, *, with_notice: bool) -> "RuleLine":
        unit, thresholds = setting.scale.unit, setting.thresholds
        return cls(
            setting=setting,
            notice=written(unit, thresholds.notice) if with_notice else "",
            warning=written(unit, thresholds.warning),
            critical=written(unit, thresholds.critical),
            unit=unit_in_words(unit),
        )

    @property
    def has_own_levels(self) -> bool:
        return self.setting.own is not None and self.setting.own.bounds is not None


def rules_seen_by(standing: Standing) -> list[Setting]:
    """The rules of the reader's project: all of them for the client, for the vendor those that are on. Two queries."""
    settings = settings_of([standing.project])[standing.project.pk]
    return [setting for setting in settings if standing.is_client or setting.is_on]


def rule_lines_of(standing: Standing) -> list[RuleLine]:
    """The same as the page shows them."""
    return [RuleLine.of(setting, with_notice=standing.is_client) for setting in rules_seen_by(standing)]


@dataclass(frozen=True)
class MatrixCell:
    """What is usual for a rule in projects of two models."""

    cooperation: str
    billing: str
    setting: Setting
    levels: str


@dataclass(frozen=True)
class Matrix:
    """A line a rule, a column for each pair of models."""

    columns: tuple[str, ...]
    lines: tuple[tuple[Scale, tuple[MatrixCell, ...]], ...]
    own_count: int


def rule_matrix(organisation: Organisation) -> Matrix:
    """What an organisation usually wants. One query."""
    by_model = settings_by_model(organisation)
    lines = tuple(
        (
            scale,
            tuple(
                MatrixCell(cooperation, billing, settings[place], levels_in_words(scale, settings[place].thresholds))
                for (cooperation, billing), settings in by_model.items()
            ),
        )
        for place, scale in enumerate(SCALES.values())
    )
    return Matrix(
        columns=tuple(models_in_words(model) for model in by_model),
        lines=lines,
        own_count=sum(cell.setting.is_own for _scale, cells in lines for cell in cells),
    )


# A column's head has no room for what each model means.
COOPERATION = {
    Terms.CooperationModel.DEDICATED: gettext_lazy("dedicated"),
    Terms.CooperationModel.PROJECT: gettext_lazy("project"),
}


def models_in_words(model: Model) -> str:
    """A cooperation and a billing model in few words: time and material, dedicated."""
    cooperation, billing = model
    return f"{Terms.BillingModel(billing).label}, {COOPERATION[Terms.CooperationModel(cooperation)]}"


def project_rules_history(standing: Standing) -> list[Change]:
    """What the client changed of the project's rules, the newest first. Three queries."""
    return _history(ProjectRule.objects.filter(project=standing.project))


def organisation_rules_history(organisation: Organisation) -> list[Change]:
    """What was changed of an organisation's usual settings, the newest first. Three queries."""
    return _history(OrganisationRule.objects.filter(organisation=organisation))


def _history(rules: Iterable[RuleSetting]) -> list[Change]:
    """Each rule writes its levels in a unit of its own; a rule that is no longer built in has none."""
    return history_of([rule for rule in rules if rule.scale in SCALES], _writers, subject=_name)


def _name(rule: RuleSetting) -> str:
    label = str(SCALES[rule.scale].label)
    if not isinstance(rule, OrganisationRule):
        return label
    return f"{label}: {models_in_words((rule.cooperation_model, rule.billing_model))}"


def _writers(rule: RuleSetting) -> dict[str, Writer]:
    unit = SCALES[rule.scale].unit
    return {
        "is_on": by_label([(True, _("on")), (False, _("off"))]),
        **{name: lambda bound: f"{written(unit, bound)} {unit_in_words(unit)}" for name in SPEAKING},
    }
