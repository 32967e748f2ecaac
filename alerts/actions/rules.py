"""What people set for the rules: which are on, and where their levels begin."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from alerts.models import OrganisationRule, ProjectRule, RuleSetting
from alerts.registry import SCALES, Scale
from alerts.scale_words import levels_in_words
from core.doorbell import ring
from core.errors import DomainError, StaleVersion
from core.versions import save_version
from projects.activity import record, register_sentences
from projects.audience import Audience
from projects.models import Project

Bounds = tuple[Decimal, Decimal, Decimal]
FIELDS = ("is_on", "notice", "warning", "critical")


def _changed(data: Mapping[str, Any]) -> str:
    scale = SCALES[data["scale"]]
    named = {"rule": scale.label}
    if data["bounds"]:
        thresholds = scale.thresholds.at(*(Decimal(bound) for bound in data["bounds"]))
        named["levels"] = levels_in_words(scale, thresholds)
    sentence = {
        (True, True): _("switched the alert rule “%(rule)s” on, from %(levels)s"),
        (True, False): _("switched the alert rule “%(rule)s” on"),
        (False, True): _("switched the alert rule “%(rule)s” off, and its levels to %(levels)s"),
        (False, False): _("switched the alert rule “%(rule)s” off"),
        (None, True): _("let the alert rule “%(rule)s” speak from %(levels)s"),
        (None, False): _("set the alert rule “%(rule)s” back to what is usual"),
    }[data["is_on"], bool(data["bounds"])]
    return sentence % named


register_sentences({"alert_rule_changed": _changed}, seen_with="view_alerts")


@transaction.atomic
def set_project_rule(
    *,
    actor: User,
    project: Project,
    scale: Scale,
    expected_version: int,
    is_on: bool | None,
    bounds: Bounds | None,
) -> ProjectRule:
    """Say whether a rule is on in a project and where its levels begin; None leaves it to what is usual.

    ``expected_version`` is 0 where the writer saw that nothing was set. Raises StaleVersion when somebody saved first.
    """
    rule, is_new = ProjectRule.objects.get_or_create(project=project, scale=scale.name)
    if _save(rule, scale, actor, expected_version, is_on=is_on, bounds=bounds, is_new=is_new):
        record(
            project,
            "alert_rule_changed",
            actor=actor,
            # How early the client wants to be told is the client's own.
            audience=Audience.CLIENT,
            scale=scale.name,
            is_on=is_on,
            bounds=[str(bound) for bound in bounds] if bounds else None,
        )
        ring("alerts.evaluate", project.pk)
    return rule


@transaction.atomic
def set_organisation_rule(
    *,
    actor: User,
    organisation: Organisation,
    cooperation_model: str,
    billing_model: str,
    scale: Scale,
    expected_version: int,
    is_on: bool | None,
    bounds: Bounds | None,
) -> OrganisationRule:
    """Say what an organisation usually wants of a rule in its projects of two models; None leaves it as built in."""
    rule, is_new = OrganisationRule.objects.get_or_create(
        organisation=organisation, cooperation_model=cooperation_model, billing_model=billing_model, scale=scale.name
    )
    if _save(rule, scale, actor, expected_version, is_on=is_on, bounds=bounds, is_new=is_new):
        # Every project that it holds for is marked; the sweep takes them together.
        ring("alerts.sweep")
    return rule


def _save(
    rule: RuleSetting,
    scale: Scale,
    actor: User,
    expected_version: int,
    *,
    is_on: bool | None,
    bounds: Bounds | None,
    is_new: bool,
) -> bool:
    """Write what changed; whether anything did. A setting begins empty, so that its history tells the first one too."""
    if bounds is not None:
        try:
            scale.thresholds.at(*bounds)
        except ValueError as error:
            raise DomainError(levels_go(scale), code="thresholds", field="warning") from error
    if not is_new and expected_version != rule.version:
        raise StaleVersion(
            _("Somebody else changed this in the meantime. Nothing of yours was saved yet."), current=rule
        )
    wanted = dict(zip(FIELDS, (is_on, *(bounds or (None, None, None))), strict=True))
    if all(getattr(rule, name) == value for name, value in wanted.items()):
        return False
    for name, value in wanted.items():
        setattr(rule, name, value)
    rule.changed_by, rule.changed_at = actor, timezone.now()
    save_version(rule, expected_version=rule.version, fields=[*FIELDS, "changed_by", "changed_at"])
    return True


def levels_go(scale: Scale) -> str:
    """In which order the three levels of ``scale`` begin."""
    if scale.thresholds.falls:
        return _("The levels fall: notice above warning, warning above critical.")
    return _("The levels rise: notice below warning, warning below critical.")
