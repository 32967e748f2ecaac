"""The page behind an invitation's link, and what the inviting side does to invitations."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.request_limits import limited_by_address
from accounts.sign_in import sign_in
from core.form_pages import errors_shown_in, status_of
from projects.access import Standing, project_view
from projects.actions import accept_invitation, brings_the_vendor, revoke_invitation, send_invitation_again
from projects.forms.invitations import AcceptForm
from projects.invitation_links import invitation_for
from projects.queries import invitations_managed_by


@never_cache
@login_not_required
@limited_by_address
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites into what; accepted by whoever has the address, with an account that exists or a new one.

    Every link that opens nothing, for whatever reason, gets the same answer.
    """
    found = invitation_for(token)
    if found is None:
        return render(request, "accounts/link_gone.html", status=404)
    user = request.user if isinstance(request.user, User) else None
    context = {
        "invitation": found,
        "project": found.project,
        "organisation": found.project.organisation_of(found.side),
        "is_another": user is not None and user.email != found.email,
        "signs_in_first": user is None and User.objects.filter(email=found.email).exists(),
    }
    if context["is_another"] or context["signs_in_first"]:
        return render(request, "projects/invitation.html", context)
    # Whoever only agrees sends nothing but the token against forgery.
    sent = request.POST if request.method == "POST" else None
    form = AcceptForm(sent, invitation=found, user=user, brings_the_vendor=brings_the_vendor(found))
    if form.is_valid():
        with errors_shown_in(form):
            membership = accept_invitation(invitation=found, user=user, **form.chosen())
            messages.success(request, _("You take part in %(project)s now.") % {"project": found.project.name})
            page = reverse("status:project_detail", args=[found.project.slug])
            return redirect(page) if user else sign_in(request, membership.user, then=page)
    return render(request, "projects/invitation.html", {**context, "form": form}, status=status_of(form))


@project_view("edit_people")
def invitation_revoke(request: HttpRequest, standing: Standing, invitation_uuid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(invitations_managed_by(standing), uuid=invitation_uuid)
    if request.method == "POST":
        revoke_invitation(actor=standing.user, invitation=found)
        messages.success(request, _("The invitation of %(email)s is taken back.") % {"email": found.email})
        return redirect("projects:person_list", standing.project.slug)
    context = {"tab": "people", "invitation": found, "project": standing.project}
    return render(request, "projects/invitation_revoke.html", context)


@project_view("edit_people")
def invitation_again(request: HttpRequest, standing: Standing, invitation_uuid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(invitations_managed_by(standing), uuid=invitation_uuid)
    if request.method == "POST":
        send_invitation_again(actor=standing.user, invitation=found)
        messages.success(request, _("A new link is on its way to %(email)s.") % {"email": found.email})
        return redirect("projects:person_list", standing.project.slug)
    context = {"tab": "people", "invitation": found, "project": standing.project}
    return render(request, "projects/invitation_again.html", context)
