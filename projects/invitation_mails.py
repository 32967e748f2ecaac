"""How an invitation reads in a mail."""

import zoneinfo

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from projects.invitation_links import address_of, token_of
from projects.messages import Wording
from projects.models import Invitation


def word_invitation(invitation: Invitation) -> Wording:
    """The mail, in the language and zone of whoever invites: those of the invited are not known yet."""
    inviter, project = invitation.invited_by, invitation.project
    with translation.override(inviter.locale), timezone.override(zoneinfo.ZoneInfo(inviter.time_zone)):
        context = {
            "invitation": invitation,
            "project": project,
            "organisation": project.organisation_of(invitation.side) or invitation.get_side_display(),
            "address": address_of(invitation),
        }
        return Wording(
            subject=_("%(inviter)s invites you to %(project)s") % {"inviter": inviter.name, "project": project.name},
            text=render_to_string("projects/mail/invitation.txt", context),
            html=render_to_string("projects/mail/invitation.html", context),
            path=f"/invitations/{token_of(invitation)}/",
        )
