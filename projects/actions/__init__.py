"""What people do to a project, by noun. Import them from here: ``from projects.actions import open_project``."""

from projects.actions.attachments import add_files, restore_file, withdraw_file
from projects.actions.calendars import add_day_off, change_calendar, remove_day_off
from projects.actions.comments import add_comment, change_comment, restore_comment, withdraw_comment
from projects.actions.invitations import (
    accept_invitation,
    brings_the_vendor,
    invite_member,
    revoke_invitation,
    send_invitation_again,
)
from projects.actions.messages import discard_message, send_message_again
from projects.actions.people import (
    add_member,
    add_person,
    add_stand_in,
    change_person,
    correct_person,
    end_membership,
)
from projects.actions.project import (
    TRANSITIONS,
    audience_of,
    change_project,
    change_terms,
    new_slug,
    open_project,
    record_vendor,
    set_status,
)
from projects.actions.rates import agree_rate, end_rate, rate_subject
from projects.actions.webhooks import (
    add_webhook,
    change_webhook,
    change_webhook_secret,
    end_webhook,
    send_delivery_again,
    switch_webhook_off,
    switch_webhook_on,
    test_webhook,
)

__all__ = [
    "TRANSITIONS",
    "accept_invitation",
    "add_comment",
    "add_day_off",
    "add_files",
    "add_member",
    "add_person",
    "add_stand_in",
    "add_webhook",
    "agree_rate",
    "audience_of",
    "brings_the_vendor",
    "change_calendar",
    "change_comment",
    "change_person",
    "change_project",
    "change_terms",
    "change_webhook",
    "change_webhook_secret",
    "correct_person",
    "discard_message",
    "end_membership",
    "end_rate",
    "end_webhook",
    "invite_member",
    "new_slug",
    "open_project",
    "rate_subject",
    "record_vendor",
    "remove_day_off",
    "restore_comment",
    "restore_file",
    "revoke_invitation",
    "send_delivery_again",
    "send_invitation_again",
    "send_message_again",
    "set_status",
    "switch_webhook_off",
    "switch_webhook_on",
    "test_webhook",
    "withdraw_comment",
    "withdraw_file",
]
