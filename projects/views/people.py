"""Pages of who takes part: members with a role, and the people whose hours are booked."""

import uuid
from copy import copy

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.form_pages import errors_shown_in, status_of
from projects.access import Standing, places_to_offer, project_view, sides_to_name_members_of
from projects.actions import add_person, add_stand_in, change_person, end_membership, invite_member
from projects.addresses import speaks_for
from projects.audience import Side
from projects.forms.people import (
    InvitationForm,
    PersonChangeForm,
    PersonForm,
    StandInForm,
    SuccessorForm,
    side_name,
)
from projects.holdings import held_by
from projects.models import Membership
from projects.queries import (
    invitations_managed_by,
    members_of,
    people_history,
    people_of,
    successors_of,
    who_may_stand_in,
)

PEOPLE_ON_A_PAGE = 50


@project_view("view_people")
def person_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    members = list(members_of(standing.project, timezone.now().date()))
    page = Paginator(people_of(standing.project), PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    named_sides = sides_to_name_members_of(standing)
    invitations, now = list(invitations_managed_by(standing)), timezone.now()
    invited = {each.side for each in invitations if each.role == Membership.Role.MANAGER and each.expires_at > now}
    context = {
        "tab": "people",
        "standing": standing,
        "project": standing.project,
        "sides": [
            {
                "side": side,
                "name": side_name(standing.project, side),
                "members": [member for member in members if member.side == side],
                "people": [person for person in page if person.side == side],
                "is_own": side == standing.side,
                "may_record": standing.may_record_people_of(side),
                "manager_to_invite": side != standing.side and side in named_sides,
                "manager_is_invited": side != standing.side and side in invited,
            }
            for side in Side
        ],
        "member_count": len(members),
        "invitations": invitations,
        "now": now,
        "page": page,
        "history": people_history(standing.project),
        "may_add_people": any(
            standing.may_record_people_of(side) and standing.project.organisation_of(side) for side in Side
        ),
    }
    return render(request, "projects/person_list.html", context)


@project_view("edit_people")
def member_add(request: HttpRequest, standing: Standing) -> HttpResponse:
    project = standing.project
    places = places_to_offer(standing)
    form = InvitationForm(
        request.POST or None, initial=request.GET.dict(), project=project, places=places, own_side=standing.side
    )
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            invitation = invite_member(actor=standing.user, project=project, **form.chosen())
            messages.success(request, _("%(email)s is invited.") % {"email": invitation.email})
            return redirect("projects:person_list", project.slug)
    context = {
        "tab": "people",
        "form": form,
        "project": project,
        "names_vendor": len({side for side, _role in places}) > 1,
    }
    return render(request, "projects/member_add.html", context, status=status_of(form))


def _own_member(standing: Standing, member_uuid: uuid.UUID) -> Membership:
    members = members_of(standing.project, timezone.now().date()).select_related("project")
    member = get_object_or_404(members, uuid=member_uuid)
    if member.side != standing.side:
        raise PermissionDenied("the other side's members")
    return member


@project_view("edit_people")
def member_end(request: HttpRequest, standing: Standing, member_uuid: uuid.UUID) -> HttpResponse:
    member = _own_member(standing, member_uuid)
    successors = successors_of(member, timezone.now().date())
    form = SuccessorForm(request.POST if request.method == "POST" else None, successors=successors)
    if form.is_valid():
        with errors_shown_in(form):
            end_membership(actor=standing.user, membership=member, **form.cleaned_data)
            messages.success(request, _("%(name)s no longer takes part.") % {"name": member.user.name})
            if member.user_id == standing.user.pk:
                return redirect("status:portfolio")
            return redirect("projects:person_list", standing.project.slug)
    context = {
        "tab": "people",
        "form": form,
        "member": member,
        "held": held_by(member),
        "project": standing.project,
        "standing": standing,
    }
    return render(request, "projects/member_end.html", context, status=status_of(form))


@project_view("edit_people")
def stand_in_add(request: HttpRequest, standing: Standing, member_uuid: uuid.UUID) -> HttpResponse:
    member = _own_member(standing, member_uuid)
    colleagues = who_may_stand_in(standing, timezone.now().date())
    sent = request.POST if request.method == "POST" else None
    form = StandInForm(sent, initial={"starts_on": timezone.localdate()}, colleagues=colleagues)
    if form.is_valid():
        with errors_shown_in(form):
            stand_in = add_stand_in(actor=standing.user, member=member, **form.cleaned_data)
            names = {"name": stand_in.user.name, "member": member.user.name}
            messages.success(request, _("%(name)s stands in for %(member)s.") % names)
            return redirect("projects:person_list", standing.project.slug)
    has_colleagues = colleagues.exists()
    context = {
        "tab": "people",
        "form": form,
        "member": member,
        "project": standing.project,
        "has_colleagues": has_colleagues,
    }
    return render(request, "projects/stand_in_add.html", context, status=status_of(form))


@project_view("edit_people")
def person_add(request: HttpRequest, standing: Standing) -> HttpResponse:
    project = standing.project
    form = PersonForm(request.POST or None, standing=standing)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            member = add_person(actor=standing.user, project=project, **form.cleaned_data)
            messages.success(request, _("Hours of %(name)s can be booked now.") % {"name": member.person.name})
            return redirect("projects:person_list", project.slug)
    return render(
        request, "projects/person_add.html", {"tab": "people", "form": form, "project": project}, status=status_of(form)
    )


@project_view("edit_people")
def person_edit(request: HttpRequest, standing: Standing, person_uuid: uuid.UUID) -> HttpResponse:
    member = get_object_or_404(people_of(standing.project), person__uuid=person_uuid)
    if not standing.may_record_people_of(member.side):
        raise PermissionDenied("the other side's people")
    form = PersonChangeForm(
        request.POST or None,
        instance=copy(member),
        standing=standing,
        may_correct=speaks_for(standing.user, standing.project, member.person.organisation),
    )
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            change_person(actor=standing.user, member=member, **form.changes())
            messages.success(request, _("%(name)s is changed.") % {"name": member.person.name})
            return redirect("projects:person_list", standing.project.slug)
    context = {"tab": "people", "form": form, "member": member, "project": standing.project}
    return render(request, "projects/person_edit.html", context, status=status_of(form))
