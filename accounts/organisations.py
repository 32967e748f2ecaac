"""Who looks after an organisation, and what they may do for it."""

from django.db.models import QuerySet

from accounts.models import Organisation, OrganisationRole, User


def organisations_administered_by(user: User) -> QuerySet[Organisation]:
    """Organisations that speak for themselves and whose people the user looks after, by name."""
    return Organisation.objects.filter(
        roles__user=user, roles__role=OrganisationRole.Role.ADMIN, kept_by__isnull=True
    ).order_by("name", "pk")
