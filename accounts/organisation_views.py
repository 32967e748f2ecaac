"""Pages of those who look after an organisation, and the page behind a link that leads into one."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.access import SignedInRequest, personal_view
from accounts.forms import JoinForm, OrganisationInvitationForm
from accounts.models import Organisation, User
from accounts.organisations import (
    end_organisation_role,
    invite_to_organisation,
    link_for,
    open_links_of,
    organisations_administered_by,
    revoke_organisation_link,
    roles_of,
    use_organisation_link,
)
from accounts.request_limits import limited_by_address
from accounts.sign_in import sign_in
from core.form_pages import errors_shown_in, status_of


@never_cache
@login_not_required
@limited_by_address
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Take a role in an organisation, or open the first one. Every link that opens nothing gets the same answer."""
    link = link_for(token)
    if link is None:
        return render(request, "accounts/link_gone.html", status=404)
    user = request.user if isinstance(request.user, User) else None
    context = {
        "link": link,
        "organisation": link.organisation,
        "is_another": user is not None and user.email != link.email,
        "signs_in_first": user is None and bool(link.email) and User.objects.filter(email=link.email).exists(),
    }
    if context["is_another"] or context["signs_in_first"]:
        return render(request, "accounts/join.html", context)
    form = JoinForm(request.POST if request.method == "POST" else None, link=link, user=user)
    if form.is_valid():
        with errors_shown_in(form):
            joined = use_organisation_link(link=link, user=user, **form.chosen())
            messages.success(request, _("You belong to it now."))
            page = reverse("status:my_work")
            return redirect(page) if user else sign_in(request, joined, then=page)
    return render(request, "accounts/join.html", {**context, "form": form}, status=status_of(form))


def _administered(request: SignedInRequest, organisation_uuid: uuid.UUID) -> Organisation:
    """404 for whoever does not look after it, as for one that does not exist."""
    return get_object_or_404(organisations_administered_by(request.user), uuid=organisation_uuid)


@personal_view
def organisation_people(request: SignedInRequest, organisation_uuid: uuid.UUID) -> HttpResponse:
    organisation = _administered(request, organisation_uuid)
    roles = list(roles_of(organisation))
    context = {
        "organisation": organisation,
        "roles": roles,
        "person_count": len({role.user_id for role in roles}),
        "links": open_links_of(organisation),
        "now": timezone.now(),
    }
    return render(request, "accounts/organisation_people.html", context)


@personal_view
def organisation_invite(request: SignedInRequest, organisation_uuid: uuid.UUID) -> HttpResponse:
    organisation = _administered(request, organisation_uuid)
    form = OrganisationInvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_shown_in(form):
            link = invite_to_organisation(actor=request.user, organisation=organisation, **form.cleaned_data)
            messages.success(request, _("%(email)s is invited.") % {"email": link.email})
            return redirect("accounts:organisation_people", organisation.uuid)
    context = {"organisation": organisation, "form": form}
    return render(request, "accounts/organisation_invite.html", context, status=status_of(form))


@personal_view
def organisation_role_end(
    request: SignedInRequest, organisation_uuid: uuid.UUID, user_uuid: uuid.UUID, role: str
) -> HttpResponse:
    organisation = _administered(request, organisation_uuid)
    held = get_object_or_404(roles_of(organisation), user__uuid=user_uuid, role=role)
    if request.method == "POST":
        end_organisation_role(actor=request.user, role=held)
        messages.success(request, _("%(name)s no longer has that role.") % {"name": held.user.name})
        is_out = not organisations_administered_by(request.user).filter(pk=organisation.pk).exists()
        return redirect("status:my_work") if is_out else redirect("accounts:organisation_people", organisation.uuid)
    return render(request, "accounts/organisation_role_end.html", {"organisation": organisation, "ending": held})


@personal_view
def organisation_link_revoke(
    request: SignedInRequest, organisation_uuid: uuid.UUID, link_uuid: uuid.UUID
) -> HttpResponse:
    organisation = _administered(request, organisation_uuid)
    link = get_object_or_404(open_links_of(organisation), uuid=link_uuid)
    if request.method == "POST":
        revoke_organisation_link(link=link)
        messages.success(request, _("The invitation of %(email)s is taken back.") % {"email": link.email})
        return redirect("accounts:organisation_people", organisation.uuid)
    return render(request, "accounts/organisation_link_revoke.html", {"organisation": organisation, "link": link})
